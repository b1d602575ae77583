"""The talk: one message in, one unit of work, its replies out."""
