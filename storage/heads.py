"""Heads: what each report looked like when last seen sound, kept in the OTHER database.

A seal cannot show that an older row, sealed by ourselves, was put back, or that the last entries of a thread
were taken away. So once a day each report's version and a hash over all its rows go to the keys database, and
so does the last line of the house's log. What is older than its head was put back; what is not there at all was
taken away; found within a day, not refused at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from storage import audit
from storage import reports as report_rows
from storage.database import Unit
from storage.shredding import day_of
from storage.tables import entries, heads, report_media, reports
from storage.vault.chains import BEGINNING, link
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring

BATCH = 200  # reports looked at in one unit: some 10 ms, so that nobody waits long

_REPORT, _LOG = "report", "audit"
_p = bindparam
_COLUMNS = (
    reports.c.public_key,
    reports.c.find,
    reports.c.wrapped_private,
    reports.c.body,
    reports.c.meta,
    reports.c.refs,
)
_PAGE = (
    select(reports.c.id, reports.c.version, *_COLUMNS)
    .where(reports.c.id > _p("after"))
    .order_by(reports.c.id)
    .limit(_p("most"))
)
_ONE = select(reports.c.id).where(reports.c.id == _p("of"))
_ONE_HELD = _ONE.with_for_update()
_last = (
    select(entries.c.report_id, func.max(entries.c.seq).label("seq"))
    .where(entries.c.report_id > _p("after"), entries.c.report_id <= _p("upto"))
    .group_by(entries.c.report_id)
    .subquery()
)
_THREADS = select(entries.c.report_id, entries.c.seq, entries.c.hash).join(
    _last, (entries.c.report_id == _last.c.report_id) & (entries.c.seq == _last.c.seq)
)
_MEDIA = (
    select(report_media.c.report_id, func.count())
    .where(report_media.c.report_id > _p("after"), report_media.c.report_id <= _p("upto"))
    .group_by(report_media.c.report_id)
)
_KNOWN = select(heads.c.id, heads.c.seq, heads.c.hash).where(
    heads.c.kind == _REPORT, heads.c.id > _p("after"), heads.c.id <= _p("upto")
)
_HEAD = select(heads.c.seq, heads.c.hash).where(heads.c.kind == _p("kind"), heads.c.id == _p("of"))
_KEEP = insert(heads).values(kind=_p("kind"), id=_p("id"), seq=_p("seq"), hash=_p("hash"), day=_p("day"))
_KEEP = _KEEP.on_conflict_do_update(
    index_elements=["kind", "id"],
    set_={"seq": _KEEP.excluded.seq, "hash": _KEEP.excluded.hash, "day": _KEEP.excluded.day},
    where=heads.c.seq <= _KEEP.excluded.seq,
)
_FORGET = delete(heads).where(heads.c.kind == _REPORT, heads.c.id == _p("of"))
_FORGET_LOG = delete(heads).where(heads.c.kind == _LOG)
_FORGET_ALL = delete(heads)
_NO_KEY = "no key opens it"
_LAST_ID = b"\xff" * 16


@dataclass(frozen=True, slots=True)
class Head:
    """What is kept of one report, or of the log."""

    kind: str
    id: bytes
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Look:
    """What looking at one batch of reports, or at the log, brought to light."""

    faults: Sequence[str]  # each names a report by 8 digits of its id and says what is wrong
    sound: Sequence[Head]  # to be kept, in another unit of work
    unreadable: Sequence[bytes] = ()  # reports that no key opens
    after: bytes | None = None  # where the next batch begins; None when this was the last


@dataclass(frozen=True, slots=True)
class _Seen:
    """A report's rows as they lie there now."""

    head: Head
    entries: int
    media: int


# Looking and keeping are two units, and looking is a reading one: what is kept must be committed in MAIN before it,
# or a kill between the two commits would look like a row put back.


