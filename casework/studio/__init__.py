"""The flow studio: what an admin changes of the flows, proved before anybody meets it.

room        what it stands on, and who may
shelf       which editions there are, which holds, and whether Hamraz brings a newer one
drafts      what is being written: saved step by step, by several admins at once
proving     everything that is wrong with a draft, also for who is talking with us now
dues        what is to hold from a certain hour on
scheduling  letting it hold then
publishing  letting a draft hold, by one or by two; and going back
exchange    a flow with its words out to a file, and in from one, as drafts
refusals    every way of saying no
"""
