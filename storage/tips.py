"""Safety tips as they are told here: the shipped ones, and what an admin has made of them. Public, in clear.

Always replaced whole, like the directory, and each whole has an edition.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, select

from storage import marks
from storage.database import Unit
from storage.tables import tips

_p = bindparam
_PUT = tips.insert().values({column.name: _p(column.name) for column in tips.c})
_CLEAR = delete(tips)
_ALL = select(*tips.c).order_by(tips.c.rank, tips.c.id)
EDITION = marks.Edition("tips")


@dataclass(frozen=True, slots=True)
class Tip:
    """One tip."""

    id: str
    situations: tuple[str, ...]  # where it is told: "bus", "medical"…
    source: str
    reviewed_on: int | None  # the day somebody last looked whether it still holds, in days since 1970
    words: Mapping[str, str]  # by language, instead of the catalogue's; empty for a tip as it was shipped
    shown: bool = True


def replace(unit: Unit, every: Iterable[Tip]) -> None:
    """Put these tips, in this order, in the place of all that there were."""
    unit.main.run(_CLEAR)
    whole = hashlib.sha256()
    for rank, tip in enumerate(every):
        row = _row(tip, rank)
        whole.update(json.dumps(row, ensure_ascii=False, sort_keys=True).encode())
        unit.main.run(_PUT, **row)
    EDITION.note(unit, whole.hexdigest())


def everything(unit: Unit) -> list[Tip]:
    """Every tip in its order, also those that are not shown."""
    return [_tip(row) for row in unit.main.all(_ALL)]


def _row(tip: Tip, rank: int) -> dict[str, Any]:
    return {
        "id": tip.id,
        "rank": rank,
        "situations": json.dumps(list(tip.situations)),
        "words": json.dumps(dict(tip.words), ensure_ascii=False),
        "source": tip.source,
        "reviewed_on": tip.reviewed_on,
        "shown": int(tip.shown),
    }


def _tip(row: tuple[Any, ...]) -> Tip:
    values = dict(zip((column.name for column in tips.c), row, strict=True))
    return Tip(
        id=values["id"],
        situations=tuple(json.loads(values["situations"])),
        source=values["source"],
        reviewed_on=values["reviewed_on"],
        words=json.loads(values["words"]),
        shown=bool(values["shown"]),
    )
