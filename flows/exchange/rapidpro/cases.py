"""The tests of a router: what sort of question they make here, and whether one would fit a text.

As flows/routers/cases/tests.go of goflow says what each means. A pattern is never run: it is somebody else's program.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flows.exchange.rapidpro.shape import Case
from flows.reading.fold import digits, fold

WORDS = frozenset({
    "has_any_word", "has_all_words", "has_phrase", "has_only_phrase", "has_only_text", "has_beginning", "is_text_eq", "has_pattern",
})  # fmt: skip
LIMITS = frozenset({
    "has_number_between", "has_number_lt", "has_number_lte", "has_number_eq", "has_number_gte", "has_number_gt",
})  # fmt: skip
NUMBER = "has_number"
ANYTHING = frozenset({"has_text", "has_value"})
DATE = "has_date"
DATES = frozenset({DATE, "has_date_lt", "has_date_eq", "has_date_gt"})
PLACES = frozenset({"has_state", "has_district", "has_ward"})
UNCHECKED = frozenset({NUMBER, "has_phone", "has_email", "has_time"})
PATTERN = "has_pattern"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def fits(case: Case, text: str) -> bool:
    """Whether a test would take a text as its own."""
    asked = " ".join(case.arguments)
    typed, wanted = fold(text).split(), fold(asked).split()
    match case.type:
        case "has_any_word":
            return bool(set(typed) & set(wanted))
        case "has_all_words":
            return bool(wanted) and set(wanted) <= set(typed)
        case "has_phrase":
            return _within(wanted, typed)
        case "has_only_phrase":
            return bool(wanted) and typed == wanted
        case "has_only_text" | "is_text_eq":
            return text.strip() == asked.strip()
        case "has_beginning":
            return bool(wanted) and text.strip().lower().startswith(asked.strip().lower())
        case "has_text" | "has_value":
            return bool(text.strip())
        case "has_number":
            return bool(_numbers(text))
    return case.type in LIMITS and any(_holds(case, number) for number in _numbers(text))


def number_of(case: Case) -> float | None:
    """The one number that a test is about; None where it is about none, or several."""
    found = _numbers(" ".join(case.arguments))
    only = case.type == "has_number_eq" or (case.type in WORDS and case.type != PATTERN)
    return found[0] if only and len(found) == 1 else None


def words(case: Case) -> Sequence[str]:
    """What may be typed for it, each on its own."""
    asked = " ".join(case.arguments)
    if case.type == "has_any_word":
        return asked.split()
    return [asked] if case.type in WORDS and case.type != PATTERN and asked else []


def _within(wanted: list[str], typed: list[str]) -> bool:
    return bool(wanted) and any(typed[at : at + len(wanted)] == wanted for at in range(len(typed)))


def _numbers(text: str) -> list[float]:
    return [float(one) for one in _NUMBER.findall(digits(text)) if len(one) < 16]


def _holds(case: Case, number: float) -> bool:
    limits = _numbers(" ".join(case.arguments))
    if not limits:
        return False
    match case.type:
        case "has_number_between":
            return len(limits) > 1 and limits[0] <= number <= limits[1]
        case "has_number_lt":
            return number < limits[0]
        case "has_number_lte":
            return number <= limits[0]
        case "has_number_eq":
            return number == limits[0]
        case "has_number_gte":
            return number >= limits[0]
    return number > limits[0]
