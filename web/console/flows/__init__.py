"""The flow studio in the console.

framing     what every page of a flow shows
listing     the flows
flow        one of them drawn, with what is wrong; its steps added, moved, taken out
step        one step as a form
text        the same flow as text
checking    what is wrong with a form as it is being typed
mending     what one click mends
walk        the conversations that go every way of it
publishing  what changes, and letting it hold
planning    letting it hold at a day and an hour
insight     how conversations go at each question
editions    every edition there was, and going back
trying      a draft on three phones
shared      the same for whoever has a link, without a login
booklet     every conversation in every language, to be read on paper
exchange    out to files, and in from them
saying      rules, guards and differences as sentences
"""
