"""Wordings: an organisation's own words for a phrase, one row a phrase and language, each one seal under the keyring.

What is said is public, but whoever writes into the tables must not choose what reporters are told, so it is sealed too.
The whole has an edition that changes with whatever is said, and with nothing else.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from storage import marks
from storage.database import StorageError, Unit
from storage.tables import wordings
from storage.vault.errors import Tampered, UnknownKey
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal

_p = bindparam
_COLUMNS = (
    wordings.c.id, wordings.c.language, wordings.c.phrase, wordings.c.sealed, wordings.c.key_id, wordings.c.version,
)  # fmt: skip
_ALL = select(*_COLUMNS).order_by(wordings.c.language, wordings.c.phrase)
_IN = select(*_COLUMNS).where(wordings.c.language == _p("of_language")).order_by(wordings.c.phrase)
_ONE = select(*_COLUMNS).where(wordings.c.language == _p("of_language"), wordings.c.phrase == _p("of_phrase"))
_HELD = select(*_COLUMNS).where(wordings.c.id == _p("of")).with_for_update()
_ADD = wordings.insert().values(
    id=_p("id"), language=_p("language"), phrase=_p("phrase"), sealed=_p("sealed"), key_id=_p("key_id"), version=1
)
_SAVE = (
    update(wordings)
    .where(wordings.c.id == _p("of"), wordings.c.version == _p("before"))
    .values(sealed=_p("sealed"), key_id=_p("key_id"), version=_p("version"))
)
_FORGET = delete(wordings).where(wordings.c.language == _p("of_language"), wordings.c.phrase == _p("of_phrase"))
_FORGET_IN = delete(wordings).where(wordings.c.language == _p("of_language"))
_EDITION = marks.Edition("wordings")


@dataclass(frozen=True, slots=True)
class Remark:
    """What colleagues tell each other about a phrase."""

    text: str = field(repr=False)
    by: str = ""  # hex of an id
    at: int = 0


@dataclass(slots=True)
class Wording:
    """One phrase in one language."""

    language: str
    phrase: str
    said: tuple[str, ...] = field(default=(), repr=False)  # a form for each plural; nothing: the shipped words
    draft: tuple[str, ...] = field(default=(), repr=False)  # what is still being written; nobody gets it
    made_from: str = field(default="", repr=False)  # on one line, the English beside which it was last written or read
    reviewed: bool = False  # somebody else has looked over what is said
    native: bool = False  # somebody asks for a native speaker
    by: str = ""  # who wrote what is said or drafted last: hex of an id
    at: int = 0  # when, in seconds since 1970
    remarks: tuple[Remark, ...] = ()
    id: bytes = b""  # empty: not kept yet
    version: int = 0


def edition(unit: Unit) -> str:
    """What tells whether something else is said than before; "" while nothing ever was."""
    return _EDITION.now(unit)


def hold(unit: Unit) -> None:
    """Nobody else writes wordings until this unit ends."""
    marks.hold(unit, "wordings")


def every(unit: Unit, keyring: Keyring, language: str = "") -> tuple[list[Wording], list[str]]:
    """Every wording, or those of one language, and the phrases ("ur report.when.ask") whose seal does not open."""
    rows = unit.main.all(_IN, of_language=language) if language else unit.main.all(_ALL)
    found: list[Wording] = []
    broken: list[str] = []
    for row in rows:
        try:
            found.append(_opened(keyring, row))
        except Tampered:
            broken.append(f"{row[1]} {row[2]}")
    return found, broken


def fetch(unit: Unit, keyring: Keyring, language: str, phrase: str) -> Wording:
    """One of them; an empty one where there is none yet. Raises Tampered."""
    row = unit.main.one(_ONE, of_language=language, of_phrase=phrase)
    return Wording(language, phrase) if row is None else _opened(keyring, row)


def save(unit: Unit, keyring: Keyring, wording: Wording) -> None:
    """Keep it. Hold them first."""
    before, wording.version = wording.version, wording.version + 1
    if not wording.id:
        wording.id = new_id()
        unit.main.run(
            _ADD,
            id=wording.id,
            language=wording.language,
            phrase=wording.phrase,
            sealed=_sealed(keyring, wording),
            key_id=keyring.current,
        )
        return
    kept = unit.main.run(
        _SAVE,
        of=wording.id,
        before=before,
        sealed=_sealed(keyring, wording),
        key_id=keyring.current,
        version=wording.version,
    )
    if kept != 1:
        raise StorageError("wordings: somebody else saved it meanwhile; hold them first")


def forget(unit: Unit, language: str, phrase: str) -> None:
    """Take one away."""
    unit.main.run(_FORGET, of_language=language, of_phrase=phrase)


def forget_language(unit: Unit, language: str) -> None:
    """Take all of one language away. Hold them first."""
    unit.main.run(_FORGET_IN, of_language=language)


def note_said(unit: Unit) -> None:
    """Something else is said from now on: every process will see it."""
    _EDITION.note(unit, new_id().hex())


def reseal(unit: Unit, keyring: Keyring, wording_id: bytes) -> None:
    """Bring one under the current key."""
    row = unit.main.one(_HELD, of=wording_id)
    if row is not None:
        save(unit, keyring, _opened(keyring, row))


def _opened(keyring: Keyring, row: tuple[Any, ...]) -> Wording:
    row_id, language, phrase, sealed, key_id, version = row
    try:
        key = keyring.key(Purpose.STAFF, key_id)
    except UnknownKey:  # every message of everybody passes here: one row that names no key of ours stops none
        raise Tampered("wordings.sealed") from None
    body = json.loads(open_sealed(key, sealed, _context(row_id, language, phrase, version, key_id)))
    remarks = tuple(Remark(**one) for one in body.pop("remarks"))
    body |= {name: tuple(body[name]) for name in ("said", "draft")}
    return Wording(language, phrase, **body, remarks=remarks, id=row_id, version=version)


def _sealed(keyring: Keyring, wording: Wording) -> bytes:
    body = asdict(wording)
    for beside in ("id", "version", "language", "phrase"):
        del body[beside]
    context = _context(wording.id, wording.language, wording.phrase, wording.version, keyring.current)
    return seal(keyring.key(Purpose.STAFF), json.dumps(body, ensure_ascii=False).encode(), context)


def _context(row_id: bytes, language: str, phrase: str, version: int, key_id: str) -> Context:
    beside = b"\0".join((language.encode(), phrase.encode()))
    return Context("wordings", "sealed", row_id, report=beside, seq=version, key_id=key_id)
