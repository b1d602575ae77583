"""Reports as they lie in the tables: every row sealed, every seal bound to its place.

Body, entries and media: AES-GCM(shred key, HPKE(report's public half, …)): only a grant or the
receipt reads them, and deleting one key ends them all. What the service itself must know
(status, priority, what hangs on the report) lies under the metadata key and the shred key together. Long, and one piece:
what is sealed and what opens it stand side by side.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from storage import shredding
from storage.database import Unit
from storage.tables import (
    contacts,
    entries,
    erasures,
    facts,
    grants,
    guesses,
    heads,
    holders,
    leases,
    links,
    pending_facts,
    report_media,
    reports,
)
from storage.vault.chains import link
from storage.vault.errors import Tampered
from storage.vault.grants import KeyPair, accept, grant, wrap_for_receipt
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.receipts import ReceiptKeys
from storage.vault.sealing import Context, open_from, open_sealed, seal, seal_to, subkey
from storage.vault.senders import Sender

_p = bindparam
_INSERT = reports.insert().values(
    id=_p("id"),
    find=_p("find"),
    public_key=_p("public_key"),
    wrapped_private=_p("wrapped_private"),
    body=_p("body"),
    meta=_p("meta"),
    refs=_p("refs"),
    reply_address=None,
    day=_p("day"),
    active_day=_p("day"),
    version=1,
    key_id=_p("key_id"),
)
_BY_RECEIPT = select(reports.c.id).where(reports.c.find == _p("find"))
_ROW = select(
    reports.c.public_key,
    reports.c.wrapped_private,
    reports.c.body,
    reports.c.meta,
    reports.c.refs,
    reports.c.day,
    reports.c.key_id,
).where(reports.c.id == _p("of"))
_ROW_HELD = _ROW.with_for_update()
_META = (
    update(reports)
    .where(reports.c.id == _p("of"))
    .values(meta=_p("meta"), refs=_p("refs"), active_day=_p("day"), version=reports.c.version + 1)
)
_GRANT = grants.insert().values(report_id=_p("report_id"), holder_id=_p("holder_id"), sealed=_p("sealed"))
_GRANTED = select(grants.c.sealed).where(grants.c.report_id == _p("of"), grants.c.holder_id == _p("holder"))
_TEAM = select(holders.c.id, holders.c.public_key, holders.c.vouched, holders.c.key_id, holders.c.sealed_private).where(
    holders.c.kind == "team", holders.c.left_day.is_(None)
)
_ADOPT = (
    insert(holders)
    .values(
        id=_p("id"),
        kind="team",
        public_key=_p("public_key"),
        vouched=_p("vouched"),
        key_id=_p("key_id"),
        sealed_private=_p("sealed_private"),
        created_day=_p("day"),
    )
    .on_conflict_do_nothing(index_elements=["id"])
)
_LAST_ENTRY = (
    select(entries.c.seq, entries.c.hash).where(entries.c.report_id == _p("of")).order_by(entries.c.seq.desc()).limit(1)
)
_ENTRY = entries.insert().values(
    report_id=_p("report_id"),
    seq=_p("seq"),
    kind=_p("kind"),
    previous_hash=_p("previous_hash"),
    hash=_p("hash"),
    sealed=_p("sealed"),
    day=_p("day"),
)
_ENTRIES = (
    select(entries.c.seq, entries.c.kind, entries.c.previous_hash, entries.c.hash, entries.c.sealed)
    .where(entries.c.report_id == _p("of"))
    .order_by(entries.c.seq)
)
_MEDIA = report_media.insert().values(id=_p("id"), report_id=_p("report_id"), seq=_p("seq"), sealed=_p("sealed"))
_LINK = links.insert().values(
    id=_p("id"), link_index=_p("link_index"), report_id=_p("sealed"), key_id=_p("key_id"), expires_day=_p("expires_day")
)
_LINKS = select(links.c.id, links.c.report_id).where(links.c.link_index == _p("of"))
_CONTACT = contacts.insert().values(id=_p("id"), sealed=_p("sealed"), key_id=_p("key_id"), until_day=_p("until_day"))
_PENDING = pending_facts.insert().values(id=_p("id"), sealed=_p("sealed"), key_id=_p("key_id"), day=_p("day"))
_PENDING_ALL = select(pending_facts.c.id, pending_facts.c.sealed, pending_facts.c.key_id)
_DROP_PENDING = delete(pending_facts).where(pending_facts.c.id == _p("of"))
_DROP_FACT = delete(facts).where(facts.c.tag == _p("of"))
_COUNT_GUESS = insert(guesses).values(tag=_p("tag"), window=_p("window"), count=1)
_COUNT_GUESS = _COUNT_GUESS.on_conflict_do_update(index_elements=["tag", "window"], set_={"count": guesses.c.count + 1})
_GUESSES = select(guesses.c.count).where(guesses.c.tag == _p("tag"), guesses.c.window == _p("window"))
_DROP_GUESSES = delete(guesses).where(guesses.c.window < _p("before"))
_ERASING = (
    insert(erasures)
    .values(report_id=_p("report_id"), sealed=_p("sealed"), key_id=_p("key_id"), day=_p("day"))
    .on_conflict_do_nothing(index_elements=["report_id"])
)
_ERASURES = select(erasures.c.report_id, erasures.c.sealed, erasures.c.key_id)
_ERASED = delete(erasures).where(erasures.c.report_id == _p("of"))
_OWN_ROWS = tuple(
    delete(table).where(column == _p("of"))
    for table, column in (
        (entries, entries.c.report_id),
        (report_media, report_media.c.report_id),
        (grants, grants.c.report_id),
        (reports, reports.c.id),
    )
)
_BY_ID = {
    "link": delete(links).where(links.c.id == _p("of")),
    "lease": delete(leases).where(leases.c.id == _p("of")),
    "contact": delete(contacts).where(contacts.c.id == _p("of")),
    "pending": _DROP_PENDING,
    "fact": _DROP_FACT,
}
_last = select(entries.c.report_id, func.max(entries.c.seq).label("seq")).group_by(entries.c.report_id).subquery()
_HEADS = select(entries.c.report_id, entries.c.seq, entries.c.hash).join(
    _last, (entries.c.report_id == _last.c.report_id) & (entries.c.seq == _last.c.seq)
)
_KNOWN_HEAD = select(heads.c.seq, heads.c.hash).where(heads.c.kind == "thread", heads.c.id == _p("of"))
_KEEP_HEAD = insert(heads).values(kind="thread", id=_p("id"), seq=_p("seq"), hash=_p("hash"), day=_p("day"))
_KEEP_HEAD = _KEEP_HEAD.on_conflict_do_update(
    index_elements=["kind", "id"],
    set_={"seq": _KEEP_HEAD.excluded.seq, "hash": _KEEP_HEAD.excluded.hash, "day": _KEEP_HEAD.excluded.day},
)
_OLD_LINKS = delete(links).where(links.c.expires_day < _p("day"))
_OLD_CONTACTS = delete(contacts).where(contacts.c.until_day < _p("day"))


@dataclass(slots=True)
class Report:
    """One report's row, opened as far as the service itself may."""

    id: bytes
    shred_key: bytes = field(repr=False)
    public_key: bytes = field(repr=False)
    meta: dict[str, Any] = field(repr=False)  # status, kind, language, district, priority, entries
    refs: dict[str, str] = field(repr=False)  # "link", "contact", "pending", "fact" → hexadecimal id
    day: int
    key_id: str
    wrapped_private: bytes = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class TeamKey:
    id: bytes
    public: bytes
    sealed_private: bytes = field(repr=False)


