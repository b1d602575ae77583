"""Sessions: where each reporter stands, sealed under her own address, and what was answered to which message.

A draft opens only with three things together: its shred key (keys database), our keyring,
and a secret derived from her address, which every webhook carries and the database does not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from storage import shredding
from storage.database import Row, StorageAway, StorageError, Unit
from storage.tables import draft_media, inbox, sessions
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal
from storage.vault.senders import Sender

LIVES = timedelta(hours=24)  # an unfinished draft
ANSWER_LIVES = timedelta(hours=1)  # the answer that a repeated webhook gets again
MACS_LIVE = 7  # days a message id is known for
_TEN_MINUTES = 600

_p = bindparam
_HEARD = (
    insert(inbox)
    .values(mac=_p("mac"), day=_p("day"), key_id=_p("key_id"))
    .on_conflict_do_nothing(index_elements=["mac"])
)
_ANSWER = select(inbox.c.answer, inbox.c.draft_id, inbox.c.key_id, inbox.c.until, inbox.c.owner).where(
    inbox.c.mac == _p("mac")
)
_ANSWERS_OF = select(inbox.c.mac, inbox.c.answer, inbox.c.draft_id, inbox.c.until).where(inbox.c.owner == _p("of"))
_KEEP_ANSWER = (
    update(inbox)
    .where(inbox.c.mac == _p("of"))
    .values(
        owner=_p("owner"), draft_id=_p("draft_id"), answer=_p("answer"), until=_p("until"), key_id=_p("sealed_under")
    )
)
_EMPTY_ANSWERS = (
    update(inbox).where(inbox.c.owner == _p("of")).values(owner=None, draft_id=None, answer=None, until=None)
)
_EMPTY_OLD = update(inbox).where(inbox.c.until < _p("now")).values(owner=None, draft_id=None, answer=None, until=None)
_DROP_MACS = delete(inbox).where(inbox.c.day < _p("day"))
_columns = (sessions.c.draft_id, sessions.c.key_id, sessions.c.draft, sessions.c.meta, sessions.c.version)
_LOCK = select(*_columns).where(sessions.c.index == _p("of")).with_for_update()
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
_due = select(sessions.c.index, *_columns).limit(_p("most")).with_for_update(skip_locked=True)
_DUE_BEFORE = _due.where(sessions.c.expires_day < _p("day"))
_DUE_TODAY = _due.where(sessions.c.expires_day == _p("day"), sessions.c.index >= _p("start")).order_by(sessions.c.index)
_KEEP_MEDIA = draft_media.insert().values(
    id=_p("id"), session=_p("session"), draft_id=_p("draft_id"), seq=_p("seq"), sealed=_p("sealed")
)
_MEDIA = select(draft_media.c.sealed).where(draft_media.c.id == _p("id"), draft_media.c.session == _p("session"))
_MEDIA_IDS = select(draft_media.c.id).where(draft_media.c.session == _p("session"))
_MEDIA_OF = select(draft_media.c.id, draft_media.c.sealed).where(draft_media.c.session == _p("session"))
_MOVE_MEDIA = (
    update(draft_media).where(draft_media.c.id == _p("of")).values(session=_p("session_now"), sealed=_p("sealed"))
)
_DROP_ONE = delete(draft_media).where(draft_media.c.id == _p("id"))
_DROP_MEDIA = delete(draft_media).where(draft_media.c.session == _p("session"))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a session shows of itself under the metadata key: no answers."""

    edition: str = ""
    node: str = ""
    slots: tuple[str, ...] = ()


@dataclass(slots=True)
class Claim:
    """One message's hold on one session, until its unit of work ends."""

    mac: bytes = field(repr=False)
    state: dict[str, Any] | None = field(default=None, repr=False)
    seen: bool = False  # this message was answered before
    repeat: bytes | None = field(default=None, repr=False)  # that answer, if it still lives
    draft_id: bytes | None = field(default=None, repr=False)
    key_id: str = ""
    shred_key: bytes | None = field(default=None, repr=False)
    version: int = 0  # how often the session was saved; binds draft and meta of one moment together


