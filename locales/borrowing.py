"""What a language borrows that has no catalogue of its own: the names of months, and which form a number takes."""

from __future__ import annotations

import re
from collections.abc import Callable
from gettext import c2py

from babel import Locale, UnknownLocaleError
from babel.plural import to_gettext

_PLURAL = re.compile(r"plural=\((.*)\);?$")


def borrowed(code: str, *, rtl: bool) -> tuple[str, Callable[[int], int]]:
    """Whose months and plurals it borrows: CLDR's of its own where it has them, else those of Urdu or of English."""
    for tried in (code, code.partition("_")[0], "ur" if rtl else "en"):
        try:
            locale = Locale.parse(tried)
            if len(locale.months["format"]["wide"]) == 12:
                return tried, _plural(locale)
        except (UnknownLocaleError, ValueError, KeyError):
            continue
    raise AssertionError("English has months")


def _plural(locale: Locale) -> Callable[[int], int]:
    found = _PLURAL.search(to_gettext(locale.plural_form))
    return c2py(found[1] if found else "n != 1")
