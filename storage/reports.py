"""Reports as they lie in the tables: every row sealed, every seal bound to its place.

Body and media: AES-GCM(shred key, HPKE(report's public half, …)): only a grant or the receipt reads them,
and deleting one key ends them all. What the service itself must know (status, priority, what hangs on the
report) lies under the metadata key and the shred key together, and that seal holds the row's open columns too:
another public half, number or day put beside it does not open.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage import shredding, teams
from storage.database import StorageError, Unit
from storage.tables import grants, report_media, reports
from storage.vault.errors import Tampered
from storage.vault.grants import KeyPair, accept, grant, unwrap_for_receipt, wrap_for_receipt
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.receipts import ReceiptKeys
from storage.vault.sealing import Context, open_from, open_sealed, seal, seal_to, subkey

_p = bindparam
_COLUMNS = (
    reports.c.public_key,
    reports.c.find,
    reports.c.pepper_id,
    reports.c.wrapped_private,
    reports.c.body,
    reports.c.meta,
    reports.c.refs,
    reports.c.day,
    reports.c.key_id,
    reports.c.version,
    reports.c.holder_id,
)
_INSERT = reports.insert().values(
    id=_p("id"), active_day=_p("active_day"), reply_address=None, **{each.name: _p(each.name) for each in _COLUMNS}
)
_BY_RECEIPT = select(reports.c.id).where(reports.c.find == _p("find"))
_ROW = select(*_COLUMNS).where(reports.c.id == _p("of"))
_ROW_HELD = _ROW.with_for_update()
_SAVE = (
    update(reports)
    .where(reports.c.id == _p("of"), reports.c.version == _p("before"))
    .values(
        meta=_p("meta"),
        refs=_p("refs"),
        key_id=_p("key_id"),
        active_day=_p("active_day"),
        version=_p("version"),
        holder_id=_p("holder"),
    )
)
_GRANT = grants.insert().values(report_id=_p("report_id"), holder_id=_p("holder_id"), sealed=_p("sealed"))
_GRANT_ONCE = insert(grants).values(report_id=_p("report_id"), holder_id=_p("holder_id"), sealed=_p("sealed"))
_GRANT_ONCE = _GRANT_ONCE.on_conflict_do_nothing(index_elements=["report_id", "holder_id"])
_PUBLIC = select(reports.c.public_key).where(reports.c.id == _p("of"))
_PUBLIC_HELD = _PUBLIC.with_for_update()
_GRANTED = select(grants.c.sealed).where(grants.c.report_id == _p("of"), grants.c.holder_id == _p("holder"))
_MEDIA = report_media.insert().values(id=_p("id"), report_id=_p("report_id"), seq=_p("seq"), sealed=_p("sealed"))
_MEDIA_OF = select(report_media.c.id, report_media.c.sealed).where(report_media.c.report_id == _p("of"))
_MEDIA_OF = _MEDIA_OF.order_by(report_media.c.seq)
_FILE = select(report_media.c.sealed).where(report_media.c.report_id == _p("of"), report_media.c.id == _p("file"))
_IDLE = select(reports.c.id).where(reports.c.active_day < _p("before")).order_by(reports.c.active_day).limit(500)
_COUNT = select(func.count()).select_from(reports)
_COUNT_IDLE = select(func.count(), func.count(reports.c.holder_id)).where(reports.c.active_day < _p("before"))


@dataclass(slots=True)
class Report:
    """One report's row, opened as far as the service itself may."""

    id: bytes
    shred_key: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    find: bytes | None = field(repr=False)  # 32 bytes from the receipt
    pepper_id: str  # keyring key whose pepper the receipt was derived with
    wrapped_private: bytes = field(repr=False)
    body: bytes = field(repr=False)
    meta: dict[str, Any] = field(repr=False)  # status, kind, language, district, priority, entries, media, active…
    refs: dict[str, str] = field(repr=False)  # "link", "contact", "pending", "fact" → hexadecimal id
    day: int
    key_id: str
    version: int
    holder: bytes | None = None  # the counsellor whose case it is


# --- filing -------------------------------------------------------------------------------------


def begin(
    unit: Unit, keyring: Keyring, receipt: ReceiptKeys, body: dict[str, Any], meta: dict[str, Any], now: datetime
) -> tuple[Report, KeyPair]:
    """A new report, its key kept and its row not yet: hang on it what belongs to it, then `file` it.

    receipt  derived with the current pepper
    """
    report_id, pair, day = new_id(), KeyPair.new(), shredding.day_of(now)
    shred_key = shredding.make(unit, keyring, report_id, now)
    return Report(
        id=report_id,
        shred_key=shred_key,
        public_key=pair.public,
        find=receipt.find,
        pepper_id=keyring.current,
        wrapped_private=wrap_for_receipt(pair.private, receipt.open, _context("wrapped_private", report_id)),
        body=seal_to(pair.public, shred_key, _json(body), _context("body", report_id)),
        meta={**meta, "entries": 0, "media": 0, "active": day},
        refs={},
        day=day,
        key_id=keyring.current,
        version=1,
    ), pair


