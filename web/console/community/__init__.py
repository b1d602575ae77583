"""The pages of what is on, and of who helps.

posts     what is told and sent, each in every language     partners  the organisations that are told
"""
