"""What belongs to a case beside the talk, in the console.

panels  what the case's page shows of it
doing   forms of referrals and of the safety plan
files   a file in the page, and kept on a device when she asks for it
two     what two must agree to: asking, agreeing, and what opens then
"""
