"""What waits for her, and what she may change of her own."""

from __future__ import annotations

from flask import Response

from casework.casefile import asking
from casework.shifts.keeping import PLANNERS
from casework.staff import factors, mending, sharing
from casework.staff.factors import ToMake
from casework.staff.passwords import ADVISED, LEAST
from casework.staff.refusals import Refusal, Stale
from web.console.pages import Console, go, let_out, page, person, picture, shown, typed


def home(console: Console) -> Response:
    """Colleagues who wait for a share, if she can give it, and for a second yes; what else she can do."""
    reader, now = person().reader, console.clock()
    nobody = person().role in PLANNERS and not console.room.read(console.room.rota).on_call(now)
    if reader is None:
        return page("home", owed=[], asked=0, nobody=nobody)
    asked = len(asking.waiting_for(console.room, reader, now))
    return page("home", owed=sharing.owed(console.office), asked=asked, nobody=nobody)


def account(console: Console, refusal: Refusal | None = None) -> Response:
    """Her own password, second factor and recovery code."""
    offer = _offer(console)
    return page("account", refusal=refusal, offer=offer, qr=picture(offer.uri), least=LEAST, advised=ADVISED)


def set_password(console: Console) -> Response:
    """Change it; then she logs in anew, everywhere."""
    try:
        mending.change_password(console.office, person(), typed("old"), typed("password"), console.clock())
    except Refusal as refusal:
        return account(console, refusal)
    return let_out(console, go("/login", changed="1"))


def set_factor(console: Console) -> Response:
    """Change it; then she logs in anew, everywhere."""
    alone = bool(typed("alone"))
    try:
        mending.set_factor(console.office, person(), typed("old"), shown(), console.clock(), alone=alone)
    except Refusal as refusal:
        return account(console, refusal)
    return let_out(console, go("/login", changed="1"))


def set_recovery(console: Console) -> Response:
    """A new code for paper."""
    try:
        fresh = mending.new_recovery(console.office, person(), typed("old"), console.clock())
    except Refusal as refusal:
        return account(console, refusal)
    return page("recovery", code=fresh, first=True)


def _offer(console: Console) -> ToMake:
    her = person()
    try:
        return factors.offered(console.office, typed("ticket"), her.id, her.name, console.clock())
    except Stale:
        return factors.to_make(console.office, her.id, her.name, console.clock())
