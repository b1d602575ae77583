"""What is kept, sealed, in two databases."""
