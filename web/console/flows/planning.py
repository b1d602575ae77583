"""Letting a draft hold at a day and an hour, by the clock of the team; and calling that off."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Response

from casework.staff.refusals import Refusal
from casework.studio import publishing, scheduling
from casework.studio.refusals import NoSuchHour
from web.console.flows.framing import asked
from web.console.flows.publishing import changes
from web.console.pages import Console, go, person, typed


def plan(console: Console) -> Response:
    """Let it hold then, or ask."""
    seen = typed("seen") == "yes"
    try:
        due = moment(typed("due"), console.room.hours.zone)
        done = publishing.publish(
            console.studio, person().id, asked(), typed("at"), typed("policy"), seen, console.clock(), due
        )
    except Refusal as refusal:
        return changes(console, refusal)
    if done.what == "already":
        return go("/flows/editions", flow=asked(), said="already")
    return go("/flows/publish", flow=asked(), said=done.what)


def call_off(console: Console) -> Response:
    """Not then; also to take away what was refused at its hour."""
    try:
        scheduling.call_off(console.studio, person().id, asked(), console.clock())
    except Refusal as refusal:
        return changes(console, refusal)
    return go("/flows/publish", flow=asked(), said="off")


def moment(text: str, zone: str) -> datetime:
    """What a field of a day and an hour holds, in UTC. Raises NoSuchHour.

    An hour that the clock leaves out, or has twice, is the one that comes of the offset before it changes.
    """
    try:
        return datetime.strptime(text.strip()[:16], "%Y-%m-%dT%H:%M").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NoSuchHour from None
