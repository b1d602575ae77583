"""The doors for programs: channels, webhooks, delivery and the command line."""
