"""What she takes with her from the numbers she was shown: kept for later, sent by SMS, a question asked tomorrow."""
