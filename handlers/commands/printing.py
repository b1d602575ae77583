"""How a command prints: a line as it comes, findings with a code that is true, texts from an argument or a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

import typer


def lines(call: Callable[[], Iterable[str]]) -> Callable[[], None]:
    def printed() -> None:
        for line in call():
            print(line, flush=True)

    return printed


def findings(findings: Iterable[str]) -> None:
    """Print findings; any that blocks (E…) makes the command fail."""
    blocked = False
    count = 0
    for finding in findings:
        print(finding)
        count += 1
        blocked = blocked or finding.lstrip().startswith("E")
    if blocked:
        raise typer.Exit(1)
    print("nothing to mend" if not count else f"{count} to look at, nothing that blocks")


def texts(text: str) -> Iterable[str]:
    if text != "-":
        return [text]
    return (line.rstrip("\r\n") for line in sys.stdin)
