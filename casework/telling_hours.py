"""Opening hours in her words: "Monday to Friday 9 am to 5 pm, Saturday 10 am to 2 pm"."""

from __future__ import annotations

from itertools import groupby

from casework.hours import OpeningHours
from casework.spans import A_DAY, Span
from locales.isolates import without_isolates
from locales.phrasebook import Phrasebook


def told(hours: OpeningHours, phrasebook: Phrasebook, language: str) -> str:
    """The hours of a week, days with the same hours together. No holidays: those are told when they come."""
    comma = "، " if phrasebook.language(language).right_to_left else ", "
    lines = []
    for spans, same in groupby(range(7), key=lambda day: hours.week[day]):
        if spans:
            days, times = list(same), comma.join(_span(span, phrasebook, language) for span in spans)
            lines.append(f"{_days(days, phrasebook, language)} {times}")
    # Isolated as a whole, where it is put into a sentence: marks around each part would cost an SMS its room.
    return without_isolates(comma.join(lines)) or phrasebook.say("hours.never", language)


def _days(days: list[int], phrasebook: Phrasebook, language: str) -> str:
    first, last = (phrasebook.weekday(days[end], language) for end in (0, -1))
    if len(days) == 7:
        return phrasebook.say("hours.every_day", language)
    return first if len(days) == 1 else phrasebook.say("hours.days", language, {"first": first, "last": last})


def _span(span: Span, phrasebook: Phrasebook, language: str) -> str:
    if span == (0, A_DAY):
        return phrasebook.say("hours.all_day", language)
    opens, closes = (phrasebook.clock(minute, language) for minute in span)
    return phrasebook.say("hours.span", language, {"opens": opens, "closes": closes})
