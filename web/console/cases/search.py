"""Searching her own cases. What is looked for travels in the form's body: an address stays in histories and logs."""

from __future__ import annotations

from flask import Response, abort

from casework.cases.searching import search
from web.console.cases.inbox import own_names
from web.console.pages import Console, page, person, typed

LONGEST = 120


def found(console: Console) -> Response:
    """The cases in which the words stand."""
    reader = person().reader
    if reader is None:
        abort(403)
    text = typed("words")[:LONGEST]
    result = search(console.room, reader, text, console.clock())
    return page("cases/found", words=text, result=result, own_names=own_names(console))
