"""Each setting: what it may be, and what holds while nobody has decided.

A setting is a value that JSON can hold. What is kept elsewhere and only shown among settings (the menu is a flow, the
panic word is words, hours are hours) is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from casework.deployment.refusals import SettingName, SettingUnfit, SettingUnknown

KIND = "setting"  # of paper; what it is about is the setting's name
RETENTION, FACE, SWITCHES, FIRST = "retention", "face", "switches", "first"
# Whoever wants to be written to is promised 90 days, and a number that stopped us is known as long: a report outlives both,
# twice. Beyond five years nobody could say any more why it is kept.
SHORTEST, LONGEST = 180, 1_826  # days
TWO_YEARS = 730
# What may be off. Each is an offer, so that nobody is in the middle of it: who took it up before gets what she was promised.
TEXTS, TOMORROW, LINE = "texts", "tomorrow", "line"
PARTS = (TEXTS, TOMORROW, LINE)
ACCENTS = ("teal", "blue", "plum", "rust", "green", "slate")  # console.css has each, light and dark
LONGEST_NAME = 60
STEPS = ("organisation", "languages", "directory", "counsellors", "channels", "trial")
CLOSED = "closed"  # the first steps are not shown any more


@dataclass(frozen=True, slots=True)
class Setting:
    """One of them."""

    name: str
    default: Any
    fits: Callable[[Any], Any]  # the value as it is kept. Raises SettingUnfit


def _retention(value: Any) -> dict[str, int]:
    days = int(value["days"])
    if not SHORTEST <= days <= LONGEST:
        raise SettingUnfit(least=SHORTEST, most=LONGEST)
    return {"days": days, "before": int(value["before"]), "since": int(value["since"])}


def _face(value: Any) -> dict[str, str]:
    name = " ".join(str(value["name"]).split())
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise SettingName(most=LONGEST_NAME)
    if value["accent"] not in ACCENTS:
        raise SettingUnknown
    return {"name": name, "accent": value["accent"]}


def _among(all_: Sequence[str]) -> Callable[[Any], list[str]]:
    def fits(value: Any) -> list[str]:
        if not set(value) <= set(all_):
            raise SettingUnknown
        return [one for one in all_ if one in value]

    return fits


_ALL = (
    # days: how long; until `since`, in seconds since 1970, it is `before`, where that is longer
    Setting(RETENTION, {"days": TWO_YEARS, "before": TWO_YEARS, "since": 0}, _retention),
    Setting(FACE, {"name": "", "accent": ACCENTS[0]}, _face),
    Setting(SWITCHES, [], _among(PARTS)),  # those that are off
    Setting(FIRST, [], _among((*STEPS, CLOSED))),  # of the first steps, those that were left out
)
SETTINGS: Mapping[str, Setting] = MappingProxyType({one.name: one for one in _ALL})
