"""Times as a form brings them: days, and hours as "09:00", into shifts, spans and moments. An empty row is no row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from casework.shifts.plan import KINDS
from casework.shifts.refusals import BadTime
from casework.spans import A_DAY, Span, moment_of
from storage.counsellors import Shift


def shifts(rows: Iterable[tuple[int, str, str, str]]) -> list[Shift]:
    """Rows of day of the week, from, to, kind. Raises BadTime."""
    found = []
    for day, opens, closes, kind in rows:
        span = _span(opens, closes)
        if span is not None:
            found.append(Shift(day, span.opens, span.closes, kind if kind in KINDS else KINDS[0]))
    return found


def hours(rows: Iterable[tuple[int, str, str]]) -> list[list[Span]]:
    """Rows of day of the week, from, to, for each day its spans. Raises BadTime."""
    week: list[list[Span]] = [[] for _ in range(7)]
    for day, opens, closes in rows:
        span = _span(opens, closes)
        if span is not None:
            week[day].append(span)
    return week


def day(said: str) -> date:
    """A day: "2026-11-30". Raises BadTime."""
    try:
        return date.fromisoformat(said.strip())
    except ValueError:
        raise BadTime(said=said[:20]) from None


def stretch(first: str, last: str, opens: str, closes: str, zone: str) -> tuple[datetime, datetime]:
    """From an hour of one day to an hour of another, or of the same; empty hours are the whole day. Raises BadTime."""
    begin = day(first)
    end = day(last) if last.strip() else begin
    span = _span(opens or "00:00", closes or "24:00") or Span(0, A_DAY)
    where = ZoneInfo(zone)
    try:
        if end > begin:  # over several days: the second hour is the last day's own
            closes_at = span.closes if span.closes <= A_DAY else span.closes - A_DAY
            return moment_of(begin, span.opens, where), moment_of(end, closes_at, where)
        return span.on(begin, where)
    except OverflowError:  # no year comes before the first, or after the last
        raise BadTime(said=f"{first[:10]} {last[:10]}".strip()) from None


def _span(opens: str, closes: str) -> Span | None:
    if not opens.strip() and not closes.strip():
        return None
    try:
        return Span.read(opens, closes)
    except ValueError:
        raise BadTime(said=f"{opens[:8]}-{closes[:8]}") from None
