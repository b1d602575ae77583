"""Walk-throughs: the conversations that prove an edition, kept with it. Names of steps and keys of phrases, no words."""

from __future__ import annotations

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage.database import Unit
from storage.tables import walkthroughs

_p = bindparam
_KEEP = (
    insert(walkthroughs)
    .values(edition=_p("edition"), body=_p("body"))
    .on_conflict_do_nothing(index_elements=["edition"])
)
_FETCH = select(walkthroughs.c.body).where(walkthroughs.c.edition == _p("of"))


def keep(unit: Unit, edition: str, body: str) -> None:
    """Keep the walk-through of an edition; one that is there already stays as it is."""
    unit.main.run(_KEEP, edition=edition, body=body)


def fetch(unit: Unit, edition: str) -> str | None:
    """The walk-through of an edition; None when none was kept with it."""
    row = unit.main.one(_FETCH, of=edition)
    return str(row[0]) if row is not None else None