def claim(
    unit: Unit, keyring: Keyring, sender: Sender, mac: bytes, now: datetime, older_macs: Sequence[bytes] = ()
) -> Claim:
    """Hold the sender's session for this message.

    mac         16 bytes, see `vault.senders.message_mac`
    older_macs  the same message under earlier keys, see `vault.senders.older_macs`
    What lies under an earlier key of hers comes under the current one, here and now.
    Raises Tampered when the row was written by somebody without the keys.
    """
    for known in older_macs:
        if unit.main.one(_ANSWER, mac=known) is not None:
            return _repeated(unit, keyring, sender, known, now)
    if not unit.main.run(_HEARD, mac=mac, day=shredding.day_of(now), key_id=keyring.current):
        return _repeated(unit, keyring, sender, mac, now)
    held = Claim(mac)
    found = _opened(unit, keyring, sender, held, _locked(unit, sender.index, now), now)
    for older in sender.older:
        row = unit.main.one(_LOCK, of=older.index) if not found else None
        if row is not None:
            found = _opened(unit, keyring, older, held, row, now)
            if found:
                _move(unit, keyring, older, sender, held)
            unit.main.run(_FORGET, of=older.index)
    return held


def heard(unit: Unit, mac: bytes) -> bool:
    """Whether this message was taken before; asked where the answer to a webhook can no longer be given."""
    return unit.main.one(_ANSWER, mac=mac) is not None


def save(
    unit: Unit, keyring: Keyring, sender: Sender, held: Claim, state: dict[str, Any], shown: Shown, now: datetime
) -> None:
    """Keep where she stands now."""
    draft_id = open_draft(unit, keyring, held, now)
    held.version += 1
    expires = now + LIVES
    seen = {"edition": shown.edition, "node": shown.node, "slots": shown.slots, "expires": expires.timestamp()}
    draft, meta = (_context(column, sender.index, draft_id, held.key_id, held.version) for column in ("draft", "meta"))
    kept = unit.main.run(
        _SAVE,
        of=sender.index,
        draft_id=draft_id,
        key_id=held.key_id,
        draft=seal(_draft_key(keyring, sender, held), _json(state), draft),
        meta=seal(keyring.key(Purpose.METADATA, held.key_id), _json(seen), meta),
        version=held.version,
        expires_day=shredding.day_of(expires),
    )
    if kept != 1:
        raise StorageError("sessions: nothing to save in; claim first, and after `forget` begin anew")


def keep_answer(unit: Unit, keyring: Keyring, sender: Sender, held: Claim, answer: bytes, now: datetime) -> None:
    """Keep what was answered, for an hour, so that the same webhook again gets the same answer.

    Sealed like the draft: after panic no backup opens it either.
    """
    draft_id = open_draft(unit, keyring, held, now)
    until = int((now + ANSWER_LIVES).timestamp()) // _TEN_MINUTES * _TEN_MINUTES + _TEN_MINUTES
    sealed = seal(_draft_key(keyring, sender, held), answer, _answer_context(held.mac, draft_id, held.key_id))
    unit.main.run(
        _KEEP_ANSWER,
        of=held.mac,
        owner=sender.index,
        draft_id=draft_id,
        answer=sealed,
        until=until,
        sealed_under=held.key_id,
    )


def open_draft(unit: Unit, keyring: Keyring, held: Claim, now: datetime) -> bytes:
    """Make sure that the claim has a draft with a shred key of its own; return the draft's id."""
    if held.draft_id is None:
        held.draft_id, held.key_id = new_id(), keyring.current
        held.shred_key = shredding.make(unit, keyring, held.draft_id, now)
    return held.draft_id


