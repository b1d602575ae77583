"""Papers: what the team writes for itself, each one seal under the keyring. There are few, so each kind is read whole."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from storage import marks
from storage.database import StorageError, Unit
from storage.shredding import day_of
from storage.tables import papers
from storage.vault.errors import Tampered, UnknownKey
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal

_p = bindparam
_COLUMNS = (
    papers.c.id, papers.c.kind, papers.c.about, papers.c.sealed, papers.c.key_id, papers.c.version, papers.c.day,
)  # fmt: skip
_ALL = select(*_COLUMNS)
_OF_KIND = _ALL.where(papers.c.kind == _p("of_kind"), papers.c.about == _p("of_about")).order_by(papers.c.id)
_EDITION = select(func.substr(papers.c.sealed, 1, 12)).where(papers.c.kind == _p("of_kind")).order_by(papers.c.id)
_HELD = _ALL.where(papers.c.id == _p("of")).with_for_update()
_ADD = papers.insert().values(
    id=_p("id"), kind=_p("kind"), about=_p("about"), sealed=_p("sealed"), key_id=_p("key_id"), version=1, day=_p("day")
)
_SAVE = (
    update(papers)
    .where(papers.c.id == _p("of"), papers.c.version == _p("before"))
    .values(sealed=_p("sealed"), key_id=_p("key_id"), version=_p("version"))
)
_REMOVE = delete(papers).where(papers.c.id == _p("of"))
_FORGET = delete(papers).where(papers.c.kind == _p("of_kind"), papers.c.about == _p("of_about"))


@dataclass(slots=True)
class Paper:
    """One of them."""

    id: bytes
    kind: str
    about: bytes
    body: dict[str, Any] = field(repr=False)
    version: int = 1
    day: int = 0


def hold(unit: Unit, kind: str) -> None:
    """Nobody else writes papers of this kind until this unit ends."""
    marks.hold(unit, f"papers {kind}")


def every(unit: Unit, keyring: Keyring, kind: str, about: bytes = b"") -> list[Paper]:
    """Every paper of a kind. Raises Tampered."""
    return [_opened(keyring, row) for row in unit.main.all(_OF_KIND, of_kind=kind, of_about=about)]


def sound(unit: Unit, keyring: Keyring, kind: str) -> tuple[list[Paper], int]:
    """Every paper of a kind whose seal opens, and how many do not: for what must keep nobody from talking."""
    found: list[Paper] = []
    rows = unit.main.all(_OF_KIND, of_kind=kind, of_about=b"")
    for row in rows:
        try:
            found.append(_opened(keyring, row))
        except (Tampered, UnknownKey):
            continue
    return found, len(rows) - len(found)


def edition(unit: Unit, kind: str) -> tuple[bytes, ...]:
    """What tells whether anything of a kind has changed: each seal begins with a nonce of its own."""
    return tuple(row[0] for row in unit.main.all(_EDITION, of_kind=kind))


def add(unit: Unit, keyring: Keyring, kind: str, body: dict[str, Any], now: datetime, *, about: bytes = b"") -> Paper:
    """Keep a new one."""
    paper = Paper(new_id(), kind, about, body, day=day_of(now))
    unit.main.run(
        _ADD,
        id=paper.id,
        kind=kind,
        about=about,
        sealed=_sealed(keyring, paper),
        key_id=keyring.current,
        day=paper.day,
    )
    return paper


def save(unit: Unit, keyring: Keyring, paper: Paper) -> None:
    """Keep what changed. Hold its kind first."""
    before, paper.version = paper.version, paper.version + 1
    kept = unit.main.run(
        _SAVE,
        of=paper.id,
        before=before,
        sealed=_sealed(keyring, paper),
        key_id=keyring.current,
        version=paper.version,
    )
    if kept != 1:
        raise StorageError("papers: somebody else saved it meanwhile; hold its kind first")


def remove(unit: Unit, paper_id: bytes) -> None:
    """Take one away."""
    unit.main.run(_REMOVE, of=paper_id)


def forget(unit: Unit, kind: str, about: bytes) -> None:
    """Take away all of a kind about something, also what does not open. Hold the kind first."""
    unit.main.run(_FORGET, of_kind=kind, of_about=about)


def reseal(unit: Unit, keyring: Keyring, paper_id: bytes) -> None:
    """Bring one under the current key."""
    row = unit.main.one(_HELD, of=paper_id)
    if row is not None:
        save(unit, keyring, _opened(keyring, row))


def _opened(keyring: Keyring, row: tuple[Any, ...]) -> Paper:
    paper_id, kind, about, sealed, key_id, version, day = row
    context = _context(paper_id, kind, about, version, day, key_id)
    body = json.loads(open_sealed(keyring.key(Purpose.STAFF, key_id), sealed, context))
    return Paper(paper_id, kind, about, body, version, day)


def _sealed(keyring: Keyring, paper: Paper) -> bytes:
    context = _context(paper.id, paper.kind, paper.about, paper.version, paper.day, keyring.current)
    return seal(keyring.key(Purpose.STAFF), json.dumps(paper.body, ensure_ascii=False).encode(), context)


def _context(paper_id: bytes, kind: str, about: bytes, version: int, day: int, key_id: str) -> Context:
    beside = b"\0".join((kind.encode(), about.hex().encode(), str(day).encode()))
    return Context("papers", "sealed", paper_id, report=beside, seq=version, key_id=key_id)