# --- the team -----------------------------------------------------------------------------------


def adopt_team(
    unit: Unit, keyring: Keyring, key_id: bytes, public: bytes, sealed_private: bytes, now: datetime
) -> None:
    """Let the team of this key read what is filed from now on. Doing it twice changes nothing."""
    vouched = seal(keyring.key(Purpose.AUDIT), public, _team_context(key_id, keyring.current))
    unit.main.run(
        _ADOPT,
        id=key_id,
        public_key=public,
        vouched=vouched,
        key_id=keyring.current,
        sealed_private=sealed_private,
        day=shredding.day_of(now),
    )


def team_keys(unit: Unit, keyring: Keyring) -> list[TeamKey]:
    """Whoever is granted a new report. Raises Tampered when somebody put in a key of his own."""
    found = []
    for key_id, public, vouched, ring_key, sealed_private in unit.main.all(_TEAM):
        context = _team_context(bytes(key_id), ring_key)
        if open_sealed(keyring.key(Purpose.AUDIT, ring_key), bytes(vouched), context) != bytes(public):
            raise Tampered(context.place)
        found.append(TeamKey(bytes(key_id), bytes(public), bytes(sealed_private)))
    return found


# --- filing -------------------------------------------------------------------------------------


def file(
    unit: Unit, keyring: Keyring, keys: ReceiptKeys, body: dict[str, Any], meta: dict[str, Any], now: datetime
) -> tuple[Report, KeyPair]:
    """Keep a new report, granted to every team, findable by its receipt."""
    report_id, pair = new_id(), KeyPair.new()
    shred_key = shredding.make(unit, keyring, report_id, now)
    report = Report(report_id, shred_key, pair.public, meta, {}, shredding.day_of(now), keyring.current, b"", b"")
    unit.main.run(
        _INSERT,
        id=report_id,
        find=keys.find,
        public_key=pair.public,
        wrapped_private=wrap_for_receipt(pair.private, keys.open, _context("wrapped_private", report_id)),
        body=seal_to(pair.public, shred_key, _json(body), _context("body", report_id)),
        meta=_sealed_meta(keyring, report),
        refs=_sealed_refs(keyring, report),
        day=report.day,
        key_id=keyring.current,
    )
    for team in team_keys(unit, keyring):
        context = _grant_context(report_id, team.id)
        unit.main.run(_GRANT, report_id=report_id, holder_id=team.id, sealed=grant(pair.private, team.public, context))
    return report, pair


