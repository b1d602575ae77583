"""What every form about a case does alike: the case must be hers, a refusal shows it again with what was typed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, abort

from casework.cases import delivery, opening
from casework.cases.refusals import CaseGone, CaseRefusal
from casework.staff.entering import Reader
from casework.staff.refusals import Refusal
from web.console.cases.case import shown
from web.console.pages import Console, go, person, typed


def do(
    console: Console,
    case: str,
    done: str,
    act: Callable[[bytes], object],
    *,
    refused: tuple[type[Refusal], ...] = (CaseRefusal,),
    sends: str = "",
) -> Response:
    """Do something with a case, and show it.

    done   what the page says then, unless `act` returns what became of an answer
    sends  the field that is done with then. What else is typed, as an answer or a note, stands in the page again; all of
           it does when the act was refused
    """
    one = id_of(case)
    reply, note = typed("reply"), typed("note")
    try:
        opening.there(console.room, person().id, one, console.clock())
        said = act(one)
    except CaseGone:
        abort(404)
    except refused as refusal:
        return shown(console, one, refusal, reply=reply, note=note)
    done = said if isinstance(said, str) and said in delivery.STATES else done
    reply, note = "" if sends == "reply" else reply, "" if sends == "note" else note
    if reply.strip() or note.strip():
        return shown(console, one, done=done, reply=reply, note=note)
    return go("/cases/<case>", case=case, done=done)


def reader() -> Reader:
    """Her key."""
    found = person().reader
    if found is None:
        abort(403)
    return found


def id_of(text: str) -> bytes:
    """A case's id in an address."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        abort(404)
    return found or abort(404)


def plain(name: str) -> str:
    """A field as a phone shows it: a browser sends two marks for the end of a line."""
    return typed(name).replace("\r\n", "\n").strip()


def once() -> str:
    """The name of this one form, 32 hexadecimal digits: pressed twice, it is sent twice and done once."""
    name = typed("once")
    return name if len(name) == 32 and set(name) <= set("0123456789abcdef") else ""
