"""Institutions: the college, school or workplace that a report is about.

rows       one institution as it is written in files, each fault with its mend
numbers    the number on its posters
calling    what many are called besides their own name
finding    which one is meant by what somebody typed
shelf      the list in memory
asking     the questions of a report: what is offered, what her words mean
told       what a report says of it, once they are asked
keywords   the word on a poster
demand     what is wanted and not in the list, ranked
tending    what an admin does with both
exchange   the list in and out of files, all of it or nothing
"""
