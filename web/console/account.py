"""What waits for her, and what she may change of her own."""

from __future__ import annotations

from flask import Response

from casework.deployment import beginning
from casework.shifts.keeping import PLANNERS
from casework.staff import factors, mending
from casework.staff.factors import ToMake
from casework.staff.passwords import ADVISED, LEAST
from casework.staff.refusals import Refusal, Stale
from casework.staff.roles import Role
from web import codes
from web.console.cases.inbox import inbox, is_nobody_on_call
from web.console.pages import Console, go, let_out, page, person, shown, typed


def home(console: Console) -> Response:
    """Whoever reads sees her cases; others, what they can do."""
    if person().reader is not None:
        return inbox(console)
    first = beginning.look(console.deployment, console.directory.stock()) if person().role == Role.ADMIN else None
    return page("home", nobody=person().role in PLANNERS and is_nobody_on_call(console), first=first)


def account(console: Console, refusal: Refusal | None = None) -> Response:
    """Her own password, second factor and recovery code."""
    offer, logins = _offer(console), mending.open_logins(console.office, person(), console.clock())
    return page(
        "account",
        refusal=refusal,
        offer=offer,
        qr=codes.svg(offer.uri),
        least=LEAST,
        advised=ADVISED,
        logins=logins,
    )


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


def end_logins(console: Console) -> Response:
    """End every login of hers, here too."""
    try:
        mending.end_logins(console.office, person(), typed("old"), console.clock())
    except Refusal as refusal:
        return account(console, refusal)
    return let_out(console, go("/login", ended="1"))


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
