"""When she may be written to tomorrow: about this hour, in which she is writing now, and never outside the hours she named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.named_hours import PARTS

# An hour short of a day: WhatsApp takes free words for 24 hours from her last message, and an item waits no longer either.
AFTER = timedelta(hours=23)
_EARLIEST = timedelta(hours=6)  # whoever is asked sooner has not called yet
_STEP = timedelta(minutes=15)


def moment(now: datetime, named: Iterable[object], zone: str) -> datetime | None:
    """When to ask; None where no hour is sure to suit her.

    named  the hours she has named at any time: keys of PARTS, or her own words, which we cannot be sure to understand
    """
    spans = [PARTS.get(one) if isinstance(one, str) else None for one in named if one]
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return None
    when = now + AFTER
    while when >= now + _EARLIEST:
        hour = when.astimezone(ZoneInfo(zone)).hour
        if all(opens <= hour < closes for opens, closes in known):
            return when
        when -= _STEP
    return None
