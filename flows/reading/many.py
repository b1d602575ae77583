"""Several options in one message: "1,3", "1 3", "1 aur 3", or labels with commas between."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.reading.fold import digits
from flows.reading.options import Option, read_option

_BETWEEN = re.compile(r"[,،;+&/\n]|\band\b|\baur\b|\by\b|(?<=\s)(?:اور|۽|۽)(?=\s)")
_NUMBERS = re.compile(r"[\d\s,،.;+&-]+")


def read_many(typed: str, options: Sequence[Option]) -> tuple[str, ...]:
    """The ids that are meant, each once, in the order typed; () unless every part is understood."""
    plain = digits(typed)
    parts = (
        re.findall(r"\d+", plain)
        if _NUMBERS.fullmatch(plain)
        else [part for part in _BETWEEN.split(plain) if part.strip()]
    )
    found = [read_option(part, options) for part in parts]
    if not found or None in found:
        whole = read_option(typed, options)
        return (whole,) if whole else ()
    return tuple(dict.fromkeys(one for one in found if one is not None))
