"""What belongs to a case beside the talk.

history    what was done with a case, for its page
referrals  to whom she was pointed, what she agreed to share, what became of it
plans      her safety plan
asking     one asks with a reason, another agrees: the actions that take two; the shredding of a case among them
retelling  what she told, as a copy prints it
revealing  the name she gave and where she can be reached
copies     all of a case to read apart from us, under a passphrase
"""
