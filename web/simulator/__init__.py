"""Phones to try Hamraz on, in a browser: what stands in for the providers."""