def add_media(unit: Unit, report: Report, media_id: bytes, content: bytes, seq: int) -> None:
    """Keep a file with its report; sealed like the body."""
    context = Context("report_media", "sealed", media_id, report=report.id)
    sealed = seal_to(report.public_key, report.shred_key, content, context)
    unit.main.run(_MEDIA, id=media_id, report_id=report.id, seq=seq, sealed=sealed)


def add_link(unit: Unit, keyring: Keyring, sender: Sender, report: Report, expires_day: int) -> None:
    """Let her number find the report, so that she can add to it. Only her own address opens the link."""
    link_id = new_id()
    sealed = seal(sender.link_key, report.id, _link_context(link_id))
    unit.main.run(
        _LINK, id=link_id, link_index=sender.link_index, sealed=sealed, key_id=sender.key_id, expires_day=expires_day
    )
    report.refs["link"] = link_id.hex()
    save(unit, keyring, report, report.day)


def add_contact(unit: Unit, keyring: Keyring, report: Report, route: dict[str, Any], until_day: int) -> None:
    """Keep how she may be written to, until the day she chose."""
    contact_id = new_id()
    sealed = seal(
        keyring.key(Purpose.ROUTES), _json(route), Context("contacts", "sealed", contact_id, key_id=keyring.current)
    )
    unit.main.run(_CONTACT, id=contact_id, sealed=sealed, key_id=keyring.current, until_day=until_day)
    report.refs["contact"] = contact_id.hex()
    save(unit, keyring, report, report.day)


def add_pending_fact(unit: Unit, keyring: Keyring, report: Report, fact: dict[str, Any], now: datetime) -> None:
    """Let a fact wait, sealed, for the day's shuffled batch."""
    fact_id = new_id()
    shred_key = shredding.make(unit, keyring, fact_id, now)
    tag = subkey(report.shred_key, "fact")
    sealed = seal(
        _meta_key(keyring, keyring.current, shred_key), _json({**fact, "tag": tag.hex()}), _pending_context(fact_id)
    )
    unit.main.run(_PENDING, id=fact_id, sealed=sealed, key_id=keyring.current, day=shredding.day_of(now))
    report.refs |= {"pending": fact_id.hex(), "fact": tag.hex()}
    save(unit, keyring, report, report.day)


def take_pending_facts(unit: Unit, keyring: Keyring) -> Iterator[dict[str, Any]]:
    """Every waiting fact, opened, and gone from where it waited."""
    for fact_id, sealed, key_id in unit.main.all(_PENDING_ALL):
        shred_key = shredding.fetch(unit, keyring, bytes(fact_id))
        if shred_key is not None:
            opened = open_sealed(_meta_key(keyring, key_id, shred_key), bytes(sealed), _pending_context(bytes(fact_id)))
            shredding.shred(unit, bytes(fact_id))
            yield json.loads(opened)
        unit.main.run(_DROP_PENDING, of=fact_id)


# --- finding again ------------------------------------------------------------------------------


