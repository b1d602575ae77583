"""The directory of help: kinds, what is asked for, whom she is shown, and how rows come in and go out."""
