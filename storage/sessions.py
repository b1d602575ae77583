"""Sessions: where each reporter stands, sealed under her own address, and what was answered to which message.

A draft opens only with three things together: its shred key (keys database), our keyring,
and a secret derived from her address, which every webhook carries and the database does not.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from storage import shredding
from storage.database import Unit
from storage.tables import draft_media, inbox, sessions
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal, subkey
from storage.vault.senders import Sender

LIVES = timedelta(hours=24)  # an unfinished draft
ANSWER_LIVES = timedelta(hours=1)  # the answer that a repeated webhook gets again
MACS_LIVE = 7  # days a message id is known for
_TEN_MINUTES = 600

_p = bindparam
_HEARD = insert(inbox).values(mac=_p("mac"), day=_p("day"), key_id="").on_conflict_do_nothing(index_elements=["mac"])
_ANSWER = select(inbox.c.answer, inbox.c.draft_id, inbox.c.until).where(inbox.c.mac == _p("mac"))
_KEEP_ANSWER = (
    update(inbox)
    .where(inbox.c.mac == _p("of"))
    .values(owner=_p("owner"), draft_id=_p("draft_id"), answer=_p("answer"), until=_p("until"))
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
        version=sessions.c.version + 1,
        expires_day=_p("expires_day"),
    )
)
_FORGET = delete(sessions).where(sessions.c.index == _p("of"))
_DUE = select(sessions.c.index, *_columns).where(sessions.c.expires_day <= _p("day"))
_KEEP_MEDIA = draft_media.insert().values(
    id=_p("id"), session=_p("session"), draft_id=_p("draft_id"), seq=_p("seq"), sealed=_p("sealed")
)
_MEDIA = select(draft_media.c.sealed).where(draft_media.c.id == _p("id"), draft_media.c.session == _p("session"))
_MEDIA_IDS = select(draft_media.c.id).where(draft_media.c.session == _p("session"))
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


def claim(unit: Unit, keyring: Keyring, sender: Sender, mac: bytes, now: datetime) -> Claim:
    """Hold the sender's session for this message. `mac`: 16 bytes, see `vault.senders.message_mac`.

    Raises Tampered when the row was written by somebody without the keys.
    """
    if not unit.main.run(_HEARD, mac=mac, day=shredding.day_of(now)):
        return _repeated(unit, keyring, mac, now)
    found = unit.main.one(_LOCK, of=sender.index)
    if found is None:
        unit.main.run(_FIRST, index=sender.index, day=shredding.day_of(now + LIVES))
        found = unit.main.one(_LOCK, of=sender.index)
        assert found is not None
    draft_id, key_id, draft, meta, _ = found
    held = Claim(mac)
    if draft_id is None:
        return held
    shred_key = shredding.fetch(unit, keyring, bytes(draft_id))
    if shred_key is None or now >= _expires(keyring, sender.index, key_id, bytes(meta)):
        forget(unit, sender, draft_id=bytes(draft_id))
        unit.main.run(_FIRST, index=sender.index, day=shredding.day_of(now + LIVES))
        return held
    held.draft_id, held.key_id, held.shred_key = bytes(draft_id), key_id, shred_key
    opened = open_sealed(_draft_key(keyring, sender, held), bytes(draft), _context("draft", sender.index, key_id))
    held.state = json.loads(opened)
    return held


def heard(unit: Unit, mac: bytes) -> bool:
    """Whether this message was taken before; asked where the answer to a webhook can no longer be given."""
    return unit.main.one(_ANSWER, mac=mac) is not None


def save(
    unit: Unit, keyring: Keyring, sender: Sender, held: Claim, state: dict[str, Any], shown: Shown, now: datetime
) -> None:
    """Keep where she stands now."""
    open_draft(unit, keyring, held, now)
    expires = now + LIVES
    meta = {"edition": shown.edition, "node": shown.node, "slots": shown.slots, "expires": expires.timestamp()}
    unit.main.run(
        _SAVE,
        of=sender.index,
        draft_id=held.draft_id,
        key_id=held.key_id,
        draft=seal(_draft_key(keyring, sender, held), _json(state), _context("draft", sender.index, held.key_id)),
        meta=seal(keyring.key(Purpose.METADATA, held.key_id), _json(meta), _context("meta", sender.index, held.key_id)),
        expires_day=shredding.day_of(expires),
    )


def keep_answer(unit: Unit, sender: Sender, held: Claim, answer: bytes, now: datetime) -> None:
    """Keep what was answered, for an hour, so that the same webhook again gets the same answer."""
    assert held.draft_id is not None and held.shred_key is not None
    until = int((now + ANSWER_LIVES).timestamp()) // _TEN_MINUTES * _TEN_MINUTES + _TEN_MINUTES
    sealed = seal(_answer_key(held.shred_key), answer, _answer_context(held.mac))
    unit.main.run(_KEEP_ANSWER, of=held.mac, owner=sender.index, draft_id=held.draft_id, answer=sealed, until=until)


def open_draft(unit: Unit, keyring: Keyring, held: Claim, now: datetime) -> None:
    """Make sure that the claim has a draft with a shred key of its own."""
    if held.draft_id is None:
        held.draft_id, held.key_id = new_id(), keyring.current
        held.shred_key = shredding.make(unit, keyring, held.draft_id, now)


def begin_anew(unit: Unit, sender: Sender, held: Claim, now: datetime) -> None:
    """Shred the draft, its media and its answers; what is saved next has a key of its own."""
    forget(unit, sender, draft_id=held.draft_id)
    unit.main.run(_FIRST, index=sender.index, day=shredding.day_of(now + LIVES))
    held.draft_id = held.shred_key = None


def forget(unit: Unit, sender: Sender, *, draft_id: bytes | None) -> None:
    """Panic, erase or expiry: the draft's key goes, and with it the draft, its media and what was answered."""
    _forget(unit, sender.index, draft_id)


