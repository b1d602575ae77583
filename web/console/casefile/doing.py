"""Forms of referrals and of the safety plan. What is refused shows the case again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Response, abort, g, request

from casework.casefile import plans, referrals
from casework.casefile.referrals import Consent
from casework.cases import delivery, opening
from casework.cases.refusals import CaseGone, CaseRefusal, NoConsent
from casework.staff.entering import Reader
from web.console.cases.case import shown
from web.console.pages import Console, go, person, typed


def offer(console: Console, case: str) -> Response:
    """She was told of somebody who helps."""
    to = " ".join(typed("to").split())
    row = referrals.offices(console.room, g.words.code).get(to, "")
    once = typed("once") if len(typed("once")) == 32 else ""

    def act(one: bytes) -> None:
        referrals.offer(console.room, reader(), one, to, row, plain("words"), console.clock(), once=once)

    return do(console, case, "referral", act)


def step(console: Console, case: str, referral: str) -> Response:
    """What became of it; with "accepted", what she agreed to share, how and when."""

    def act(one: bytes) -> None:
        room, state, now = console.room, typed("state"), console.clock()
        if state != "accepted":
            referrals.move(room, reader(), one, referral, state, plain("words"), now)
            return
        shared = tuple(request.form.getlist("shared"))
        referrals.agree(room, reader(), one, referral, shared, _consent(), plain("words"), now)

    return do(console, case, "referral", act)


def write_plan(console: Console, case: str) -> Response:
    """Keep the safety plan as it was typed."""

    def act(one: bytes) -> None:
        after = typed("after")
        number = int(after) if after.isascii() and after.isdigit() and len(after) < 6 else -1
        parts = {part: plain(part) for part in plans.PARTS}
        plans.write(console.room, reader(), one, parts, number, console.clock())

    return do(console, case, "plan", act)


def send_plan(console: Console, case: str) -> Response:
    """Let her have it as a message."""

    def act(one: bytes) -> str:
        return plans.send(console.room, reader(), one, console.clock(), keep=bool(typed("keep"))).state

    return do(console, case, "queued", act)


def do(console: Console, case: str, done: str, act: Callable[[bytes], object]) -> Response:
    """Do something with a case, and show it."""
    one = id_of(case)
    try:
        opening.there(console.room, person().id, one)
        said = act(one)
    except CaseGone:
        abort(404)
    except CaseRefusal as refusal:
        return shown(console, one, refusal)
    return go("/cases/<case>", case=case, done=said if isinstance(said, str) and said in delivery.STATES else done)


def reader() -> Reader:
    """Her key."""
    found = person().reader
    if found is None:
        abort(403)
    return found


def id_of(text: str) -> bytes:
    """A case's id in an address."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        abort(404)


def plain(name: str) -> str:
    """A field as a phone shows it: a browser sends two marks for the end of a line."""
    return typed(name).replace("\r\n", "\n").strip()


def _consent() -> Consent:
    try:
        return Consent(typed("way"), date.fromisoformat(typed("day")))
    except ValueError:
        raise NoConsent from None
