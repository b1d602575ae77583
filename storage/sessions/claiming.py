"""Holding a session for one message, keeping where she stands, and forgetting."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from storage import audit, shredding
from storage.database import Row, StorageAway, StorageError, Unit
from storage.sessions import answers, files
from storage.sessions.draft import Claim, draft_key, open_draft
from storage.tables import sessions
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal
from storage.vault.senders import Sender

LIVES = timedelta(hours=24)  # an unfinished draft

_p = bindparam
_columns = (sessions.c.draft_id, sessions.c.key_id, sessions.c.draft, sessions.c.meta, sessions.c.version)
_LOOK = select(*_columns).where(sessions.c.index == _p("of"))
_LOCK = _LOOK.with_for_update()
_FIRST = (
    insert(sessions)
    .values(index=_p("index"), key_id="", version=0, expires_day=_p("day"))
    .on_conflict_do_nothing(index_elements=["index"])
)
_SAVE = (
    update(sessions)
    .where(sessions.c.index == _p("of"))
    .values(
        draft_id=_p("draft_id"),
        key_id=_p("key_id"),
        draft=_p("draft"),
        meta=_p("meta"),
        version=_p("version"),
        expires_day=_p("expires_day"),
    )
)
_FORGET = delete(sessions).where(sessions.c.index == _p("of"))
_STANDING = select(sessions.c.index, sessions.c.draft_id, sessions.c.key_id, sessions.c.meta, sessions.c.version).where(
    sessions.c.expires_day >= _p("day"), sessions.c.draft_id.is_not(None)
)
_due = select(sessions.c.index, *_columns).limit(_p("most")).with_for_update(skip_locked=True)
_DUE_BEFORE = _due.where(sessions.c.expires_day < _p("day"))
_DUE_TODAY = _due.where(sessions.c.expires_day == _p("day"), sessions.c.index >= _p("start")).order_by(sessions.c.index)


class Place(NamedTuple):
    """Where she stands in one flow."""

    edition: str
    node: str
    slots: tuple[str, ...]  # names of what she has answered


@dataclass(frozen=True, slots=True)
class Shown:
    """What a session shows of itself under the metadata key: no answers."""

    edition: str = ""
    node: str = ""
    slots: tuple[str, ...] = ()
    below: tuple[Place, ...] = ()  # the flows that called this one, or that she left for it
    channel: str = ""
    language: str = ""  # by code

    @property
    def places(self) -> tuple[Place, ...]:
        """All of them; none where no flow is under way."""
        return (*self.below, Place(self.edition, self.node, self.slots)) if self.edition else ()


def claim(
    unit: Unit, keyring: Keyring, sender: Sender, mac: bytes, now: datetime, older_macs: Sequence[bytes] = ()
) -> Claim:
    """Hold the sender's session for this message.

    mac         16 bytes, see `vault.senders.message_mac`
    older_macs  the same message under earlier keys, see `vault.senders.older_macs`
    What lies under an earlier key of hers comes under the current one, here and now. A draft that somebody
    changed is refused: it is forgotten, that is put on record, and she begins anew.
    """
    for known in older_macs:
        if answers.heard(unit, known):
            return answers.repeated(unit, keyring, sender, known, now)
    if not answers.take(unit, keyring, mac, now):
        return answers.repeated(unit, keyring, sender, mac, now)
    held = Claim(mac)
    _hold(unit, keyring, sender, held, now)
    return held


def peek(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> dict[str, Any] | None:
    """Where she stands, held until this unit ends; None for a stranger. Begins nothing."""
    for one in sender.everyone:
        held, row = Claim(b""), unit.main.one(_LOCK, of=one.index)
        if row is not None and _opened(unit, keyring, one, held, row, now):
            return held.state
    return None


def keep(
    unit: Unit, keyring: Keyring, sender: Sender, state: dict[str, Any], now: datetime, lives: timedelta = LIVES
) -> None:
    """Keep this, without any message of hers, instead of what was kept."""
    held = Claim(b"")
    _hold(unit, keyring, sender, held, now)
    save(unit, keyring, sender, held, state, Shown(), now, lives)


def drop(unit: Unit, sender: Sender) -> bool:
    """Forget what is kept, under every key of hers; False when there is nothing."""
    known = [(one.index, row[0]) for one in sender.everyone if (row := unit.main.one(_LOCK, of=one.index)) is not None]
    for index, draft_id in known:
        _forget(unit, index, draft_id)
    return bool(known)


def save(
    unit: Unit,
    keyring: Keyring,
    sender: Sender,
    held: Claim,
    state: dict[str, Any],
    shown: Shown,
    now: datetime,
    lives: timedelta = LIVES,
) -> None:
    """Keep where she stands now."""
    draft_id = open_draft(unit, keyring, held, now)
    held.version += 1
    expires = now + lives
    seen = {"edition": shown.edition, "node": shown.node, "slots": shown.slots, "expires": expires.timestamp()}
    if shown.below:
        seen["below"] = shown.below
    if shown.channel:
        seen |= {"channel": shown.channel, "language": shown.language}
    draft, meta = (_context(column, sender.index, draft_id, held.key_id, held.version) for column in ("draft", "meta"))
    kept = unit.main.run(
        _SAVE,
        of=sender.index,
        draft_id=draft_id,
        key_id=held.key_id,
        draft=seal(draft_key(keyring, sender, held), _json(state), draft),
        meta=seal(keyring.key(Purpose.METADATA, held.key_id), _json(seen), meta),
        version=held.version,
        expires_day=shredding.day_of(expires),
    )
    if kept != 1:
        raise StorageError("sessions: nothing to save in; claim first, and after `forget` begin anew")


def begin_anew(unit: Unit, sender: Sender, held: Claim, now: datetime) -> None:
    """Shred the draft, its media and its answers; what is saved next has a key of its own."""
    forget(unit, sender, draft_id=held.draft_id)
    unit.main.run(_FIRST, index=sender.index, day=shredding.day_of(now + LIVES))
    held.draft_id, held.shred_key, held.version = None, None, 0


def forget(unit: Unit, sender: Sender, *, draft_id: bytes | None) -> None:
    """Panic, erase or expiry: the draft's key goes, and with it the draft, its media and what was answered."""
    _forget(unit, sender.index, draft_id)


