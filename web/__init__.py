"""The doors for browsers."""
