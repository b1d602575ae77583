"""Canned replies: what counsellors say again and again, in every language of reporters.

variables   the closed list of what a text may have filled in
shelf       every reply there is: the shipped ones, and the organisation's own over them
editing     write, review, add, take away; what a text said before is kept
The desk fills one for a reporter: casework/cases/canned.py.
"""
