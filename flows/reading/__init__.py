"""How people's typing is read: pure functions, words in, meaning out, None when in doubt."""
