"""How long reports stay."""

from __future__ import annotations

from flask import Response

from casework.deployment import keeping, retention
from casework.deployment.refusals import TakesReports
from casework.deployment.table import LONGEST, RETENTION, SHORTEST
from casework.staff.refusals import Refusal
from web.console.pages import Console, person, typed, whole
from web.console.settings.framing import done, shown, version


def kept(console: Console, refusal: Refusal | None = None, *, undoes: bool = False) -> Response:
    """The page; after a refusal with what was typed, and with what it would take away."""
    standing, past = keeping.look(console.deployment, RETENTION)
    now = console.clock()
    takes = refusal if isinstance(refusal, TakesReports) else None
    return shown(
        console,
        "retention",
        refusal,
        standing=standing,
        past=past,
        days=retention.days_now(standing.value, now),
        waits=now.timestamp() < standing.value["since"],
        typed=typed("days") if refusal is not None and not undoes else str(standing.value["days"]),
        takes=takes,
        undoes=undoes,
        least=SHORTEST,
        most=LONGEST,
        grace=retention.GRACE.days,
    )


def keep(console: Console) -> Response:
    """Let them stay so long."""

    def act() -> str:
        days = whole(typed("days").strip(), digits=6, otherwise=0)
        changed = retention.decide(console.deployment, person().id, days, version(), _seen(), console.clock())
        return "kept" if changed else "same"

    return done("/settings/retention", act, lambda refusal: kept(console, refusal))


def undo(console: Console) -> Response:
    """As long as before."""

    def act() -> str:
        retention.undo(console.deployment, person().id, version(), _seen(), console.clock())
        return "undone"

    return done("/settings/retention", act, lambda refusal: kept(console, refusal, undoes=True))


def _seen() -> int:
    """To how many reports that go she has said yes."""
    return whole(typed("seen"), digits=9, otherwise=0) if typed("yes") == "yes" else 0
