"""Accepting an invitation. Its code stands behind the link's "#", which no server sees; the page's program puts it in."""

from __future__ import annotations

from flask import Response, g

from casework.staff import factors, joining
from casework.staff.factors import ToMake
from casework.staff.passwords import ADVISED, LEAST
from casework.staff.refusals import NoInvitation, Refusal, Stale
from web import codes
from web.console.pages import Console, let_in, page, shown, typed


def invitation(console: Console, refusal: Refusal | None = None) -> Response:
    """The page that takes the code."""
    return page("invitation", refusal=refusal)


def look(console: Console) -> Response:
    """Whom it is for, and what to set up."""
    try:
        invited = joining.look(console.office, typed("invitation"), console.clock())
    except NoInvitation as refusal:
        return invitation(console, refusal)
    return _set_up(invited, joining.offer(console.office, invited, console.clock()))


def accept(console: Console) -> Response:
    """Let her in with what she set up, and show the recovery code; or the page again."""
    try:
        invited = joining.look(console.office, typed("invitation"), console.clock())
    except NoInvitation as refusal:
        return invitation(console, refusal)
    try:
        joined = joining.accept(console.office, typed("invitation"), typed("password"), shown(), console.clock())
    except NoInvitation as refusal:
        return invitation(console, refusal)
    except Refusal as refusal:
        return _set_up(invited, _again(console, invited), refusal)
    g.person = None  # whoever was logged in here before is not she
    response = page("recovery", code=joined.recovery, first=True)
    return let_in(console, response, joined.cookie, joined.mark)


def _again(console: Console, invited: joining.Invited) -> ToMake:
    """The same offer, so that an app she has set up already still fits; a new one when that is too old."""
    try:
        return factors.offered(console.office, typed("ticket"), invited.id, invited.name, console.clock())
    except Stale:
        return joining.offer(console.office, invited, console.clock())


def _set_up(invited: joining.Invited, offer: ToMake, refusal: Refusal | None = None) -> Response:
    return page(
        "set_up",
        refusal=refusal,
        invited=invited,
        invitation=typed("invitation"),
        offer=offer,
        qr=codes.svg(offer.uri),
        least=LEAST,
        advised=ADVISED,
    )
