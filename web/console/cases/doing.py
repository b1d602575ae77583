"""Every button and form of a case. What is refused shows the case again, with what was typed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, abort, request

from casework.canned.refusals import CannedRefusal
from casework.cases import canned, holding, notes, opening, relay
from casework.cases.refusals import CaseGone, CaseRefusal, NobodyChosen
from casework.enclosing.preparing import prepared
from casework.triage import Level
from web.console.cases.case import shown
from web.console.pages import Console, go, person, typed


def claim(console: Console, case: str) -> Response:
    """Take it."""
    return _do(console, case, "claimed", lambda one: holding.claim(console.room, person().id, one, console.clock()))


def release(console: Console, case: str) -> Response:
    """Give it back, and on to the list: its words are closed to her now."""
    return _do(console, case, "released", lambda one: holding.release(console.room, person().id, one, console.clock()))


def hand_over(console: Console, case: str) -> Response:
    """Give it to a colleague."""

    def act(one: bytes) -> None:
        to = _hex(typed("to"))
        if not to:
            raise NobodyChosen
        holding.hand_over(console.room, person().id, one, to, console.clock())

    return _do(console, case, "handed", act)


def join(console: Console, case: str) -> Response:
    """Read and answer beside the holder."""
    return _do(console, case, "joined", lambda one: holding.join(console.room, person().id, one, console.clock()))


def close(console: Console, case: str) -> Response:
    """Close it, for one of the reasons that the page offers."""

    def act(one: bytes) -> None:
        try:
            relay.close(console.room, person().id, one, typed("reason"), console.clock())
        except ValueError:
            abort(400)

    return _do(console, case, "closed", act)


def reopen(console: Console, case: str) -> Response:
    """Take up a closed case again."""
    return _do(console, case, "reopened", lambda one: holding.reopen(console.room, person().id, one, console.clock()))


def risk(console: Console, case: str) -> Response:
    """Say how grave it is."""

    def act(one: bytes) -> None:
        try:
            level = Level(typed("risk"))
        except ValueError:
            abort(400)
        holding.set_risk(console.room, person().id, one, level, console.clock())

    return _do(console, case, "risk", act)


def reply(console: Console, case: str) -> Response:
    """Answer her; or leave the answer for her number."""

    def act(one: bytes) -> str:
        reader = person().reader
        private = None if reader is None else reader.private
        keep = bool(typed("keep"))
        sent = request.files.get("file")
        content = sent.read() if sent is not None else b""
        file = prepared(content, console.room.bare) if content else None
        return relay.reply(
            console.room,
            person().id,
            one,
            _plain(typed("reply")),
            console.clock(),
            keep=keep,
            private=private,
            file=file,
            once=_once(),
        ).state

    return _do(console, case, "queued", act, reply=typed("reply"))


def ready(console: Console, case: str) -> Response:
    """Put a ready answer into what she is typing; nothing is sent."""
    one, written = _hex(case), _plain(typed("reply"))
    if not one:
        abort(404)
    try:
        opening.there(console.room, person().id, one)
        words = canned.render(console.room, person().id, one, typed("ready"))
    except CaseGone:
        abort(404)
    except (CaseRefusal, CannedRefusal) as refusal:
        return shown(console, one, refusal, reply=written)
    return shown(console, one, reply=f"{written}\n\n{words}" if written else words)


def note(console: Console, case: str) -> Response:
    """Write for colleagues."""
    return _do(
        console,
        case,
        "noted",
        lambda one: notes.add(console.room, person().id, one, _plain(typed("note")), console.clock(), once=_once()),
        note=typed("note"),
    )


def _do(
    console: Console, case: str, done: str, act: Callable[[bytes], object], *, reply: str = "", note: str = ""
) -> Response:
    one = _hex(case)
    if not one:
        abort(404)
    try:
        opening.there(console.room, person().id, one)
        said = act(one)
    except CaseGone:
        abort(404)
    except CaseRefusal as refusal:
        return shown(console, one, refusal, reply=reply, note=note)
    return go("/cases/<case>", case=case, done=said if isinstance(said, str) else done)


def _plain(text: str) -> str:
    """As a phone shows it: a browser sends two marks for the end of a line."""
    return text.replace("\r\n", "\n").strip()


def _once() -> str:
    """The name of this one form: pressed twice, it is sent twice and done once."""
    name = typed("once")
    return name if len(name) == 32 and _hex(name) else ""


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
