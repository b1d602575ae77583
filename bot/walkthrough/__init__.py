"""The walk-through of a flow: the fewest conversations that go every way there is, through the real turn of a talk.

goals     what has to be met: every step, every way on, every question left out, misread, gone back from
desk      the desk's part, played: it answers as flows/promises.py says
stage     one message taken by the real turn, and what it passed
moves     what she may send at a question, one for each difference it could make
ground    where a conversation can stand, and the moves from there
cover     few conversations over all of it
telling   a conversation held in a language on a channel, as text
keeping   the same as plain values, without words, and its replay
whole     all of that for one flow
walks     the walk-throughs of one process
"""
