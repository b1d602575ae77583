"""Searching her own cases. What is looked for travels in the form's body: an address stays in histories and logs."""

from __future__ import annotations

from flask import Response

from casework.cases.searching import search
from web.console.cases.acting import reader
from web.console.cases.inbox import own_names
from web.console.pages import Console, page, typed

LONGEST = 120


def found(console: Console) -> Response:
    """The cases in which the words stand."""
    text = typed("words")[:LONGEST]
    result = search(console.room, reader(), text, console.clock())
    return page("cases/found", words=text, result=result, own_names=own_names(console))
