"""What both pages of ready answers need: the languages, and what was just done."""

from __future__ import annotations

from flask import g, request

from web.console.pages import Console


def languages(console: Console) -> dict[str, tuple[str, str, str]]:
    """Each language of reporters: what it calls itself, its direction, and its name in HTML."""
    return {
        one.code: (one.own_name, one.direction, one.code.replace("_", "-"))
        for one in console.room.phrasebook.languages
        if one.complete
    }


def done() -> str:
    """The key of what was just done, if the address says so."""
    asked = f"canned.done_{request.args.get('done', '')}"
    return asked if g.words.has(asked) else ""
