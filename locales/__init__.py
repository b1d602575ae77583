"""In whose words: every phrase, in every language."""
