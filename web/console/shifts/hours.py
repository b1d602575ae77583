"""The team's own hours and holidays."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, g

from casework.shifts import keeping, writing
from casework.spans import clock_of
from casework.staff.refusals import Refusal
from casework.telling_hours import told
from web.console.pages import Console, go, page, person, typed
from web.console.shifts.person import MOST, TWICE, stays, version
from web.console.shifts.week import done


def shown(console: Console, refusal: Refusal | None = None) -> Response:
    """The page; after a refusal with what was typed."""
    hours, kept = keeping.hours_kept(console.room)
    book, code = console.room.phrasebook, g.words.code
    rows = [[(clock_of(span.opens), clock_of(span.closes % 1440)) for span in spans] for spans in hours.week]
    return page(
        "shifts/hours",
        refusal=refusal,
        week=[(spans + [("", "")] * TWICE)[: max(TWICE, len(spans))] for spans in rows],
        said=told(hours, book, code),
        own=kept > 0,
        version=kept,
        typed=typed if stays(refusal) else None,
        holidays=[(day.isoformat(), book.day(day, code), name) for day, name in sorted(hours.holidays.items())],
        zone=hours.zone,
        weekday=lambda day: book.weekday(day, code),
        done=done(),
    )


def set_week(console: Console) -> Response:
    """The hours of every week."""

    def act() -> None:
        rows = [(day, typed(f"from{day}{row}"), typed(f"to{day}{row}")) for day in range(7) for row in range(MOST)]
        keeping.set_hours(console.room, person().id, writing.hours(rows), version(), console.clock())

    return _do(console, "hours", act)


def add_holiday(console: Console) -> Response:
    """A day on which the team does not read."""
    return _do(
        console,
        "holiday",
        lambda: keeping.add_holiday(
            console.room, person().id, writing.day(typed("day")), typed("name"), console.clock()
        ),
    )


def drop_holiday(console: Console) -> Response:
    """Take one back."""
    return _do(
        console,
        "dropped",
        lambda: keeping.drop_holiday(console.room, person().id, writing.day(typed("day")), console.clock()),
    )


def _do(console: Console, what: str, act: Callable[[], None]) -> Response:
    try:
        act()
    except Refusal as refusal:
        return shown(console, refusal)
    return go("/hours", done=what)