def find(unit: Unit, keys: ReceiptKeys) -> bytes | None:
    """The id of the report a receipt opens, or None."""
    row = unit.main.one(_BY_RECEIPT, find=keys.find)
    return None if row is None else bytes(row[0])


def linked(unit: Unit, sender: Sender) -> list[bytes]:
    """The ids of reports that her address is linked to."""
    return [
        open_sealed(sender.link_key, bytes(sealed), _link_context(bytes(link_id)))
        for link_id, sealed in unit.main.all(_LINKS, of=sender.link_index)
    ]


def fetch(unit: Unit, keyring: Keyring, report_id: bytes, *, hold: bool = True) -> Report | None:
    """A report; None when it is gone or shredded. Raises Tampered.

    hold  nobody else changes it until this unit ends; false in a unit that only reads
    """
    row = unit.main.one(_ROW_HELD if hold else _ROW, of=report_id)
    shred_key = shredding.fetch(unit, keyring, report_id) if row is not None else None
    if row is None or shred_key is None:
        return None
    public, wrapped, body, meta, refs, day, key_id = row
    key = _meta_key(keyring, key_id, shred_key)
    return Report(
        report_id,
        shred_key,
        bytes(public),
        json.loads(open_sealed(key, bytes(meta), _context("meta", report_id))),
        json.loads(open_sealed(key, bytes(refs), _context("refs", report_id))),
        day,
        key_id,
        bytes(wrapped or b""),
        bytes(body),
    )


def save(unit: Unit, keyring: Keyring, report: Report, day: int) -> None:
    """Keep a report's metadata as it is now."""
    unit.main.run(_META, of=report.id, meta=_sealed_meta(keyring, report), refs=_sealed_refs(keyring, report), day=day)


def add_entry(unit: Unit, keyring: Keyring, report: Report, kind: int, content: dict[str, Any], now: datetime) -> None:
    """Add to a report's thread, chained to what came before."""
    last = unit.main.one(_LAST_ENTRY, of=report.id)
    seq, previous = (last[0] + 1, bytes(last[1])) if last else (1, b"\0" * 32)
    context = Context("entries", "sealed", report.id, report=report.id, seq=seq)
    sealed = seal_to(report.public_key, report.shred_key, _json(content), context)
    unit.main.run(
        _ENTRY,
        report_id=report.id,
        seq=seq,
        kind=kind,
        previous_hash=previous,
        hash=link(previous, seq, sealed),
        sealed=sealed,
        day=shredding.day_of(now),
    )
    report.meta["entries"] = seq


# --- reading, with the private half -------------------------------------------------------------


def private_of(unit: Unit, report: Report, team: TeamKey, team_private: bytes) -> bytes:
    """A report's private half, as granted to the team. Raises KeyError without a grant, Tampered."""
    row = unit.main.one(_GRANTED, of=report.id, holder=team.id)
    if row is None:
        raise KeyError("this team has no grant for the report")
    return accept(team_private, bytes(row[0]), _grant_context(report.id, team.id))


