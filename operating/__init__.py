"""What an operator runs: the parts joined, served, checked and tried out."""
