"""Forms of referrals and of the safety plan. What is refused shows the case again."""

from __future__ import annotations

from datetime import date

from flask import Response, g, request

from casework.casefile import plans, referrals
from casework.casefile.referrals import Consent
from casework.cases.refusals import NoConsent
from web.console.cases.acting import do, once, plain, reader
from web.console.pages import Console, typed, whole


def offer(console: Console, case: str) -> Response:
    """She was told of somebody who helps."""
    to = " ".join(typed("to").split())
    row = referrals.offices(console.directory.stock(), g.words.code).get(to, "")

    def act(one: bytes) -> None:
        referrals.offer(console.room, reader(), one, to, row, plain("words"), console.clock(), once=once())

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
        number = whole(typed("after"), digits=5, otherwise=-1)
        parts = {part: plain(part) for part in plans.PARTS}
        plans.write(console.room, reader(), one, parts, number, console.clock())

    return do(console, case, "plan", act)


def send_plan(console: Console, case: str) -> Response:
    """Let her have it as a message."""

    def act(one: bytes) -> str:
        return plans.send(console.room, reader(), one, console.clock(), keep=bool(typed("keep")), once=once()).state

    return do(console, case, "queued", act)


def _consent() -> Consent:
    try:
        return Consent(typed("way"), date.fromisoformat(typed("day")))
    except ValueError:
        raise NoConsent from None
