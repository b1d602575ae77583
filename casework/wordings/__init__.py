"""An organisation's own words for what reporters are told.

shelf     lays them over the shipped catalogues, anew when somebody changed one
checks    whether words can be said: for themselves, beside control words, and in every question they stand in
keeping   writes a draft, says it, has it looked over, goes back to what was shipped; the earlier words stay
listing   every phrase of a language, and how it stands
memory    what helps a translator: how something like it was said before, the one word for a thing
bulk      many phrases at once, looked through and kept together
exchange  a language as a PO file or a spreadsheet, out and in
tongues   languages that the organisation brings itself: few facts, and no words yet
bringing  beginning one, its words that steer held against all others; offering it, once it is complete
replacing one word for another over a language
room      what all of it stands on
"""
