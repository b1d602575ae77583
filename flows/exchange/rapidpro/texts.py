"""Messages and names of theirs as they can be said here.

A message may hold expressions ("@results.name", "@(upper(contact.name))"): Hamraz puts nothing of what was answered into words
it says, so each becomes "…" and is told of. Braces, which fill something here, become brackets. Everything else is text, also
what looks like markup: nothing here is ever shown as anything else.
"""

from __future__ import annotations

import re
from collections.abc import Container

# What begins an expression without brackets; after any other name the sign is a sign ("a@example.org").
_ROOTS = (
    "child", "contact", "fields", "globals", "input", "legacy_extra", "locals", "node", "parent", "results", "resume", "run",
    "ticket", "trigger", "urns", "webhook",
)  # fmt: skip
_EXPRESSION = re.compile(rf"@@|@\(|@(?:{'|'.join(_ROOTS)})(?:\.[A-Za-z0-9_]+)*\b", re.IGNORECASE)
_CUT = "…"
_NOT_A_NAME = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME = 30  # of 40: copies have a number behind it
_SHOWN = 40


def said(text: str) -> tuple[str, list[str]]:
    """A message as it can be said, and the expressions that cannot."""
    parts: list[str] = []
    lost: list[str] = []
    at = 0
    while found := _EXPRESSION.search(text, at):
        parts.append(text[at : found.start()])
        end = found.end()
        if found[0] == "@@":
            parts.append("@")
        elif found[0] == "@(":
            closed = _closing(text, end)
            if closed is None:  # it is no expression to them either
                parts.append(text[found.start() :])
                at = len(text)
                break
            end = closed
            parts.append(_CUT)
            lost.append(text[found.start() : end])
        else:
            parts.append(_CUT)
            lost.append(found[0])
        at = end
    return "".join((*parts, text[at:])).strip(), lost


def without_braces(text: str) -> str:
    """The same with brackets for braces."""
    return text.replace("{", "(").replace("}", ")")


def named(text: str, otherwise: str, taken: Container[str]) -> str:
    """A name of ours, made of a text of theirs, that is not taken."""
    base = _NOT_A_NAME.sub("_", text.lower()).strip("_")[:_LONGEST_NAME].strip("_")
    if not base or not base[0].isalpha():
        base = otherwise
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name


def words_of(text: str, count: int = 3) -> str:
    """The first words of a text, to name a step by."""
    return " ".join(said(text)[0].split()[:count])


def shown(text: str) -> str:
    """The beginning of a text, to know it by."""
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[:_SHOWN] + _CUT


def _closing(text: str, at: int) -> int | None:
    """Behind the bracket that closes the one before `at`; None where none does."""
    deep, quoted = 1, False
    while at < len(text):
        letter = text[at]
        if letter == '"':
            quoted = not quoted
        elif letter == "(" and not quoted:
            deep += 1
        elif letter == ")" and not quoted:
            deep -= 1
            if not deep:
                return at + 1
        at += 1
    return None
