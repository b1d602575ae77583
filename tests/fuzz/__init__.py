"""Fuzzing: every parser that reads what somebody else wrote is given what nobody would write.

    python -m tests.fuzz [--cases N] [--seed S] [--only TARGET] [--case NUMBER]

making    inputs: real ones, spoiled; each made from seed, target and number alone, so that any can be made again
targets   the parsers, what they may refuse with, and real inputs to begin from
running   one after the other, with a watch that ends what takes too long
"""
