"""Cases in the console: what a counsellor has open all day.

inbox     the list
case      one case, and the files of it
doing     every button and form of a case
telling   what she reported, in plain sentences
moments   days, hours and how long something lasts, in the words of the interface
"""
