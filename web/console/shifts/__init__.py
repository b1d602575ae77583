"""Shifts and hours in the console.

week      the week at a glance, who is on now, and being on or off at once
person    one counsellor's week, what differs once, and how she works
hours     the team's own hours and holidays
"""
