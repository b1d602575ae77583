"""Shifts: who is on when, in the team's time zone.

plan      one counsellor's week, and what differs from it once
rota      everybody's together: who is on now, until when, when somebody is on next
keeping   what she, and a supervisor, change
cover     the week at a glance, and where it has gaps
"""
