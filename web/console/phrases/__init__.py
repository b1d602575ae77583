"""What reporters are told, in the console: phrase by phrase beside its English.

listing   every phrase of a language, filtered and searched
phrase    one phrase: written, kept as a draft, looked over; where it is said, and what helps to write it
files     a language as a file, out and in; one word for another
tongues   languages that the organisation brought
counting  what words cost and whether they fit, counted here and nowhere else
"""
