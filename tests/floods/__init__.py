"""Floods: many tries at once, by those who have no business here.

test_receipts  of a thousand guesses at receipts few are looked at, on both databases
__main__       python -m tests.floods: what real messages feel of a flood, in milliseconds
storm          the flood itself, a process of its own
"""
