"""Cases: what happens to a report among counsellors.

case      how one stands, out of what its report knows of itself
standings how each stands, kept in memory by the version of its row
room      what all of this stands on
news      what happened, for whoever tells counsellors
queue     which case comes next, and for whom
holding   claim, release, hand over, join, close
tending   what time does: unanswered cases go back and up, a free place takes the oldest
notes     what colleagues write for each other
relay     a counsellor's words to the reporter
canned    words she needs again and again, in the reporter's language
board     cases as a list shows them, without a word of any reporter
searching words in the cases of one reader
opening   one case, opened for whoever holds it or joined
"""
