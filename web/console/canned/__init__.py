"""Ready answers in the console.

listing   all of them, by kind, with how each language stands
reply     one of them, a language at a time: its words, how they come out on each channel, what they were before
"""