def expire(unit: Unit, keyring: Keyring, now: datetime, most: int = 500) -> list[Shown]:
    """Forget sessions and answers past their time; return what each session showed of itself. May be run again at any time.

    A session's hour is sealed, so those of today are opened to see: `most` of them, from a random one on,
    lest a run hold up the writers. `claim` refuses one that is past its hour all the same.
    """
    today, start = shredding.day_of(now), new_id()
    due = unit.main.all(_DUE_BEFORE, day=today, most=most)
    due += unit.main.all(_DUE_TODAY, day=today, start=start, most=most)
    due += unit.main.all(_DUE_TODAY, day=today, start=b"", most=most)
    gone = []
    for index, draft_id, key_id, _, meta, version in {row[0]: row for row in due}.values():
        over = Shown() if draft_id is None else _over(unit, keyring, index, draft_id, key_id, meta, version, now)
        if over is not None:
            _forget(unit, index, draft_id)
            gone.append(over)
    answers.expire(unit, now)
    return gone


def is_fresh(unit: Unit, keyring: Keyring, index: bytes, now: datetime) -> bool:
    """Whether she wrote within the 24 hours before `now`. index: Sender.index, or one under an earlier key."""
    row = unit.main.one(_LOOK, of=index)
    if row is None or row[0] is None:
        return False
    draft_id, key_id, _, meta, version = row
    try:
        return now < _expires(keyring, index, draft_id, key_id, meta, version)
    except Tampered:  # her next message puts it on record
        return False


# --- inside -------------------------------------------------------------------------------------


def _hold(unit: Unit, keyring: Keyring, sender: Sender, held: Claim, now: datetime) -> None:
    """Open her session into the claim; what lies under an earlier key of hers comes under the current one."""
    found = _opened(unit, keyring, sender, held, _locked(unit, sender.index, now), now)
    for older in sender.older:
        row = unit.main.one(_LOCK, of=older.index) if not found else None
        if row is not None:
            found = _opened(unit, keyring, older, held, row, now)
            if found:
                _move(unit, keyring, older, sender, held)
            unit.main.run(_FORGET, of=older.index)