def begin_anew(unit: Unit, sender: Sender, held: Claim, now: datetime) -> None:
    """Shred the draft, its media and its answers; what is saved next has a key of its own."""
    forget(unit, sender, draft_id=held.draft_id)
    unit.main.run(_FIRST, index=sender.index, day=shredding.day_of(now + LIVES))
    held.draft_id, held.shred_key, held.version = None, None, 0


def forget(unit: Unit, sender: Sender, *, draft_id: bytes | None) -> None:
    """Panic, erase or expiry: the draft's key goes, and with it the draft, its media and what was answered."""
    _forget(unit, sender.index, draft_id)


def expire(unit: Unit, keyring: Keyring, now: datetime, most: int = 500) -> int:
    """Forget sessions and answers past their time; return how many sessions. May be run again at any time.

    A session's hour is sealed, so those of today are opened to see: `most` of them, from a random one on,
    lest a run hold up the writers. `claim` refuses one that is past its hour all the same.
    """
    today, start = shredding.day_of(now), new_id()
    due = unit.main.all(_DUE_BEFORE, day=today, most=most)
    due += unit.main.all(_DUE_TODAY, day=today, start=start, most=most)
    due += unit.main.all(_DUE_TODAY, day=today, start=b"", most=most)
    gone = 0
    for index, draft_id, key_id, _, meta, version in {row[0]: row for row in due}.values():
        if draft_id is None or now >= _expires(keyring, index, draft_id, key_id, meta, version):
            _forget(unit, index, draft_id)
            gone += 1
    unit.main.run(_EMPTY_OLD, now=int(now.timestamp()))
    unit.main.run(_DROP_MACS, day=today - MACS_LIVE)
    return gone


# --- media of a draft ---------------------------------------------------------------------------


def keep_media(
    unit: Unit, keyring: Keyring, sender: Sender, held: Claim, media_id: bytes, content: bytes, now: datetime
) -> None:
    """Keep a voice note or picture with the draft."""
    draft_id = open_draft(unit, keyring, held, now)
    sealed = seal(_draft_key(keyring, sender, held), content, _media_context(media_id, draft_id))
    unit.main.run(_KEEP_MEDIA, id=media_id, session=sender.index, draft_id=draft_id, seq=0, sealed=sealed)


def media(unit: Unit, keyring: Keyring, sender: Sender, held: Claim, media_id: bytes) -> bytes:
    """A draft's voice note or picture again. Raises KeyError when there is none, Tampered."""
    found = unit.main.one(_MEDIA, id=media_id, session=sender.index)
    if found is None or held.draft_id is None:
        raise KeyError("no such media in this draft")
    return open_sealed(_draft_key(keyring, sender, held), found[0], _media_context(media_id, held.draft_id))


def drop_media_except(unit: Unit, sender: Sender, kept: frozenset[bytes]) -> None:
    """Let go of media that no answer holds any more."""
    for (media_id,) in unit.main.all(_MEDIA_IDS, session=sender.index):
        if media_id not in kept:
            unit.main.run(_DROP_ONE, id=media_id)


# --- inside -------------------------------------------------------------------------------------


def _opened(unit: Unit, keyring: Keyring, sender: Sender, held: Claim, row: Row, now: datetime) -> bool:
    """Open a session's draft into the claim; forget it when its day is over or its key is gone."""
    draft_id, key_id, draft, meta, version = row
    held.version = version
    if draft_id is None:
        return False
    shred_key = shredding.fetch(unit, keyring, draft_id)
    if shred_key is None or now >= _expires(keyring, sender.index, draft_id, key_id, meta, version):
        forget(unit, sender, draft_id=draft_id)
        unit.main.run(_FIRST, index=sender.index, day=shredding.day_of(now + LIVES))
        held.version = 0
        return False
    held.draft_id, held.key_id, held.shred_key = draft_id, key_id, shred_key
    place = _context("draft", sender.index, draft_id, key_id, version)
    held.state = json.loads(open_sealed(_draft_key(keyring, sender, held), draft, place))
    return True


