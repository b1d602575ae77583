"""How things are here, as an admin decides them: everything at a glance, and a page for each.

overview   what holds now
first      the first steps, and a message to try a channel
face       the team's own name and colour
switches   what is offered to reporters
menu       the order of the main menu
leaving    the word that clears everything, and the line that is seen then, in each language
retention  how long reports stay
"""
