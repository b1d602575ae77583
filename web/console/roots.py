"""Where the console's addresses begin."""

ROOT = "/console"
SHARED = "/try"  # below it whoever has a link tries a draft
