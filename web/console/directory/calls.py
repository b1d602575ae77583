"""Numbers to verify by phone today, one at a time: she dials, presses a key, and the next one is there."""

from __future__ import annotations

from flask import Response, g, request

from casework.directory import dialling, feedback
from casework.directory.choosing import today
from casework.directory.dialling import Work
from casework.directory.listing import SILENT_AFTER
from casework.directory.refusals import CallTaken, NothingToUndo
from casework.directory.tending import tries
from casework.staff import register
from casework.staff.refusals import Refusal
from web.console.directory.framing import framed
from web.console.pages import Console, go, person, typed

_SAID = ("answered", "silent", "given_up", "undone", "saved", "same", "hidden", "shown", "nothing")
_UNDONE_BY_A_KEY = frozenset({"answered", "silent", "given_up"})


def call(console: Console, refusal: Refusal | None = None) -> Response:
    """The call asked for, or the first."""
    work = _work(console)
    asked = request.values.get("call", "")
    shown = work.at(asked)
    before, after = work.beside(shown) if shown else ("", "")
    said = request.args.get("said", "")
    return framed(
        console,
        "calls",
        refusal,
        work=work,
        call=shown,
        before=before,
        after=after,
        left=SILENT_AFTER - (shown.tries.times if shown and shown.tries else 0),
        said=said if said in _SAID else "",
        of=request.args.get("of", ""),
        undone_by_a_key=said in _UNDONE_BY_A_KEY,
    )


def answered(console: Console) -> Response:
    """It answered, and is right for the rows that are ticked."""
    number, following = typed("call"), _following(console)
    try:
        confirmed = dialling.answered(
            console.directory, number, request.form.getlist("row"), typed("state"), person().id, console.clock()
        )
    except CallTaken as taken:
        return _taken(console, taken, "answered", following)
    return to_next(call=following, said="answered" if confirmed else "nothing", of=number)


def silent(console: Console) -> Response:
    """Nobody answered."""
    number, following = typed("call"), _following(console)
    try:
        noted = dialling.silent(console.directory, number, typed("state"), person().id, console.clock())
    except CallTaken as taken:
        return _taken(console, taken, "unanswered", following)
    said = "given_up" if noted.times >= SILENT_AFTER else "silent"
    return to_next(call=following, said=said, of=number)


def undo(console: Console) -> Response:
    """What she just said was a slip: the number comes back."""
    try:
        dialling.take_back(console.directory, typed("call"), person().id, console.clock())
    except NothingToUndo as refusal:
        return call(console, refusal)
    return to_next(call=typed("call"), said="undone", of=typed("call"))


def _taken(console: Console, taken: CallTaken, wanted: str, following: str) -> Response:
    """A second press of the same button is no trouble; that a colleague was faster is said."""
    if taken.by == person().id and taken.what == wanted:
        said = "answered" if wanted == "answered" else "silent"
        return to_next(call=following, said=said, of=taken.number)
    who = next((one.name for one in register.entries(console.office) if one.id == taken.by), "")
    taken.values |= {"who": who or g.words("row.nobody")}
    return call(console, taken)


def to_next(**values: str) -> Response:
    """The next call, where a small screen shows it at once."""
    response = go("/directory/calls", **values)
    response.headers["Location"] += "#card"
    return response


def _following(console: Console) -> str:
    """The number that comes after the one in the form, as the list is now."""
    work = _work(console)
    there = work.at(typed("call"))
    return work.beside(there)[1] if there is not None and there.number == typed("call") else typed("next")


def _work(console: Console) -> Work:
    room = console.directory
    return dialling.work(room.stock().offices, tries(room), feedback.wrong(room), today(console.clock()))