def _move(unit: Unit, keyring: Keyring, older: Sender, sender: Sender, held: Claim) -> None:
    """Bring files and answers of a draft under her current index and the current key; `save` brings the rest."""
    assert held.draft_id is not None
    before = replace(held)
    held.key_id, held.version = keyring.current, 0
    old_key, key = _draft_key(keyring, older, before), _draft_key(keyring, sender, held)
    for media_id, sealed in unit.main.all(_MEDIA_OF, session=older.index):
        place = _media_context(media_id, held.draft_id)
        unit.main.run(
            _MOVE_MEDIA,
            of=media_id,
            session_now=sender.index,
            sealed=seal(key, open_sealed(old_key, sealed, place), place),
        )
    for mac, answer, draft_id, until in unit.main.all(_ANSWERS_OF, of=older.index):
        if draft_id != held.draft_id:
            continue
        opened = open_sealed(old_key, answer, _answer_context(mac, draft_id, before.key_id))
        sealed = seal(key, opened, _answer_context(mac, draft_id, held.key_id))
        unit.main.run(
            _KEEP_ANSWER,
            of=mac,
            owner=sender.index,
            draft_id=draft_id,
            answer=sealed,
            until=until,
            sealed_under=held.key_id,
        )


def _locked(unit: Unit, index: bytes, now: datetime) -> Row:
    # On PostgreSQL two first messages meet at the insert, and a panic in between takes the row away again.
    for _ in range(4):
        found = unit.main.one(_LOCK, of=index)
        if found is not None:
            return found
        unit.main.run(_FIRST, index=index, day=shredding.day_of(now + LIVES))
    raise StorageAway("a session comes and goes")


def _repeated(unit: Unit, keyring: Keyring, sender: Sender, mac: bytes, now: datetime) -> Claim:
    again = Claim(mac, seen=True)
    found = unit.main.one(_ANSWER, mac=mac)
    if found is None or found[0] is None or found[3] < now.timestamp():
        return again
    answer, draft_id, key_id, _, owner = found
    shred_key = shredding.fetch(unit, keyring, draft_id)
    whose = next((one for one in sender.everyone if one.index == owner), sender)
    if shred_key is not None:
        held = Claim(mac, draft_id=draft_id, key_id=key_id, shred_key=shred_key)
        again.repeat = open_sealed(_draft_key(keyring, whose, held), answer, _answer_context(mac, draft_id, key_id))
    return again


def _forget(unit: Unit, index: bytes, draft_id: bytes | None) -> None:
    if draft_id is not None:
        shredding.shred(unit, draft_id)
    unit.main.run(_EMPTY_ANSWERS, of=index)
    unit.main.run(_DROP_MEDIA, session=index)
    unit.main.run(_FORGET, of=index)


def _expires(keyring: Keyring, index: bytes, draft_id: bytes, key_id: str, meta: bytes, version: int) -> datetime:
    place = _context("meta", index, draft_id, key_id, version)
    opened = open_sealed(keyring.key(Purpose.METADATA, key_id), meta, place)
    return datetime.fromtimestamp(json.loads(opened)["expires"], UTC)


def _draft_key(keyring: Keyring, sender: Sender, held: Claim) -> bytes:
    if held.draft_id is None or held.shred_key is None:
        raise StorageError("sessions: this claim has no draft")
    return sender.draft_key(held.shred_key, keyring.key(Purpose.DRAFT, held.key_id), held.draft_id)


def _context(column: str, index: bytes, draft_id: bytes, key_id: str, version: int) -> Context:
    return Context("sessions", column, index, draft_id, version, key_id)


def _answer_context(mac: bytes, draft_id: bytes, key_id: str) -> Context:
    return Context("inbox", "answer", mac, draft_id, key_id=key_id)


def _media_context(media_id: bytes, draft_id: bytes) -> Context:
    return Context("draft_media", "sealed", media_id, draft_id)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
