"""A lost password or a lost second factor, by the code on paper and the one of the two that is left."""

from __future__ import annotations

from flask import Response

from casework.staff import factors, mending
from casework.staff.passwords import ADVISED, LEAST
from casework.staff.refusals import Refusal, Stale
from web import codes
from web.console.pages import Console, keep_mark, page, shown, typed, visitor


def choose(console: Console) -> Response:
    """What was lost?"""
    return page("lost")


def password(console: Console, refusal: Refusal | None = None) -> Response:
    """The page for a lost password."""
    question = factors.to_show(console.office, console.clock())
    return page(
        "lost_password",
        refusal=refusal,
        name=typed("name"),
        paper=typed("paper"),
        question=question,
        least=LEAST,
        advised=ADVISED,
    )


def set_password(console: Console) -> Response:
    """Set the new one, and show the next code for paper; or the page again."""
    try:
        mended = mending.lost_password(
            console.office,
            typed("name"),
            typed("paper"),
            shown(),
            typed("password"),
            visitor(console),
            console.clock(),
        )
    except Refusal as refusal:
        return password(console, refusal)
    return keep_mark(console, page("recovery", code=mended.recovery, first=False), mended.mark)


def factor(console: Console, refusal: Refusal | None = None) -> Response:
    """The page for a lost second factor."""
    try:
        offer = factors.offered(console.office, typed("ticket"), mending.NOBODY_YET, mending.NAMELESS, console.clock())
    except Stale:
        offer = mending.offer_to_nobody(console.office, console.clock())
    return page(
        "lost_factor",
        refusal=refusal,
        name=typed("name"),
        paper=typed("paper"),
        offer=offer,
        qr=codes.svg(offer.uri),
    )


def set_factor(console: Console) -> Response:
    """Set the new one, and show the next code for paper; or the page again."""
    try:
        mended = mending.lost_factor(
            console.office,
            typed("name"),
            typed("paper"),
            typed("password"),
            shown(),
            visitor(console),
            console.clock(),
        )
    except Refusal as refusal:
        return factor(console, refusal)
    return keep_mark(console, page("recovery", code=mended.recovery, first=False), mended.mark)
