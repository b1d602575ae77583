"""Editions: every published flow, for ever as it was, so that a session can finish the one it began."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert

from storage.database import Unit
from storage.shredding import day_of
from storage.tables import editions

_p = bindparam
_PUBLISH = (
    insert(editions)
    .values(hash=_p("hash"), name=_p("name"), body=_p("body"), published_day=_p("published_day"))
    .on_conflict_do_nothing(index_elements=["hash"])
)
_FETCH = select(editions.c.body).where(editions.c.hash == _p("of"))
_NAMED = select(editions.c.hash).where(editions.c.name == _p("of")).order_by(editions.c.hash)


def publish(unit: Unit, name: str, edition: str, body: str, now: datetime) -> None:
    """Keep an edition; one that is there already stays as it is."""
    unit.main.run(_PUBLISH, hash=edition, name=name, body=body, published_day=day_of(now))


def named(unit: Unit, name: str) -> list[str]:
    """Every edition there was of a flow, by hash."""
    return [row[0] for row in unit.main.all(_NAMED, of=name)]


def fetch(unit: Unit, edition: str) -> str | None:
    """The body of an edition; None when it is not there or is no longer what was published."""
    row = unit.main.one(_FETCH, of=edition)
    return row[0] if row is not None and sha256(row[0].encode()).hexdigest() == edition else None
