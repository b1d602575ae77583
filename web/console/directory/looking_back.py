"""What was changed in all of the directory, and whose work it stands on."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, g

from casework.directory import history
from casework.directory.credits import read_credits, sites
from casework.directory.history import Line
from casework.staff import register
from web.console.cases import moments
from web.console.directory.framing import framed
from web.console.pages import Console

MOST = 200


def changes(console: Console) -> Response:
    """The latest changes, the last first."""
    room = console.directory
    past = history.everything(room, MOST)
    return framed(
        console,
        "changes",
        past=past,
        rows={row.id: row for row in room.stock().offices},
        staff={one.id: one.name for one in register.entries(console.office)},
        moment=lambda line: moment_of(console, line),
        most=MOST,
    )


def credit(console: Console) -> Response:
    """Sources and licences."""
    return framed(console, "credits", page_of=read_credits(), sites=sites(console.directory.stock().offices))


def moment_of(console: Console, line: Line) -> str:
    """When something was changed, on the clock of the team."""
    return moments.at(g.words, datetime.fromtimestamp(line.at, UTC), console.room)
