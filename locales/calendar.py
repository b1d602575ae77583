"""Dates, hours and numbers in a language: our own order of words, CLDR's names where we have none.

CLDR alone will not do: it writes "2026 نومبر 25" for Sindhi, and has no Roman Urdu. Digits are
always 0–9 (words.md: what is typed back must be what was shown).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cached_property

from babel import Locale
from babel.numbers import format_decimal

from locales.catalogues import PLACEHOLDER, listed

# Where a part of the day begins; names in "date.parts" are in this order.
_PARTS_BEGIN = (0, 5, 12, 16, 20)


class Calendar:
    """How one language says a date, an hour, a number.

    cldr   the locale to borrow from
    words  gives the text of a "date.…" phrase in this language, None when it has none
    """

    def __init__(self, cldr: str, words: Callable[[str], str | None]) -> None:
        self._cldr = cldr
        self._words = words

    def day(self, value: date) -> str:
        """Return "25 November 2026"."""
        return self._put(self._day_form, value, datetime.min)

    def moment(self, value: datetime) -> str:
        """Return "Monday 9 am": the clock as it stands in `value`."""
        return self._put(self._moment_form, value, value)

    def weekday(self, day: int) -> str:
        """Return "Monday" for 0."""
        return self._weekdays[day]

    def clock(self, minute: int) -> str:
        """Return "9 am" for minute 540 of a day; past 1440 it is the next day's."""
        return self._put(self._clock_form, date.min, datetime.min + timedelta(minutes=minute))

    def number(self, value: int) -> str:
        """Return "1,234": grouped as the language groups, in digits 0–9."""
        if -1000 < value < 1000:
            return str(value)
        return format_decimal(value, locale=self._cldr, numbering_system="latn")

    def _put(self, form: str, day: date, clock: datetime) -> str:
        filling = {
            "weekday": self._weekdays[day.weekday()],
            "day": str(day.day),
            "month": self._months[day.month - 1],
            "year": str(day.year),
            # "9 am", but "9:30 am": a form without minutes must not hide them.
            "hour": str(clock.hour % 12 or 12)
            + (f":{clock.minute:02}" if clock.minute and "{minute}" not in form else ""),
            "hour24": str(clock.hour),
            "minute": f"{clock.minute:02}",
            "part": self._part(clock.hour),
        }
        return PLACEHOLDER.sub(lambda found: filling.get(found[1], found[0]), form)

    def _part(self, hour: int) -> str:
        if not self._parts:
            return ""
        return self._parts[max(index for index, begins in enumerate(_PARTS_BEGIN) if begins <= hour)]

    @cached_property
    def _day_form(self) -> str:
        return self._words("date.day") or "{day} {month} {year}"

    @cached_property
    def _moment_form(self) -> str:
        form = self._words("date.moment")
        return form if form and (self._parts or "{part}" not in form) else "{weekday} {hour24}:{minute}"

    @cached_property
    def _clock_form(self) -> str:
        form = self._words("date.clock")
        return form if form and (self._parts or "{part}" not in form) else "{hour24}:{minute}"

    @cached_property
    def _weekdays(self) -> tuple[str, ...]:
        own = listed(self._words("date.weekdays") or "")
        # Never "stand-alone": where a locale has none of its own, Babel keeps those of whichever locale asked first.
        days = Locale.parse(self._cldr).days["format"]["wide"]
        return own if len(own) == 7 else tuple(days[index] for index in range(7))

    @cached_property
    def _months(self) -> tuple[str, ...]:
        own = listed(self._words("date.months") or "")
        months = Locale.parse(self._cldr).months["format"]["wide"]
        return own if len(own) == 12 else tuple(months[index] for index in range(1, 13))

    @cached_property
    def _parts(self) -> tuple[str, ...]:
        own = listed(self._words("date.parts") or "")
        return own if len(own) == len(_PARTS_BEGIN) else ()
