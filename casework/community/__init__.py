"""What is on: posts of the team by district, who asked to be sent them, and the organisations that help.

posts        what there is             editing      an admin's hand on it
wording      how a post is said        neutral      words that ring an alarm
subscribing  who wants to be told      allowance    when, and how often
round        sending it to them        partners     organisations
asking       what a reporter sees of all this
"""
