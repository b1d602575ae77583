"""What commands print, and what they read from standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

import typer


def lines(call: Callable[[], Iterable[str]]) -> Callable[[], None]:
    """A command that prints each line as it comes."""

    def printed() -> None:
        for line in call():
            print(line, flush=True)

    return printed


def findings(found: Iterable[str]) -> None:
    """Print findings; any that blocks (E…) makes the command fail."""
    blocked = False
    count = 0
    for finding in found:
        print(finding)
        count += 1
        blocked = blocked or finding.lstrip().startswith("E")
    if blocked:
        raise typer.Exit(1)
    print("nothing to mend" if not count else f"{count} to look at, nothing that blocks")


def texts(text: str) -> Iterable[str]:
    """The text that was given; `-` reads one a line."""
    if text != "-":
        return [text]
    return (line.rstrip("\r\n") for line in sys.stdin)
