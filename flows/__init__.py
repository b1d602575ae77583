"""What is asked, in which order. No words, no storage, no channel."""
