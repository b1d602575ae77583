"""Every button and form of a case. What is refused shows the case again, with what was typed."""

from __future__ import annotations

from flask import Response, abort, request

from casework.canned.refusals import CannedRefusal
from casework.cases import canned, holding, notes, opening, relay
from casework.cases.refusals import CaseGone, CaseRefusal, NobodyChosen
from casework.enclosing.preparing import prepared
from casework.triage import Level
from web.console.cases.acting import do, id_of, once, plain, reader
from web.console.cases.case import shown
from web.console.pages import Console, person, typed


def claim(console: Console, case: str) -> Response:
    """Take it."""
    return do(console, case, "claimed", lambda one: holding.claim(console.room, person().id, one, console.clock()))


def release(console: Console, case: str) -> Response:
    """Give it back, and on to the list: its words are closed to her now."""
    return do(console, case, "released", lambda one: holding.release(console.room, person().id, one, console.clock()))


def hand_over(console: Console, case: str) -> Response:
    """Give it to a colleague."""

    def act(one: bytes) -> None:
        try:
            to = bytes.fromhex(typed("to"))
        except ValueError:
            raise NobodyChosen from None
        if not to:
            raise NobodyChosen
        holding.hand_over(console.room, person().id, one, to, console.clock())

    return do(console, case, "handed", act)


def join(console: Console, case: str) -> Response:
    """Read and answer beside the holder."""
    return do(console, case, "joined", lambda one: holding.join(console.room, person().id, one, console.clock()))


def close(console: Console, case: str) -> Response:
    """Close it, for one of the reasons that the page offers."""

    def act(one: bytes) -> None:
        try:
            relay.close(console.room, person().id, one, typed("reason"), console.clock())
        except ValueError:
            abort(400)

    return do(console, case, "closed", act)


def reopen(console: Console, case: str) -> Response:
    """Take up a closed case again."""
    return do(console, case, "reopened", lambda one: holding.reopen(console.room, person().id, one, console.clock()))


def risk(console: Console, case: str) -> Response:
    """Say how grave it is."""

    def act(one: bytes) -> None:
        try:
            level = Level(typed("risk"))
        except ValueError:
            abort(400)
        holding.set_risk(console.room, person().id, one, level, console.clock())

    return do(console, case, "risk", act)


def institution(console: Console, case: str) -> Response:
    """Say which place it is about. Where she belongs to it herself, she lets go of the case by that."""

    def act(one: bytes) -> None:
        try:
            holding.name_institution(console.room, person().id, one, typed("institution"), console.clock())
        except LookupError:
            abort(400)

    return do(console, case, "institution", act)


def reply(console: Console, case: str) -> Response:
    """Answer her; or leave the answer for her number."""

    def act(one: bytes) -> str:
        keep = bool(typed("keep"))
        sent = request.files.get("file")
        content = sent.read() if sent is not None else b""
        file = prepared(content, console.room.bare) if content else None
        return relay.reply(
            console.room,
            person().id,
            one,
            plain("reply"),
            console.clock(),
            keep=keep,
            private=reader().private,
            file=file,
            once=once(),
        ).state

    return do(console, case, "queued", act, sends="reply")


def ready(console: Console, case: str) -> Response:
    """Put a ready answer into what she is typing; nothing is sent."""
    one, written, note = id_of(case), plain("reply"), typed("note")
    try:
        opening.there(console.room, person().id, one, console.clock())
        words = canned.render(console.room, person().id, one, typed("ready"))
    except CaseGone:
        abort(404)
    except (CaseRefusal, CannedRefusal) as refusal:
        return shown(console, one, refusal, reply=written, note=note)
    return shown(console, one, reply=f"{written}\n\n{words}" if written else words, note=note)


def note(console: Console, case: str) -> Response:
    """Write for colleagues."""
    return do(
        console,
        case,
        "noted",
        lambda one: notes.add(console.room, person().id, one, plain("note"), console.clock(), once=once()),
        sends="note",
    )
