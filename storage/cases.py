"""Cases as a desk lists them: many reports at once, opened as far as the service itself may.

Whose case it is stands in clear (which counsellor holds which case is no secret from a thief); that it is one at all, how it
stands and how grave it is does not, so a list opens each. 10,000 take some 0.3 s: who looks often keeps what it opened, by the
version of the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select

from storage import audit, marks, shredding
from storage.database import Unit
from storage.reports import Report, opened_meta
from storage.spoken import is_spoken, spoken
from storage.tables import erased_cases, reports, shred_keys
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, mac, open_sealed, seal

BATCH = 500
TOLD_FOR = 30  # days that staff see that a case was erased
_CODE = 5

_p = bindparam
_row = select(
    reports.c.id,
    reports.c.public_key,
    reports.c.find,
    reports.c.pepper_id,
    reports.c.meta,
    reports.c.day,
    reports.c.key_id,
    reports.c.version,
    reports.c.holder_id,
)
_page = _row.where(reports.c.id > _p("after")).order_by(reports.c.id).limit(BATCH)
_ALL = _page
_FREE = _page.where(reports.c.holder_id.is_(None))
_HERS = _page.where(reports.c.holder_id == _p("holder"))
_SOME = _row.where(reports.c.id.in_(_p("ids", expanding=True)))
_rows = select(reports.c.id, reports.c.version, reports.c.holder_id)
_ALL_ROWS = _rows
_HER_ROWS = _rows.where(reports.c.holder_id == _p("holder"))
_HOLDERS = select(reports.c.holder_id).where(reports.c.holder_id.is_not(None)).distinct()
_KEYS = select(shred_keys.c.id, shred_keys.c.wrapped, shred_keys.c.key_id).where(
    shred_keys.c.id.in_(_p("ids", expanding=True))
)
_TELL = erased_cases.insert().values(
    id=_p("id"), holder_id=_p("holder_id"), sealed=_p("sealed"), key_id=_p("key_id"), day=_p("day")
)
_TOLD = select(erased_cases.c.id, erased_cases.c.sealed, erased_cases.c.key_id, erased_cases.c.day).where(
    erased_cases.c.holder_id == _p("holder")
)
_EXPIRE = delete(erased_cases).where(erased_cases.c.day < _p("day"))


class Row(NamedTuple):
    """What stands in clear of a report."""

    id: bytes
    version: int  # another with each change
    holder: bytes | None


def code_of(report: Report) -> str:
    """What staff call a case: five letters and digits, its own as long as it lives. Kept nowhere: from its shred key."""
    return spoken(int.from_bytes(mac(report.shred_key, b"case code")[:8], "big"), _CODE)


def is_code(text: str) -> bool:
    """Whether this may be a case's code, in capital letters."""
    return is_spoken(text, _CODE)


def everyones(unit: Unit, keyring: Keyring) -> Iterator[Report]:
    """All reports. What does not open is left out: looking at heads brings it to light."""
    return _listed(unit, keyring, _ALL, {})


def nobodys(unit: Unit, keyring: Keyring) -> Iterator[Report]:
    """Reports that nobody holds."""
    return _listed(unit, keyring, _FREE, {})


def held_by(unit: Unit, keyring: Keyring, holder: bytes) -> Iterator[Report]:
    """One counsellor's, closed ones too."""
    return _listed(unit, keyring, _HERS, {"holder": holder})


def all_rows(unit: Unit) -> list[Row]:
    """The rows of all reports, unopened."""
    return list(map(Row._make, unit.main.all(_ALL_ROWS)))


def free_rows(unit: Unit) -> list[Row]:
    """The rows of reports that nobody holds."""
    # Looking through all is the faster way: by the index each row would have to be looked up, its body with it.
    return [row for row in all_rows(unit) if row.holder is None]


def rows_of(unit: Unit, holder: bytes) -> list[Row]:
    """The rows of one counsellor's."""
    return list(map(Row._make, unit.main.all(_HER_ROWS, holder=holder)))


def opened(unit: Unit, keyring: Keyring, ids: Sequence[bytes]) -> Iterator[Report]:
    """Some reports. What is gone or does not open is left out."""
    for at in range(0, len(ids), BATCH):
        yield from _opened(unit, keyring, unit.main.all(_SOME, ids=ids[at : at + BATCH]))


def holders(unit: Unit) -> Sequence[bytes]:
    """Whoever holds a case."""
    return [row[0] for row in unit.main.all(_HOLDERS)]


def log(unit: Unit, keyring: Keyring, what: str, detail: str, now: datetime) -> None:
    """Put on record what was done with a case. Waits for its turn, so that two at once are no Duplicate.

    Call it last in a unit: whoever waits here holds what she held before.
    """
    marks.hold(unit, "log of cases")
    audit.append(unit, keyring, what, now, detail)


def note_erased(unit: Unit, keyring: Keyring, holder: bytes, code: str, now: datetime) -> None:
    """Let the holder of an erased case see that it was, and no more."""
    row_id, day = new_id(), shredding.day_of(now)
    sealed = seal(keyring.key(Purpose.METADATA), code.encode(), _erased_context(row_id, holder, keyring.current, day))
    unit.main.run(_TELL, id=row_id, holder_id=holder, sealed=sealed, key_id=keyring.current, day=day)


def erased(unit: Unit, keyring: Keyring, holder: bytes) -> list[str]:
    """Codes of her cases that were erased within 30 days. Raises Tampered."""
    return [
        open_sealed(
            keyring.key(Purpose.METADATA, key_id), sealed, _erased_context(row_id, holder, key_id, day)
        ).decode()
        for row_id, sealed, key_id, day in unit.main.all(_TOLD, holder=holder)
    ]


def expire(unit: Unit, now: datetime) -> None:
    """Forget what was erased long ago."""
    unit.main.run(_EXPIRE, day=shredding.day_of(now) - TOLD_FOR)


def _listed(unit: Unit, keyring: Keyring, page: Any, given: dict[str, Any]) -> Iterator[Report]:
    after = b""
    while rows := unit.main.all(page, after=after, **given):
        yield from _opened(unit, keyring, rows)
        if len(rows) < BATCH:
            return
        after = rows[-1][0]


def _opened(unit: Unit, keyring: Keyring, rows: Sequence[tuple[Any, ...]]) -> Iterator[Report]:
    keys = {row[0]: row[1:] for row in unit.keys.all(_KEYS, ids=[row[0] for row in rows])} if rows else {}
    for report_id, public, find, pepper_id, meta, day, key_id, version, holder in rows:
        wrapped = keys.get(report_id)
        if wrapped is None:  # shredded
            continue
        try:
            shred_key = shredding.unwrapped(keyring, report_id, *wrapped)
            report = Report(
                report_id, shred_key, public, find, pepper_id, b"", b"", {}, {}, day, key_id, version, holder
            )
            report.meta = opened_meta(keyring, report, meta)
        except Tampered:
            continue
        yield report


def _erased_context(row_id: bytes, holder: bytes, key_id: str, day: int) -> Context:
    return Context("erased_cases", "sealed", row_id, report=holder, seq=day, key_id=key_id)