def file(unit: Unit, keyring: Keyring, report: Report, pair: KeyPair, now: datetime) -> None:
    """Keep a report that was begun, granted to everybody who reads. Raises Tampered when no such key can be trusted."""
    unit.main.run(
        _INSERT,
        id=report.id,
        find=report.find,
        pepper_id=report.pepper_id,
        public_key=report.public_key,
        wrapped_private=report.wrapped_private,
        body=report.body,
        **_sealed(keyring, report),
        day=report.day,
        active_day=report.day,
        key_id=report.key_id,
        version=report.version,
        holder_id=report.holder,
    )
    for holder in teams.sound_keys(unit, keyring, now):
        context = _grant_context(report.id, holder.id)
        sealed = grant(pair.private, holder.public, context)
        unit.main.run(_GRANT, report_id=report.id, holder_id=holder.id, sealed=sealed)


def save(unit: Unit, keyring: Keyring, report: Report, now: datetime) -> None:
    """Keep what the service knows of a report as it is now, under the current key."""
    before, report.version = report.version, report.version + 1
    report.key_id, report.meta["active"] = keyring.current, shredding.day_of(now)
    _save(unit, keyring, report, before)


def reseal(unit: Unit, keyring: Keyring, report: Report) -> None:
    """Bring a report under the current key; nothing happened to it, so it counts as no activity."""
    before, report.version, report.key_id = report.version, report.version + 1, keyring.current
    _save(unit, keyring, report, before)


def add_media(unit: Unit, report: Report, media_id: bytes, content: bytes, seq: int) -> None:
    """Keep a file with its report, sealed like the body. The caller saves or files the report."""
    context = _media_context(report.id, media_id)
    sealed = seal_to(report.public_key, report.shred_key, content, context)
    unit.main.run(_MEDIA, id=media_id, report_id=report.id, seq=seq, sealed=sealed)
    report.meta["media"] += 1


# --- finding again ------------------------------------------------------------------------------


def find(unit: Unit, receipt: ReceiptKeys) -> bytes | None:
    """The id of the report that a receipt opens, or None."""
    row = unit.main.one(_BY_RECEIPT, find=receipt.find)
    return None if row is None else row[0]


def fetch(unit: Unit, keyring: Keyring, report_id: bytes, *, hold: bool = True) -> Report | None:
    """A report; None when it is gone or shredded. Raises Tampered.

    hold  nobody else changes it until this unit ends; false in a unit that only reads
    """
    row = unit.main.one(_ROW_HELD if hold else _ROW, of=report_id)
    shred_key = shredding.fetch(unit, keyring, report_id) if row is not None else None
    if row is None or shred_key is None:
        return None
    public, found, pepper_id, wrapped, body, meta, refs, day, key_id, version, holder = row
    beside: tuple[Any, ...] = (found, pepper_id, wrapped or b"", body, {}, {}, day, key_id, version, holder)
    report = Report(report_id, shred_key, public, *beside)
    report.meta = opened_meta(keyring, report, meta)
    report.refs = json.loads(open_sealed(_key(keyring, report), refs, _context("refs", report_id, version)))
    return report


def opened_meta(keyring: Keyring, report: Report, sealed: bytes) -> dict[str, Any]:
    """What the service knows of a report, out of its seal. Raises Tampered, also when it was given to somebody else."""
    meta: dict[str, Any] = json.loads(
        open_sealed(_key(keyring, report), sealed, _context("meta", report.id, report.version))
    )
    if meta.pop("holder", None) != _hex(report.holder):
        raise Tampered("reports.holder_id")
    return meta


def idle_since(unit: Unit, before: int) -> list[bytes]:
    """Up to 500 reports to which nothing has happened since a day, as the day in clear says."""
    return [report_id for (report_id,) in unit.main.all(_IDLE, before=before)]


def count_idle(unit: Unit, before: int) -> tuple[int, int]:
    """To how many reports nothing has happened since a day, and how many of those a counsellor holds."""
    row = unit.main.one(_COUNT_IDLE, before=before)
    return (int(row[0]), int(row[1])) if row else (0, 0)


def count(unit: Unit) -> int:
    """How many reports there are."""
    row = unit.main.one(_COUNT)
    return int(row[0]) if row else 0


# --- reading, with the private half -------------------------------------------------------------


