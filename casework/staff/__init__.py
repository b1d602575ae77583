"""Staff: how they come, prove themselves, read, and leave.

office       what all of this stands on
refusals     every way of saying no
roles        who may be what; who reads reports
passwords    one slow derivation gives both the proof and the key
factors      the second factor: a one-time code or a passkey
recovery     the code on paper
tickets      what a page carries from one step to the next
gate         tries, counted so that a stranger locks nobody out
joining      invited, accepted
entering     logged in, recognised, logged out
mending      another password, another second factor, the code on paper used
sharing      earlier reports, granted to who came later
register     who there is
leaving      re-granted, revoked, ended in one action
"""
