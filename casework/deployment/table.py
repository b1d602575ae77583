"""Each setting: what it may be, and what holds while nobody has decided.

A setting is a value that JSON can hold. What is kept elsewhere and only shown among settings (the menu is a flow, the
panic word is words, hours are hours) is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from casework.deployment.refusals import SettingUnfit

RETENTION = "retention"
# Whoever wants to be written to is promised 90 days, and a number that stopped us is known as long: a report outlives both,
# twice. Beyond five years nobody could say any more why it is kept.
SHORTEST, LONGEST = 180, 1_826  # days
TWO_YEARS = 730


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


# days: how long; until `since`, in seconds since 1970, it is `before`, where that is longer
_ALL = (Setting(RETENTION, {"days": TWO_YEARS, "before": TWO_YEARS, "since": 0}, _retention),)
SETTINGS: Mapping[str, Setting] = MappingProxyType({one.name: one for one in _ALL})