def expire(unit: Unit, keyring: Keyring, now: datetime) -> int:
    """Forget sessions and answers past their time; return how many sessions. May be run again at any time."""
    gone = 0
    for index, draft_id, key_id, _, meta, _ in unit.main.all(_DUE, day=shredding.day_of(now)):
        if draft_id is None or now >= _expires(keyring, bytes(index), key_id, bytes(meta)):
            _forget(unit, bytes(index), bytes(draft_id) if draft_id else None)
            gone += 1
    unit.main.run(_EMPTY_OLD, now=int(now.timestamp()))
    unit.main.run(_DROP_MACS, day=shredding.day_of(now) - MACS_LIVE)
    return gone


# --- media of a draft ---------------------------------------------------------------------------


def keep_media(
    unit: Unit, keyring: Keyring, sender: Sender, held: Claim, media_id: bytes, content: bytes, now: datetime
) -> None:
    """Keep a voice note or picture with the draft."""
    open_draft(unit, keyring, held, now)
    sealed = seal(_draft_key(keyring, sender, held), content, _media_context(media_id))
    unit.main.run(_KEEP_MEDIA, id=media_id, session=sender.index, draft_id=held.draft_id, seq=0, sealed=sealed)


def media(unit: Unit, keyring: Keyring, sender: Sender, held: Claim, media_id: bytes) -> bytes:
    """A draft's voice note or picture again. Raises KeyError when there is none, Tampered."""
    found = unit.main.one(_MEDIA, id=media_id, session=sender.index)
    if found is None:
        raise KeyError("no such media in this draft")
    return open_sealed(_draft_key(keyring, sender, held), bytes(found[0]), _media_context(media_id))


def drop_media_except(unit: Unit, sender: Sender, kept: frozenset[bytes]) -> None:
    """Let go of media that no answer holds any more."""
    for (media_id,) in unit.main.all(_MEDIA_IDS, session=sender.index):
        if bytes(media_id) not in kept:
            unit.main.run(_DROP_ONE, id=media_id)


# --- inside -------------------------------------------------------------------------------------


def _repeated(unit: Unit, keyring: Keyring, mac: bytes, now: datetime) -> Claim:
    found = unit.main.one(_ANSWER, mac=mac)
    held = Claim(mac, seen=True)
    if found is None or found[0] is None or found[2] < now.timestamp():
        return held
    shred_key = shredding.fetch(unit, keyring, bytes(found[1]))
    if shred_key is not None:
        held.repeat = open_sealed(_answer_key(shred_key), bytes(found[0]), _answer_context(mac))
    return held


def _forget(unit: Unit, index: bytes, draft_id: bytes | None) -> None:
    if draft_id is not None:
        shredding.shred(unit, draft_id)
    unit.main.run(_EMPTY_ANSWERS, of=index)
    unit.main.run(_DROP_MEDIA, session=index)
    unit.main.run(_FORGET, of=index)


def _expires(keyring: Keyring, index: bytes, key_id: str, meta: bytes) -> datetime:
    opened = open_sealed(keyring.key(Purpose.METADATA, key_id), meta, _context("meta", index, key_id))
    return datetime.fromtimestamp(json.loads(opened)["expires"], UTC)


def _draft_key(keyring: Keyring, sender: Sender, held: Claim) -> bytes:
    assert held.draft_id is not None and held.shred_key is not None
    return sender.draft_key(held.shred_key, keyring.key(Purpose.DRAFT, held.key_id), held.draft_id)


def _answer_key(shred_key: bytes) -> bytes:
    return subkey(shred_key, "answer")


def _context(column: str, index: bytes, key_id: str) -> Context:
    return Context("sessions", column, index, key_id=key_id)


def _answer_context(mac: bytes) -> Context:
    return Context("inbox", "answer", mac)


def _media_context(media_id: bytes) -> Context:
    return Context("draft_media", "sealed", media_id)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
