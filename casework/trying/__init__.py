"""Trying a flow out before anybody meets it, with nothing kept.

desk      the desk in a try: knows what the real one knows, and does nothing
words     the words in a try: drafts over what is said, and a mark where there are none yet
scripts   what a try remembers, sealed into its page
links     whom a draft is shown to without a login
refusals  every way of saying no
"""
