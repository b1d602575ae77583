"""How soon a person should look: RED, AMBER or GREEN.

It orders the queue and changes no answer to the reporter. When in doubt the graver
level wins: a counsellor can lower it in a second, nobody can give back the hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from casework import answers
from casework.taxonomy import AGAINST_THE_BODY, IMAGES, kind_of
from flows.desk import Slots

# Evidence and care have a window: 72 h for most, 120 h for emergency contraception.
MEDICAL_WINDOW = timedelta(hours=72)
LONG_MEDICAL_WINDOW = timedelta(hours=120)

RECENT = frozenset({"today", "yesterday"})
HOUSEHOLD = frozenset({"relative", "partner"})
AUTHORITY = frozenset({"teacher", "supervisor", "official", "staff"})
LASTING = frozenset({"FOLLOW", "RETALIATE", "TRADE", "THREAT", "HOME", "MARRY", "DENY", "TRAFFIC"})


class Level(StrEnum):
    """RED: under 15 minutes in staffed hours. AMBER: under 4 hours. GREEN: under 48 hours."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"


def level_of(slots: Slots, danger: str, now: datetime) -> Level:
    """Return how soon a person should look.

    danger  the highest level that danger words rang in this talk: "red", "amber" or ""
    now     UTC; decides whether an assault is inside the medical window
    """
    if danger == Level.RED or _is_red(slots, now):
        return Level.RED
    if danger == Level.AMBER or _is_amber(slots):
        return Level.AMBER
    return Level.GREEN


def _is_red(slots: Slots, now: datetime) -> bool:
    kind = kind_of(slots)
    if answers.chosen(slots, "danger") == "yes" or answers.chosen(slots, "injured") == "yes":
        return True
    if kind in AGAINST_THE_BODY and _is_inside_medical_window(slots, kind, now):
        return True
    if _is_child(slots) and _shares_a_house(slots):
        return True
    return kind in IMAGES and answers.chosen(slots, "deadline") == "yes"


def _is_amber(slots: Slots) -> bool:
    kind = kind_of(slots)
    relation = answers.chosen(slots, "relation")
    return (
        answers.chosen(slots, "when") == "ongoing"
        or answers.chosen(slots, "still") == "yes"
        or relation in AUTHORITY
        or relation in HOUSEHOLD
        or kind in LASTING
        or kind in IMAGES
        or kind in {"RAPE", "FORCE", "GROUP"}
        or _is_child(slots)
    )


def _is_inside_medical_window(slots: Slots, kind: str, now: datetime) -> bool:
    if answers.chosen(slots, "when") in RECENT | {"ongoing"}:
        return True
    window = LONG_MEDICAL_WINDOW if kind in {"RAPE", "GROUP", "FORCE"} else MEDICAL_WINDOW
    last = answers.latest(slots, "when")
    # A day is wide: count from its end, in the zone furthest behind UTC that we might serve.
    return last is not None and (now - window).date() <= last


def _is_child(slots: Slots) -> bool:
    return answers.chosen(slots, "under18") == "yes"


def _shares_a_house(slots: Slots) -> bool:
    at_home = "home" in (answers.chosen(slots, "where"), answers.chosen(slots, "place_type"))
    return answers.chosen(slots, "relation") in HOUSEHOLD or (at_home and kind_of(slots) in {"HOME", *AGAINST_THE_BODY})
