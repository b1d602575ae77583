"""The command line.

hands     what the commands call
line      `hamraz`: its own commands, and running them
groups    `hamraz flows …`, `hamraz staff …` and so on; a large group has a file of its own
printing  how they print
"""

from handlers.commands.hands import CommandError, Hands  # and not what reads a line: a web server reads none

__all__ = ["CommandError", "Hands"]