def look(unit: Unit, keyring: Keyring, after: bytes = b"", *, most: int = BATCH) -> Look:
    """Look at the next reports. For a unit that reads."""
    seen = _seen(unit, after, most)
    upto = seen[-1].head.id if len(seen) == most else _LAST_ID
    known = {head_id: (seq, digest) for head_id, seq, digest in unit.keys.all(_KNOWN, after=after, upto=upto)}
    faults, sound, unreadable = [], [], []
    for one in seen:
        fault = _fault(unit, keyring, one, known.pop(one.head.id, None))
        if fault:
            unreadable += [one.head.id] if fault == _NO_KEY else []
            faults.append(f"report {one.head.id.hex()[:8]}: {fault}")
        else:
            sound.append(one.head)
    faults += [f"report {gone.hex()[:8]}: its row is gone, and nobody erased it" for gone in known]
    return Look(faults, sound, unreadable, upto if len(seen) == most else None)


def look_at_log(unit: Unit, keyring: Keyring) -> Look:
    """Look at the house's log: is it changed, or shorter than it was? For a unit that reads."""
    try:
        lines = {line.seq: line.hash for line in audit.lines(unit, keyring)}
    except Tampered as fault:
        return Look([str(fault)], [])
    known = unit.keys.one(_HEAD, kind=_LOG, of=b"")
    if known is not None and lines.get(known[0]) != known[1]:
        return Look(["the log: lines that were there are missing, so MAIN was put back to an earlier day"], [])
    return Look([], [Head(_LOG, b"", max(lines), lines[max(lines)])] if lines else [])


def keep(unit: Unit, sound: Sequence[Head], now: datetime) -> None:
    """Keep the heads of what was sound. What is not keeps the head it had."""
    for head in sound:
        # Erased meanwhile: then nobody must miss it.
        if head.kind == _LOG or unit.main.one(_ONE_HELD, of=head.id) is not None:
            unit.keys.run(_KEEP, kind=head.kind, id=head.id, seq=head.seq, hash=head.hash, day=day_of(now))


def knows(unit: Unit, report_id: bytes) -> bool:
    """Whether a report was once seen, and not erased since."""
    return unit.keys.one(_HEAD, kind=_REPORT, of=report_id) is not None


def forget(unit: Unit, report_id: bytes) -> None:
    """An erased report is not missed."""
    unit.keys.run(_FORGET, of=report_id)


def forget_log(unit: Unit) -> None:
    """The log is about to be sealed anew."""
    unit.keys.run(_FORGET_LOG)


def forget_all(unit: Unit) -> None:
    """Begin anew: MAIN was restored on purpose."""
    unit.keys.run(_FORGET_ALL)


def _seen(unit: Unit, after: bytes, most: int) -> list[_Seen]:
    rows = unit.main.all(_PAGE, after=after, most=most)
    upto = rows[-1][0] if rows else after
    threads = {row[0]: row[1:] for row in unit.main.all(_THREADS, after=after, upto=upto)}
    media: dict[bytes, int] = dict(unit.main.all(_MEDIA, after=after, upto=upto))
    seen = []
    for report_id, version, *columns in rows:
        seq, digest = threads.get(report_id, (0, BEGINNING))
        row = b"".join(len(value or b"").to_bytes(8, "big") + (value or b"") for value in columns)
        head = Head(_REPORT, report_id, version, link(digest, version, row))
        seen.append(_Seen(head, seq, media.get(report_id, 0)))
    return seen


def _fault(unit: Unit, keyring: Keyring, one: _Seen, known: tuple[int, bytes] | None) -> str:
    if known is not None and known[0] > one.head.seq:
        return "put back to an earlier state"
    if known is not None and known[0] == one.head.seq:
        return "" if known[1] == one.head.hash else "changed by somebody else, or the end of its thread is missing"
    try:
        report = report_rows.fetch(unit, keyring, one.head.id, hold=False)
    except Tampered as fault:
        return str(fault)
    if report is None:
        return _NO_KEY
    if report.meta["entries"] != one.entries or report.meta["media"] != one.media:
        return "parts of it are missing"
    return ""
