"""The hours in which she allowed us to write: what they mean by the clock on the team's wall, and where she named them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.spans import Interval, Span, days_around, merged
from storage import audit, reports, ways_back
from storage.database import Unit
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender

# Hours of the day, by what she chose; "" where she left it out.
HOURS: Mapping[str, tuple[int, int]] = {
    "morning": (8, 12), "afternoon": (12, 17), "evening": (17, 21), "night": (21, 24), "any": (9, 21), "": (9, 21),
}  # fmt: skip
# The same for what was written to her alone: where any hour will do, this one is hers already.
PARTS: Mapping[str, tuple[int, int]] = {**HOURS, "any": (0, 24)}
_ABOUT_OVER = timedelta(minutes=5)  # what begins now would come after its end


def stretch(named: object, now: datetime, zone: str) -> Interval | None:
    """The stretch of her hours that is on now, or the next one; None where she named them in words that we may misread.

    named  as she answered: the id of a choice, her own words, or nothing
    """
    hours = PARTS.get(named or "") if isinstance(named, (str, type(None))) else None
    if hours is None:
        return None
    span, here = Span(hours[0] * 60, hours[1] * 60), ZoneInfo(zone)
    days = days_around(now, now + timedelta(days=1), here)
    return next(one for one in merged(span.on(day, here) for day in days) if one[1] > now + _ABOUT_OVER)


def with_reports(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> Iterator[object]:
    """Each as she named it: the id of a choice, or her own words."""
    for report_id in ways_back.linked(unit, keyring, sender, now):
        try:
            report = reports.fetch(unit, keyring, report_id, hold=False)
            route = ways_back.contact(unit, keyring, report, now) if report is not None else None
        except Tampered as fault:  # what she allowed is not known any more: no hour is sure to suit her
            audit.note_fault(unit, keyring, str(fault), now)
            yield str(fault)
        else:
            if route is not None:
                yield route.get("hours")