def _opened(unit: Unit, keyring: Keyring, sender: Sender, held: Claim, row: Row, now: datetime) -> bool:
    """Open a session's draft into the claim; forget it when its day is over, its key is gone or it was changed."""
    draft_id, key_id, draft, meta, version = row
    held.version = version
    if draft_id is None:
        return False
    try:
        shred_key = shredding.fetch(unit, keyring, draft_id)
        if shred_key is not None and now < _expires(keyring, sender.index, draft_id, key_id, meta, version):
            held.draft_id, held.key_id, held.shred_key = draft_id, key_id, shred_key
            place = _context("draft", sender.index, draft_id, key_id, version)
            written = open_sealed(draft_key(keyring, sender, held), draft, place)
            held.state, held.has_media = json.loads(written), b'"sha256"' in written
            return True
    except Tampered as fault:
        held.draft_id, held.key_id, held.shred_key = None, "", None
        audit.note_fault(unit, keyring, str(fault), now)
    forget(unit, sender, draft_id=draft_id)
    unit.main.run(_FIRST, index=sender.index, day=shredding.day_of(now + LIVES))
    held.version = 0
    return False


def _move(unit: Unit, keyring: Keyring, older: Sender, sender: Sender, held: Claim) -> None:
    """Bring files and answers of a draft under her current index and the current key; `save` brings the rest."""
    before = replace(held)
    held.key_id, held.version = keyring.current, 0
    files.move_media(unit, keyring, older, before, sender, held)
    answers.move_answers(unit, keyring, older, before, sender, held)


def _locked(unit: Unit, index: bytes, now: datetime) -> Row:
    # On PostgreSQL two first messages meet at the insert, and a panic in between takes the row away again.
    for _ in range(4):
        found = unit.main.one(_LOCK, of=index)
        if found is not None:
            return found
        unit.main.run(_FIRST, index=index, day=shredding.day_of(now + LIVES))
    raise StorageAway("a session comes and goes")


def _forget(unit: Unit, index: bytes, draft_id: bytes | None) -> None:
    if draft_id is not None:
        shredding.shred(unit, draft_id)
    answers.empty_answers(unit, index)
    files.drop_media(unit, index)
    unit.main.run(_FORGET, of=index)


def _over(
    unit: Unit, keyring: Keyring, index: bytes, draft_id: bytes, key_id: str, meta: bytes, version: int, now: datetime
) -> Shown | None:
    """What a session showed that is over; None where it is not."""
    try:
        seen = _seen(keyring, index, draft_id, key_id, meta, version)
    except Tampered as fault:  # it would be refused at her next message, too
        audit.note_fault(unit, keyring, str(fault), now)
        return Shown()
    return _shown(seen) if now.timestamp() >= seen["expires"] else None


def standing(unit: Unit, keyring: Keyring, now: datetime) -> Iterator[Shown]:
    """What every session that is not over shows of itself, who of whom unsaid; one that does not open is left out.

    Some 10 µs each.
    """
    for index, draft_id, key_id, meta, version in unit.main.all(_STANDING, day=shredding.day_of(now)):
        try:
            seen = _seen(keyring, index, draft_id, key_id, meta, version)
        except Tampered:  # her next message puts it on record
            continue
        if now.timestamp() < seen["expires"]:
            yield _shown(seen)


def _shown(seen: Mapping[str, Any]) -> Shown:
    below = tuple(Place(edition, node, tuple(slots)) for edition, node, slots in seen.get("below", ()))
    hers = seen.get("channel", ""), seen.get("language", "")  # one kept by an earlier version shows neither
    return Shown(seen["edition"], seen["node"], tuple(seen["slots"]), below, *hers)


def _expires(keyring: Keyring, index: bytes, draft_id: bytes, key_id: str, meta: bytes, version: int) -> datetime:
    return datetime.fromtimestamp(_seen(keyring, index, draft_id, key_id, meta, version)["expires"], UTC)


def _seen(keyring: Keyring, index: bytes, draft_id: bytes, key_id: str, meta: bytes, version: int) -> dict[str, Any]:
    place = _context("meta", index, draft_id, key_id, version)
    opened = open_sealed(keyring.key(Purpose.METADATA, key_id), meta, place)
    seen: dict[str, Any] = json.loads(opened)
    return seen


def _context(column: str, index: bytes, draft_id: bytes, key_id: str, version: int) -> Context:
    return Context("sessions", column, index, draft_id, version, key_id)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
