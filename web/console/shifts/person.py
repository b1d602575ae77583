"""One counsellor: her week, what differs once, and how she works. Her own page, and a supervisor's of anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Response, abort, g, request

from casework.shifts import keeping, writing
from casework.shifts.plan import KINDS, OFF
from casework.shifts.refusals import ChangedMeanwhile
from casework.shifts.rota import Person, Rota
from casework.spans import clock_of
from casework.staff.refusals import Refusal
from casework.staff.roles import Role
from web.console.pages import Console, go, page, person, typed, whole
from web.console.shifts.week import done, languages

TWICE, MOST = 2, 6  # stretches on one day: shown at least, and taken at most


def mine(console: Console) -> Response:
    """Her own."""
    return go("/shifts/<who>", who=person().id.hex())


def shown(console: Console, who: str, refusal: Refusal | None = None) -> Response:
    """The page; after a refusal with what was typed."""
    rota = console.room.read(console.room.rota)
    her = _her(rota, who)
    return page(
        "shifts/person",
        refusal=refusal,
        her=her,
        own=her.id == person().id,
        week=_week(her),
        changes=[
            (f"{start} {end} {kind}", kind, _said(console, opens, closes))
            for (start, end, kind), opens, closes in rota.changes(her)
        ],
        kinds=KINDS,
        off=OFF,
        spoken=languages(console),
        institutions=keeping.institutions_known(console.room),
        version=her.one.version,
        typed=typed if stays(refusal) else None,
        picked=request.form.getlist,
        most=keeping.MOST_CASES,
        longest=keeping.LONGEST_NAME,
        weekday=lambda day: console.room.phrasebook.weekday(day, g.words.code),
        done=done(),
    )


def set_week(console: Console, who: str) -> Response:
    """Her shifts of every week."""

    def act(of: bytes) -> None:
        rows = [
            (day, typed(f"from{day}{row}"), typed(f"to{day}{row}"), typed(f"kind{day}{row}"))
            for day in range(7)
            for row in range(MOST)
        ]
        keeping.set_week(console.room, person().id, of, writing.shifts(rows), version(), console.clock())

    return _do(console, who, "week", act)


def add_change(console: Console, who: str) -> Response:
    """What differs once."""

    def act(of: bytes) -> None:
        start, end = writing.stretch(typed("day"), typed("last"), typed("from"), typed("to"), console.room.hours.zone)
        keeping.add_change(console.room, person().id, of, start, end, typed("kind"), console.clock())

    return _do(console, who, "change", act)


def drop_change(console: Console, who: str) -> Response:
    """Take one back."""

    def act(of: bytes) -> None:
        start, _, rest = typed("change").partition(" ")
        end, _, kind = rest.partition(" ")
        opens, closes = (whole(text, digits=12, otherwise=-1) for text in (start, end))
        if min(opens, closes) >= 0:
            keeping.drop_change(console.room, person().id, of, opens, closes, kind, console.clock())

    return _do(console, who, "dropped", act)


def set_ways(console: Console, who: str) -> Response:
    """Languages, how many cases, what she calls herself, where she belongs."""

    def act(of: bytes) -> None:
        keeping.set_ways(
            console.room,
            person().id,
            of,
            languages=request.form.getlist("language"),
            capacity=whole(typed("capacity"), digits=4, otherwise=-1),
            called=typed("called"),
            belongs=request.form.getlist("institution"),
            version=version(),
            now=console.clock(),
        )

    return _do(console, who, "ways", act)


def _do(console: Console, who: str, what: str, act: Callable[[bytes], None]) -> Response:
    her = _her(console.room.read(console.room.rota), who)
    try:
        act(her.id)
    except Refusal as refusal:
        return shown(console, who, refusal)
    return go("/shifts/<who>", who=who, done=what)


def _her(rota: Rota, who: str) -> Person:
    """Whom the address names, if she answers reporters; 403 where she may not look."""
    try:
        found = rota.person(bytes.fromhex(who))
    except ValueError:
        found = None
    if found is None:
        abort(404)
    if found.id != person().id and person().role != Role.SUPERVISOR:
        abort(403)
    return found


def stays(refusal: Refusal | None) -> bool:
    """Whether what was typed stands in its form again; not where somebody else changed the same: hers is shown then."""
    return refusal is not None and not isinstance(refusal, ChangedMeanwhile)


def version() -> int:
    return whole(typed("version"), digits=8, otherwise=0)


def _week(her: Person) -> list[list[tuple[str, str, str]]]:
    """Two rows a day: from, to, kind."""
    days: list[list[tuple[str, str, str]]] = [[] for _ in range(7)]
    for shift in her.one.week:
        days[shift.day].append((clock_of(shift.opens), clock_of(shift.closes % 1440), shift.kind))
    return [(rows + [("", "", KINDS[0])] * TWICE)[: max(TWICE, len(rows))] for rows in days]


def _said(console: Console, opens: datetime, closes: datetime) -> str:
    """When, in words."""
    book, code = console.room.phrasebook, g.words.code
    last = "" if closes.date() == opens.date() else f"{book.day(closes.date(), code)} "
    return f"{book.day(opens.date(), code)} {opens:%H:%M} – {last}{closes:%H:%M}"
