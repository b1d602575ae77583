"""The number of an institution: what stands on its posters after a greeting ("HI 417"), and tells nobody anything.

It is given once and for good: a poster hangs for years, so no number is ever another institution's.
"""

from __future__ import annotations

from collections.abc import Collection

FIRST, LAST = 201, 99_999
# What people would read into it: sections of the Pakistan Penal Code on fraud, killing, threats, honour, rape and
# harassment; and 786, which stands for the name of God.
TELLING = frozenset(
    {302, 307, 337, 354, 363, 365, 366, 371, 375, 376, 377, 420, 489, 493, 496, 497, 498, 506, 509, 786}
)


def may_be(number: int) -> bool:
    """Whether an institution may have this number: none that is dialled for help, and none that tells something."""
    return FIRST <= number <= LAST and number not in TELLING and not _is_dialled(number)


def free(taken: Collection[int]) -> int:
    """The next number that nobody has or had."""
    return next(number for number in range(FIRST, LAST + 1) if number not in taken and may_be(number))


def _is_dialled(number: int) -> bool:
    """Helplines have four digits that begin with 1 (1094, 1122); three that do are below FIRST (115)."""
    return 1_000 <= number <= 1_999
