"""Paging: whoever is on call is called at once when a case cannot wait, by the door that she chose.

pager    whom to call for what, again until somebody takes it, and whom when nobody does
door     how she wants to be called, on her own page
What is sent says level, language and channel. Never a word of a reporter, never her number, never a case's code.
"""
