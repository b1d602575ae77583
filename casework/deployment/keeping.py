"""Deciding a setting, and taking that back. Each is one unit of work, on record, and kept for ever with what was before.

A form carries the version that it was filled in over: of two who decide at once the later is told, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.deployment import shelf
from casework.deployment.refusals import NothingToTakeBack, SettingMeanwhile
from casework.deployment.room import SettingsRoom
from casework.deployment.shelf import Standing
from casework.deployment.table import KIND, SETTINGS
from casework.staff.office import short
from storage import audit, changes, papers
from storage.changes import Change
from storage.database import Unit
from storage.vault.errors import Tampered

SET, UNDONE = "set", "undone"


@dataclass(frozen=True, slots=True)
class Earlier:
    """One decision."""

    what: str  # "set" or "undone"
    by: bytes
    at: int  # seconds since 1970
    before: Any = field(repr=False)
    after: Any = field(repr=False)


def look(room: SettingsRoom, name: str) -> tuple[Standing, list[Earlier]]:
    """What holds, and every decision there was, the latest first; none where their chain is broken."""

    def read(unit: Unit) -> tuple[Standing, list[Earlier]]:
        try:
            found = shelf.past(unit, room.keyring, name)
        except Tampered:
            found = []
        return shelf.standing(unit, room.keyring, name), [_earlier(one) for one in reversed(found)]

    return room.read(read)


def decide(
    room: SettingsRoom, by: bytes, name: str, wanted: Callable[[Unit, Any], Any], version: int | None, now: datetime
) -> bool:
    """Let something else hold from now on; whether anything differed.

    wanted   the value to be, from the one that is
    version  that she saw; None where it does not matter what else was decided
    Raises SettingUnfit, SettingMeanwhile, NotHersToSet, and what `wanted` raises.
    """

    def work(unit: Unit) -> bool:
        present = shelf.standing(unit, room.keyring, name)
        value = SETTINGS[name].fits(wanted(unit, present.value))
        if present.sound and value == present.value:
            return False  # the second of two clicks, or what a colleague decided just now
        if version is not None and present.version != version:
            raise SettingMeanwhile
        _keep(unit, room, name, present, value, SET, by, now)
        return True

    return room.work(by, work)


def before(unit: Unit, was: Any, present: Any) -> Any:
    """What was before, as it was."""
    return was


def undo(
    room: SettingsRoom,
    by: bytes,
    name: str,
    version: int,
    now: datetime,
    fitted: Callable[[Unit, Any, Any], Any] = before,
) -> None:
    """Take the last decision back; taken back twice, it holds again.

    fitted  the value to be, from the one that was before and the one that is
    Raises NothingToTakeBack, SettingMeanwhile, NotHersToSet, and what `fitted` raises.
    """

    def work(unit: Unit) -> None:
        present = shelf.standing(unit, room.keyring, name)
        if present.version != version:
            raise SettingMeanwhile
        if present.last is None:
            raise NothingToTakeBack
        value = SETTINGS[name].fits(fitted(unit, present.last.content["before"], present.value))
        _keep(unit, room, name, present, value, UNDONE, by, now)

    room.work(by, work)


def _keep(
    unit: Unit, room: SettingsRoom, name: str, present: Standing, value: Any, what: str, by: bytes, now: datetime
) -> None:
    if present.paper is None:
        if not present.sound:  # written anew over what is not as we left it
            audit.note_fault(unit, room.keyring, f"setting {name}", now)
        papers.forget(unit, KIND, name.encode())
        papers.add(unit, room.keyring, KIND, {"value": value}, now, about=name.encode())
    else:
        present.paper.body = {"value": value}
        papers.save(unit, room.keyring, present.paper)
    content = {"what": what, "by": by.hex(), "before": present.value, "after": value}
    changes.add(unit, room.keyring, shelf.thing(name), content, now)
    audit.append(unit, room.keyring, f"setting {what}", now, f"{name} by {short(by)}")


def _earlier(one: Change) -> Earlier:
    content = one.content
    return Earlier(content["what"], bytes.fromhex(content["by"]), one.at, content["before"], content["after"])
