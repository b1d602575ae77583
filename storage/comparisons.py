"""Comparisons that are over: for which publication of a flow, how it ended, and what was seen. Append-only and sealed.

The plain row of a flow's current edition counts them, by which every process sees within a message that one is over. It decides
nothing: whether it is over is what the sealed line says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select, update

from storage import changes
from storage.database import Unit
from storage.tables import current_editions
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring

OTHER, FIRST, SAME, CHANGED, ENDED = "other", "first", "same", "changed", "ended"  # how one ends
_THING = "comparison "
_COUNTED = select(current_editions.c.compared).where(current_editions.c.name == bindparam("of"))
_SET = (
    update(current_editions)
    .where(current_editions.c.name == bindparam("of"))
    .values(compared=bindparam("compared_so_often"))
)


@dataclass(frozen=True, slots=True)
class Over:
    """One line."""

    run: int  # the number of the publication that it was of
    how: str  # which wording is understood better, or why it ended without
    asked: tuple[int, int]  # with the first wording and with the other; rounded, and (0, 0) where they were few
    understood: tuple[int, int]  # in per cent of those, rounded
    by: bytes = field(repr=False)  # of staff, who ended it; empty where it ended by itself
    at: int = 0  # seconds since 1970


def of(unit: Unit, keyring: Keyring, name: str) -> dict[int, Over]:
    """Every one of a flow that is over, by the number of its publication. Raises Tampered, also when the end was cut off."""
    found = [_opened(change) for change in changes.of(unit, keyring, _THING + name)]
    row = unit.main.one(_COUNTED, of=name)
    if row is not None and row[0] != len(found):
        raise Tampered("current_editions.compared")
    return {one.run: one for one in found}


def add(unit: Unit, keyring: Keyring, name: str, one: Over, now: datetime) -> None:
    """It is over. Two at once on PostgreSQL: the later one is a Duplicate, to be tried again."""
    content = {
        "run": one.run,
        "how": one.how,
        "asked": list(one.asked),
        "understood": list(one.understood),
        "by": one.by.hex(),
    }
    number = changes.add(unit, keyring, _THING + name, content, now)
    unit.main.run(_SET, of=name, compared_so_often=number)


def _opened(change: changes.Change) -> Over:
    content = change.content
    return Over(
        content["run"],
        content["how"],
        tuple(content["asked"]),
        tuple(content["understood"]),
        bytes.fromhex(content["by"]),
        change.at,
    )
