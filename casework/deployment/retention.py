"""How long a report stays after anything last happened to it, and what a shorter time would take away.

A longer time holds at once. A shorter one lets nothing go for a week, so that taking it back really takes it back; whoever
decides it has said yes to how many reports it lets go, as counted at that moment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from casework.deployment import keeping
from casework.deployment.refusals import TakesReports
from casework.deployment.room import SettingsRoom
from casework.deployment.table import RETENTION
from storage import reports
from storage.database import Unit
from storage.shredding import day_of

GRACE = timedelta(days=7)
Kept = dict[str, int]


def days_now(value: Kept, now: datetime) -> int:
    """How many days hold at a moment."""
    return max(value["days"], value["before"]) if now.timestamp() < value["since"] else value["days"]


def decide(room: SettingsRoom, by: bytes, days: int, version: int, seen: int, now: datetime) -> bool:
    """Let reports stay so long; whether anything differed.

    seen  how many reports it takes away, as she was shown
    Raises TakesReports, SettingUnfit, SettingMeanwhile, NotHersToSet.
    """

    def wanted(unit: Unit, present: Kept) -> Kept:
        return present if days == present["days"] else _from(unit, days, present, seen, now)

    return keeping.decide(room, by, RETENTION, wanted, version, now)


def undo(room: SettingsRoom, by: bytes, version: int, seen: int, now: datetime) -> None:
    """Take the last decision back. Where that is shorter, it waits its week and takes a yes, too.

    Raises TakesReports, NothingToTakeBack, SettingMeanwhile, NotHersToSet.
    """

    def fitted(unit: Unit, before: Kept, present: Kept) -> Kept:
        return _from(unit, before["days"], present, seen, now)

    keeping.undo(room, by, RETENTION, version, now, fitted)


def _from(unit: Unit, days: int, present: Kept, seen: int, now: datetime) -> Kept:
    holds = days_now(present, now)
    if days >= holds:
        return {"days": days, "before": holds, "since": 0}
    goes, held = reports.count_idle(unit, day_of(now + GRACE) - days)
    if goes > seen:
        raise TakesReports(goes, held)
    return {"days": days, "before": holds, "since": int((now + GRACE).timestamp())}
