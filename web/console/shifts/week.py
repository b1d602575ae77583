"""The week at a glance: who is on when, where nobody is, and whether she herself is on now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Response, g, request

from casework.cases import holding
from casework.shifts import cover, plan
from casework.shifts.cover import Day, Gap
from casework.shifts.keeping import PLANNERS
from casework.shifts.plan import KINDS
from casework.shifts.rota import Person, Rota
from casework.staff.roles import Role
from web.console.pages import Console, go, page, person, typed

_MINUTES = (60, 120, 240, 480)  # for how long she may say at once that she is on


@dataclass(frozen=True, slots=True)
class Now:
    """Somebody who is on now."""

    name: str
    kind: str
    until: str
    reached: bool  # she can be called


def week(console: Console) -> Response:
    """The page, of this week or the one of a day that is asked for."""
    now, rota = console.clock(), console.room.read(console.room.rota)
    reached = console.room.read(console.pager.reached)
    first = _monday(request.args.get("from", ""), rota, now)
    names = languages(console)
    spoken = [code for code in names if any(each.one.speaks(code) for each in rota.people)]
    mine = rota.person(person().id)
    return page(
        "shifts/week",
        first=first,
        days=cover.week(rota, first, spoken),
        gone=lambda weeks: (first + timedelta(weeks=weeks)).isoformat(),
        this_week=cover.monday(rota, now) == first,
        on=_on(rota, now, reached),
        reached=person().id in reached,
        mine=mine and plan.on_now(mine.one, rota.hours, now),
        answers=mine is not None,
        minutes=_MINUTES,
        people=rota.people,
        me=person().id,
        plans=person().role in PLANNERS,
        supervises=person().role == Role.SUPERVISOR,
        titled=lambda day: _titled(console, day),
        first_told=console.room.phrasebook.day(first, g.words.code),
        today=rota.local(now).date(),
        span=span,
        unspoken=[_tongue(code, names) for code in names if code not in spoken],
        comma="،" if g.words.direction == "rtl" else ",",
        strip=_strip,
        gaps=lambda day: _gaps(day.gaps, names),
        zone=rota.hours.zone,
        done=done(),
    )


def say_now(console: Console) -> Response:
    """On for so many minutes from now, or, with none, off."""
    asked = typed("minutes")
    minutes = int(asked) if asked in {str(one) for one in _MINUTES} else 0
    now = console.clock()
    holding.be_on_duty(console.room, person().id, now + timedelta(minutes=minutes), now)
    return go("/shifts", done="on" if minutes else "off")


def clock(moment: datetime) -> str:
    """ "17:00"."""
    return f"{moment:%H:%M}"


def span(opens: datetime, closes: datetime, day: date) -> str:
    """ "09:00–17:00"; a stretch that goes on after midnight ends at 24:00."""
    return f"{clock(opens)}–{clock(closes) if closes.date() == day else '24:00'}"


def done() -> str:
    """The key of what was just done, if the address says so."""
    asked = f"shifts.done_{request.args.get('done', '')}"
    return asked if g.words.has(asked) else ""


def languages(console: Console) -> dict[str, tuple[str, str]]:
    """What each language of reporters calls itself, and its direction."""
    return {one.code: (one.own_name, one.direction) for one in console.room.phrasebook.languages if one.complete}


def _monday(asked: str, rota: Rota, now: datetime) -> date:
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return cover.monday(rota, now)
    return day - timedelta(days=day.weekday()) if 2000 < day.year < 2200 else cover.monday(rota, now)


def _on(rota: Rota, now: datetime, reached: frozenset[bytes]) -> list[Now]:
    def until(each: Person, kind: str) -> str:
        end = plan.until(each.one, kind, rota.hours, now)
        return "" if end is None else clock(rota.local(end))

    found = [(each, plan.on_now(each.one, rota.hours, now)) for each in rota.people]
    on = (Now(each.name, kind, until(each, kind), each.id in reached) for each, kind in found if kind)
    return sorted(on, key=_by_kind)


def _by_kind(one: Now) -> tuple[int, str]:
    return KINDS.index(one.kind), one.name


def _titled(console: Console, day: Day) -> str:
    book, code = console.room.phrasebook, g.words.code
    return f"{book.weekday(day.day.weekday(), code)} {day.day.day}"


def _strip(day: Day) -> list[tuple[str, int, int]]:
    """The day as a strip of 1440 minutes: (what, from, how long)."""
    open_ = [("open", opens, closes) for opens, closes in day.hours]
    on = [(bar.kind, bar.opens, bar.closes) for bar in day.bars]
    nobody = [("nobody", gap.opens, gap.closes) for gap in day.gaps if not gap.language]
    found = [
        (what, _minute(opens, day.day), _minute(closes, day.day)) for what, opens, closes in (*open_, *on, *nobody)
    ]
    return [(what, start, max(0, end - start)) for what, start, end in found]


def _minute(moment: datetime, day: date) -> int:
    return 1440 if moment.date() > day else moment.hour * 60 + moment.minute


def _gaps(gaps: Sequence[Gap], names: dict[str, tuple[str, str]]) -> Iterable[tuple[Gap, list[tuple[str, str, str]]]]:
    """Each gap once, with the languages that nobody speaks then; none where nobody is there at all."""
    found: dict[tuple[datetime, datetime, bool], list[tuple[str, str, str]]] = {}
    for gap in gaps:
        missing = found.setdefault((gap.opens, gap.closes, not gap.language), [])
        if gap.language:
            missing.append(_tongue(gap.language, names))
    return [(Gap(opens, closes), missing) for (opens, closes, _), missing in found.items()]


def _tongue(code: str, names: dict[str, tuple[str, str]]) -> tuple[str, str, str]:
    """A language as HTML names it, as it calls itself, and its direction."""
    return code.replace("_", "-"), *names[code]
