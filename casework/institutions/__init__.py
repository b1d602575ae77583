"""Institutions: the college, school or workplace that a report is about.

rows       one institution as it is written in files, each fault with its mend
numbers    the number on its posters
finding    which one is meant by what somebody typed
shelf      the list in memory
exchange   the list in and out of files, all of it or nothing
"""
