"""Moments, in the words of the interface and on the clock of the team."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.cases.room import CaseRoom
from web.console.words import Words


def lasting(t: Words, span: timedelta) -> str:
    """How long something lasts: "2 h 5 min"."""
    minutes = max(0, int(span.total_seconds()) // 60)
    if minutes < 1:
        return t("time.now")
    if minutes < 60:
        return t("time.minutes", minutes=minutes)
    if minutes < 48 * 60:
        return t("time.hours", hours=minutes // 60, minutes=minutes % 60)
    return t("time.days", days=minutes // (24 * 60), hours=minutes // 60 % 24)


def since(t: Words, then: int, now: datetime) -> str:
    """How long ago a moment is, given in seconds since 1970."""
    return lasting(t, now - datetime.fromtimestamp(then, UTC))


def at(t: Words, moment: datetime, room: CaseRoom) -> str:
    """A day and an hour: "25 November 2026, 14:05"."""
    local = moment.astimezone(ZoneInfo(room.hours.zone))
    day = room.phrasebook.day(local.date(), t.code)
    return t("time.at", day=day, clock=f"{local:%H:%M}")
