"""The map: marks on the outlines of the districts, and the same rows as a list beside it."""

from __future__ import annotations

from flask import Response, request

from casework.directory.chart import WIDTH, draw, may_be_drawn
from casework.directory.kinds import row_kinds
from web.console.directory import names
from web.console.directory.framing import framed
from web.console.pages import Console


def chart(console: Console) -> Response:
    """The map as she wants it: one kind, one district, or everything."""
    room = console.directory
    kind, district = request.args.get("kind", ""), request.args.get("district", "")
    kind = kind if kind in row_kinds() else ""
    district = district if room.country.district(district) is not None else ""
    rows = [row for row in room.stock().offices if (not kind or row.kind == kind)]
    wanted = [row for row in rows if not district or row.district == district]
    drawn = draw(room.country, rows, district)
    return framed(
        console,
        "chart",
        drawn=drawn,
        width=WIDTH,
        kind=kind,
        district=district,
        kinds=names.kinds(),
        districts=[one for one in names.districts(room) if room.country.district(one[0]) is not None],
        not_drawn=sum(row.verified == "yes" and not may_be_drawn(row) for row in wanted),
    )
