"""Safety tips by situation: which there are, which one comes next, and what a text asks to be told about."""