def read(unit: Unit, report: Report, private: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A report's body and its thread. Raises Tampered when anything was changed, moved or cut out."""
    body = json.loads(open_from(private, report.shred_key, report.body, _context("body", report.id)))
    thread, expected, previous = [], 1, b"\0" * 32
    for seq, kind, before, digest, sealed in unit.main.all(_ENTRIES, of=report.id):
        context = Context("entries", "sealed", report.id, report=report.id, seq=seq)
        if seq != expected or bytes(before) != previous or link(previous, seq, bytes(sealed)) != bytes(digest):
            raise Tampered(context.place)
        thread.append({"kind": kind, **json.loads(open_from(private, report.shred_key, bytes(sealed), context))})
        expected, previous = seq + 1, bytes(digest)
    if len(thread) != report.meta.get("entries", 0):
        raise Tampered(f"thread of {report.id.hex()[:8]}: its tail is cut off")
    return body, thread


# --- erasing ------------------------------------------------------------------------------------


def erase(unit: Unit, keyring: Keyring, report: Report, now: datetime) -> None:
    """Shred a report and take all that hangs on it along. The keys go first; see `finish_erasures`."""
    sealed = seal(keyring.key(Purpose.METADATA), _json(report.refs), _erasure_context(report.id))
    unit.keys.run(_ERASING, report_id=report.id, sealed=sealed, key_id=keyring.current, day=shredding.day_of(now))
    shredding.shred(unit, report.id)
    _take_along(unit, report.id, report.refs)


def finish_erasures(unit: Unit, keyring: Keyring) -> int:
    """Erasures whose rows may not have gone yet (a kill between two commits); return how many."""
    count = 0
    for report_id, sealed, key_id in unit.keys.all(_ERASURES):
        opened = open_sealed(keyring.key(Purpose.METADATA, key_id), bytes(sealed), _erasure_context(bytes(report_id)))
        _take_along(unit, bytes(report_id), json.loads(opened))
        unit.keys.run(_ERASED, of=report_id)
        count += 1
    return count


def unlink(unit: Unit, keyring: Keyring, report: Report, *names: str) -> None:
    """Let go of a report's link or contact; the report stays."""
    for name in names:
        reference = report.refs.pop(name, None)
        if reference is not None:
            _drop(unit, name, reference)


def uncount(unit: Unit, report: Report) -> None:
    """Take a report out of the numbers, counted already or not."""
    for name in ("pending", "fact"):
        reference = report.refs.pop(name, None)
        if reference is not None:
            _drop(unit, name, reference)


def expire(unit: Unit, day: int) -> None:
    """Links and contacts past their day, tries past their hour."""
    unit.main.run(_OLD_LINKS, day=day)
    unit.main.run(_OLD_CONTACTS, day=day)


def _take_along(unit: Unit, report_id: bytes, refs: dict[str, str]) -> None:
    for name, reference in refs.items():
        _drop(unit, name, reference)
    for statement in _OWN_ROWS:
        unit.main.run(statement, of=report_id)


def _drop(unit: Unit, name: str, reference: str) -> None:
    if name == "pending":
        shredding.shred(unit, bytes.fromhex(reference))
    unit.main.run(_BY_ID[name], of=bytes.fromhex(reference))


# --- tries at receipts --------------------------------------------------------------------------


def count_guess(unit: Unit, tag: bytes, window: int) -> int:
    """Count one more try in this window; return how many there are now."""
    unit.main.run(_COUNT_GUESS, tag=tag, window=window)
    row = unit.main.one(_GUESSES, tag=tag, window=window)
    assert row is not None
    return int(row[0])


def forget_guesses(unit: Unit, before: int) -> None:
    unit.main.run(_DROP_GUESSES, before=before)


def copy_heads(unit: Unit, now: datetime) -> None:
    """Copy each thread's head into the keys database. Raises Tampered when a thread is shorter than it was."""
    for report_id, seq, digest in unit.main.all(_HEADS):
        known = unit.keys.one(_KNOWN_HEAD, of=report_id)
        if known is not None and (known[0] > seq or (known[0] == seq and bytes(known[1]) != bytes(digest))):
            raise Tampered(f"thread of {bytes(report_id).hex()[:8]}: older than yesterday's copy of its head")
        unit.keys.run(_KEEP_HEAD, id=report_id, seq=seq, hash=digest, day=shredding.day_of(now))


def count_reports(unit: Unit) -> int:
    row = unit.main.one(select(func.count()).select_from(reports))
    assert row is not None
    return int(row[0])


# --- inside -------------------------------------------------------------------------------------


def _meta_key(keyring: Keyring, key_id: str, shred_key: bytes) -> bytes:
    return subkey(keyring.key(Purpose.METADATA, key_id) + shred_key, "meta")


def _sealed_meta(keyring: Keyring, report: Report) -> bytes:
    key = _meta_key(keyring, report.key_id, report.shred_key)
    return seal(key, _json(report.meta), _context("meta", report.id))


def _sealed_refs(keyring: Keyring, report: Report) -> bytes:
    key = _meta_key(keyring, report.key_id, report.shred_key)
    return seal(key, _json(report.refs), _context("refs", report.id))


def _context(column: str, report_id: bytes) -> Context:
    return Context("reports", column, report_id, report=report_id)


def _grant_context(report_id: bytes, holder: bytes) -> Context:
    return Context("grants", "sealed", holder, report=report_id)


def _link_context(link_id: bytes) -> Context:
    return Context("links", "report_id", link_id)


def _pending_context(fact_id: bytes) -> Context:
    return Context("pending_facts", "sealed", fact_id)


def _erasure_context(report_id: bytes) -> Context:
    return Context("erasures", "sealed", report_id)


def _team_context(key_id: bytes, ring_key: str) -> Context:
    return Context("holders", "vouched", key_id, key_id=ring_key)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()
