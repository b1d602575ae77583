"""What /metrics looks up when it is asked: how long cases, messages and duties wait."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from casework.cases.room import CaseRoom
from casework.pulse import take_pulse
from operating.clock import now
from storage.errors import StorageError


def look(room: CaseRoom, channels: Iterable[str]) -> Mapping[str, Mapping[str, float]]:
    """By name of the metric and its label, in seconds or as a count; names: `handlers.counters.LOOKED_UP`."""
    moment = now()
    try:
        pulse = room.read(lambda unit: take_pulse(unit, room, channels, moment))
    except StorageError:
        return {"hamraz_storage_away": {"": 1}}
    done = {"hamraz_worker_seen_seconds": pulse.worker, "hamraz_backup_seconds": pulse.backup}
    found: dict[str, Mapping[str, float]] = {
        "hamraz_storage_away": {"": 0},
        "hamraz_oldest_case_seconds": {
            level.value: (moment - since).total_seconds() for level, since in pulse.cases.items()
        },
        "hamraz_waiting_cases": {"": pulse.waiting},
        "hamraz_oldest_outgoing_seconds": {
            channel: (moment - since).total_seconds() for channel, (since, _) in pulse.outgoing.items()
        },
        "hamraz_outgoing": {channel: many for channel, (_, many) in pulse.outgoing.items()},
    }
    return found | {name: {"": (moment - at).total_seconds()} for name, at in done.items() if at is not None}
