"""What two must agree to: one asks, another agrees, and then it opens for an hour to who asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Response, abort, g, make_response

from casework.casefile import asking, copies, revealing
from casework.cases import board
from casework.cases.refusals import CannotCopy, CaseGone, CaseRefusal
from casework.cases.room import CaseRoom
from casework.printing import CannotPrint
from casework.staff.entering import Reader
from casework.staff.refusals import Refusal
from web.console.cases import moments
from web.console.cases.acting import do, id_of, plain, reader
from web.console.cases.case import shown
from web.console.pages import Console, go, page, to, typed


def waiting(console: Console, refusal: Refusal | None = None) -> Response:
    """What waits for a yes that she could give."""
    room = console.room
    return page(
        "casefile/waiting",
        refusal=refusal,
        waiting=asking.waiting_for(room, reader(), console.clock()),
        names=room.read(lambda unit: board.names(unit, room)),
        at=lambda moment: moments.at(g.words, moment, room),
        here=lambda case, request, what: to(
            f"/cases/<case>/requests/<request>/{what}", "post", case=case.id.hex(), request=request.id
        ),
    )


def ask(console: Console, case: str) -> Response:
    """Ask for something, with a reason."""

    def act(one: bytes) -> None:
        what = typed("what")
        if what not in asking.WHAT:
            abort(400)
        asking.ask(console.room, reader(), one, what, plain("reason"), console.clock(), referral=typed("referral"))

    return do(console, case, "asked", act)


def agree(console: Console, case: str, request: str) -> Response:
    """The second yes."""
    return _answer(console, case, request, asking.agree)


def refuse(console: Console, case: str, request: str) -> Response:
    """A no; or whoever asked takes it back, and is on her case's page again."""
    if typed("back"):
        return do(
            console,
            case,
            "taken_back",
            lambda one: asking.refuse(console.room, reader(), one, request, console.clock()),
        )
    return _answer(console, case, request, asking.refuse)


def reveal(console: Console, case: str, request: str) -> Response:
    """Who she is. The page is shown once; another look is another line on record."""
    one = id_of(case)
    try:
        found = revealing.look(console.room, reader(), one, request, console.clock())
    except CaseGone:
        abort(404)
    except CaseRefusal as refusal:
        return shown(console, one, refusal)
    return page("casefile/identity", found=found, back=to("/cases/<case>", case=case), until=_until(console, found))


def export(console: Console, case: str, request: str) -> Response:
    """The copy that two agreed to, as a file for her device."""
    one, room = id_of(case), console.room
    language = typed("language") if typed("language") in {each.code for each in room.phrasebook.languages} else "en"
    try:
        pdf = copies.made(room, reader(), one, request, typed("passphrase"), language, console.clock())
    except CaseGone:
        abort(404)
    except CannotPrint:
        return shown(console, one, CannotCopy())
    except CaseRefusal as refusal:
        return shown(console, one, refusal)
    response = make_response(pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="copy.pdf"'
    return response


def _answer(
    console: Console, case: str, request: str, act: Callable[[CaseRoom, Reader, bytes, str, datetime], object]
) -> Response:
    try:
        act(console.room, reader(), id_of(case), request, console.clock())
    except CaseGone:
        abort(404)
    except CaseRefusal as refusal:
        return waiting(console, refusal)
    return go("/requests")


def _until(console: Console, found: revealing.Identity) -> str:
    return moments.at(g.words, found.until, console.room) if found.until else ""
