"""What the team decides for its own deployment, in the console: kept with its past, in force everywhere without a restart.

table      each setting: what it may be, and what holds while nobody has decided
shelf      what holds now, proven to be ours
keeping    deciding, and taking back
face       the team's own name and colour in the console
beginning  the first steps of a deployment, and which are missing
trying     a message to try a channel
retention  how long reports stay, and what a shorter time would take away
menu       the order of the main menu; kept as an edition of its flow
leaving    the word that clears everything, and the line that is seen then; kept as words
"""
