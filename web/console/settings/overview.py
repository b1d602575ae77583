"""Everything that is decided here, at a glance, and where each is changed."""

from __future__ import annotations

from flask import Response, g

from casework.deployment import keeping, menu
from casework.deployment.retention import days_now
from casework.deployment.table import PARTS, RETENTION, SWITCHES
from casework.directory.exchange import EMERGENCY
from casework.shifts.keeping import hours_kept
from casework.telling_hours import told
from web.console.pages import Console
from web.console.settings.framing import shown
from web.console.settings.menu import labels


def settings(console: Console) -> Response:
    """The page."""
    retention, _ = keeping.look(console.deployment, RETENTION)
    off, _ = keeping.look(console.deployment, SWITCHES)
    book, code = console.room.phrasebook, g.words.code
    hours, _ = hours_kept(console.room)
    rows = [console.directory.stock().by_id.get(one) for one in EMERGENCY.values()]
    return shown(
        console,
        "overview",
        menu=labels(console, menu.look(console.studio).ids),
        shown_words=[(one, book.shown("panic", one.code)) for one in book.languages],
        parts=PARTS,
        off=off.value,
        lacking=console.lacking,
        environment=console.environment,
        retention=retention,
        days=days_now(retention.value, console.clock()),
        hours=told(hours, book, code),
        numbers=[(row, row.names.get(code) or row.names.get("en", "")) for row in rows if row is not None],
    )
