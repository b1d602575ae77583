"""How conversations go at each question of a flow that holds: drawn, and in a sentence a question."""

from __future__ import annotations

from flask import Response, abort, g, request

from casework.staff.refusals import Refusal
from casework.studio import comparing, shelf
from casework.studio import insight as figures
from casework.studio.refusals import NoSuchFlow
from flows.comparing import comparison, refused
from flows.layout import HIGH, WIDE, drawn
from web.console.flows.framing import asked, shown
from web.console.pages import Console


def insight(console: Console, refusal: Refusal | None = None) -> Response:
    """The page, over as many whole weeks as were asked for."""
    try:
        standing = shelf.one(console.studio, asked())
    except NoSuchFlow:
        abort(404)
    weeks = next((one for one in figures.WEEKS if request.args.get("weeks") == str(one)), figures.WEEKS[1])
    channel, language = request.args.get("channel", ""), request.args.get("spoken", "")  # `language` is the page's own
    by = "traffic" if request.args.get("by") == "traffic" else "loss"
    found = figures.seen(console.studio, standing, weeks, channel, language, console.clock())
    book = console.room.phrasebook
    return shown(
        console,
        "insight",
        refusal,
        flow=standing.flow,
        drawing=drawn(standing.flow),
        box=(WIDE, HIGH),
        found=found,
        by=by,
        marks={node: one.loses for node, one in found.figures.items() if one.loses} if by == "loss" else {},
        weeks=weeks,
        choices=figures.WEEKS,
        channel=channel,
        language=language,
        named={one.code: one.own_name for one in book.languages},
        few=figures.FEW,
        stand=comparing.stands(console.studio, standing, console.clock()),
        may_try=set()
        if comparison(standing.flow)
        else {node for node in found.figures if not refused(standing.flow, standing.flow.nodes[node])},
        day=lambda day: book.day(day, g.words.code),
        since=book.day(found.since, g.words.code),
        until=book.day(found.until, g.words.code),
    )
