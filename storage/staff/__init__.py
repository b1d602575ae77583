"""Staff as they lie in the tables.

people       who there is: everything about one person in one seal
invitations  a way in that works once
doors        how each can be reached outside the console
logins       what a browser has open
pairings     a code that pairs a Telegram account, once
topics       where a case stands in a counsellor's chat
attempts     tries, counted
watching     rows put back to an earlier state, found
readers      whose keys reports are granted to: counsellors beside the team's key of before
"""