def private_of(unit: Unit, report: Report, team: teams.TeamKey, team_private: bytes) -> bytes:
    """A report's private half, as granted to the team. Raises KeyError without a grant, Tampered."""
    row = unit.main.one(_GRANTED, of=report.id, holder=team.id)
    if row is None:
        raise KeyError("this team has no grant for the report")
    return _half_of(report, accept(team_private, row[0], _grant_context(report.id, team.id)))


def half_granted(
    unit: Unit, report_id: bytes, holder_id: bytes, holder_private: bytes, *, hold: bool = True
) -> bytes | None:
    """A report's private half, as granted to a holder; None when it is gone or not granted to her. Raises Tampered.

    hold  until this unit ends, so that it is not erased while it is granted on; false in a unit that only reads
    """
    public = unit.main.one(_PUBLIC_HELD if hold else _PUBLIC, of=report_id)
    granted = unit.main.one(_GRANTED, of=report_id, holder=holder_id)
    if public is None or granted is None:
        return None
    private = accept(holder_private, granted[0], _grant_context(report_id, holder_id))
    if KeyPair.of(private).public != public[0]:
        raise Tampered("reports.public_key")
    return private


def grant_to(unit: Unit, report_id: bytes, private: bytes, holder_id: bytes, holder_public: bytes) -> None:
    """Grant a report's private half to one holder more. Doing it twice changes nothing. Raises Tampered."""
    sealed = grant(private, holder_public, _grant_context(report_id, holder_id))
    unit.main.run(_GRANT_ONCE, report_id=report_id, holder_id=holder_id, sealed=sealed)


def private_by_receipt(report: Report, receipt: ReceiptKeys) -> bytes:
    """A report's private half, for whoever has its number. Raises Tampered."""
    return _half_of(
        report, unwrap_for_receipt(report.wrapped_private, receipt.open, _context("wrapped_private", report.id))
    )


def read_body(report: Report, private: bytes) -> dict[str, Any]:
    """What was filed. Raises Tampered."""
    body: dict[str, Any] = json.loads(open_from(private, report.shred_key, report.body, _context("body", report.id)))
    return body


def read_media(unit: Unit, report: Report, private: bytes) -> dict[bytes, bytes]:
    """Every file of a report, by its id. Raises Tampered, also when one is missing."""
    found = {
        media_id: open_from(private, report.shred_key, sealed, _media_context(report.id, media_id))
        for media_id, sealed in unit.main.all(_MEDIA_OF, of=report.id)
    }
    if len(found) != report.meta["media"]:
        raise Tampered("report_media.sealed")
    return found


def read_file(unit: Unit, report: Report, private: bytes, media_id: bytes) -> bytes | None:
    """One file of a report; None when there is none of this id. Raises Tampered."""
    row = unit.main.one(_FILE, of=report.id, file=media_id)
    return None if row is None else open_from(private, report.shred_key, row[0], _media_context(report.id, media_id))


# --- inside -------------------------------------------------------------------------------------


def _save(unit: Unit, keyring: Keyring, report: Report, before: int) -> None:
    kept = unit.main.run(
        _SAVE,
        of=report.id,
        before=before,
        version=report.version,
        key_id=report.key_id,
        active_day=report.meta["active"],
        holder=report.holder,
        **_sealed(keyring, report),
    )
    if kept != 1:
        raise StorageError("reports: somebody else saved it meanwhile; fetch it with `hold` first")


def _sealed(keyring: Keyring, report: Report) -> dict[str, bytes]:
    key = _key(keyring, report)
    held = {"holder": _hex(report.holder)} if report.holder else {}
    return {
        column: seal(key, _json(value), _context(column, report.id, report.version))
        for column, value in (("meta", report.meta | held), ("refs", report.refs))
    }


def _key(keyring: Keyring, report: Report) -> bytes:
    # What stands in clear beside the seal goes into its key: put beside it by somebody else, it opens nothing.
    beside = report.public_key + report.day.to_bytes(4, "big") + report.pepper_id.encode() + (report.find or b"")
    return subkey(keyring.key(Purpose.METADATA, report.key_id) + report.shred_key, "meta", beside)


def _half_of(report: Report, private: bytes) -> bytes:
    if KeyPair.of(private).public != report.public_key:
        raise Tampered("reports.public_key")
    return private


def _context(column: str, report_id: bytes, version: int = 0) -> Context:
    return Context("reports", column, report_id, report=report_id, seq=version)


def _grant_context(report_id: bytes, holder: bytes) -> Context:
    return Context("grants", "sealed", holder, report=report_id)


def _media_context(report_id: bytes, media_id: bytes) -> Context:
    return Context("report_media", "sealed", media_id, report=report_id)


def _hex(holder: bytes | None) -> str | None:
    return holder.hex() if holder else None


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()
