"""Logging in and out."""

from __future__ import annotations

import structlog
from flask import Response, g, request

from casework.staff import entering, factors
from casework.staff.refusals import Refusal, Refused, Wait
from web.console.pages import Console, go, let_in, let_out, page, shown, typed, visitor

log = structlog.get_logger()


def login(console: Console, refusal: Refusal | None = None) -> Response:
    """The page. Who is logged in already is sent on."""
    if g.person is not None and refusal is None:
        return go("/")
    said = next((what for what in ("ended", "changed", "left") if request.args.get(what)), "")
    question = factors.to_show(console.office, console.clock())
    return page("login", refusal=refusal, said=said, name=typed("name"), question=question)


def log_in(console: Console) -> Response:
    """Let her in, or the page again."""
    try:
        entered = entering.log_in(
            console.office, typed("name"), typed("password"), shown(), visitor(console), console.clock()
        )
    except Refused as refusal:
        # What the gate turns away is not written line by line: a flood would fill the disk.
        console.entered("refused")
        log.warning("login refused", who=refusal.values.get("who", "nobody"), factor=refusal.values.get("factor", ""))
        return login(console, refusal)
    except Refusal as refusal:
        console.entered("wait" if isinstance(refusal, Wait) else "busy")
        return login(console, refusal)
    console.entered("in")
    return let_in(console, go("/"), entered.cookie, entered.mark)


def log_out(console: Console) -> Response:
    """End this login."""
    entering.log_out(console.office, request.cookies.get(console.login_cookie, ""))
    return let_out(console, go("/login"))
