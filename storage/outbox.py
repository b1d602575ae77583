"""The outbox: what waits to be sent, fetched or wiped, sealed under the key of its day.

A row is written in the turn's own unit of work and leaves when the provider has taken it.
A lease has an end: a worker that dies loses nothing, and its items are sent by another.
Only sends keep their order: a wipe that must wait for its provider holds back no answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from storage import shredding
from storage.database import StorageAway, Unit
from storage.tables import day_keys, outbox, provider_copies
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id, new_key
from storage.vault.sealing import Context, open_sealed, seal
from storage.vault.senders import message_mac

LEASE = timedelta(minutes=2)
WAITS = timedelta(hours=24)  # then it leaves: a day-old answer may reach the wrong eyes
KEYS_LIVE = 2  # days after its own that a day's key is destroyed
KINDS = {"send": 1, "wipe": 2, "fetch": 3}
_KIND_NAMES = {number: name for name, number in KINDS.items()}
_SEND, _WIPE = KINDS["send"], KINDS["wipe"]
_STOPPED = 4  # no item: a mark that this conversation wants nothing that it did not ask for
STOPPED_FOR = timedelta(days=90)  # then the number may be somebody else's
LEFT_LATELY = timedelta(hours=1)  # after a wipe, copies whose ids reach us late are wiped too
_LEFT = ""  # the name under which a wipe itself is remembered
_STATES = ("", "taken", "sent", "delivered", "read", "failed")  # of a copy, never backwards

_p = bindparam
_LAST = select(
    func.coalesce(func.max(outbox.c.seq), 0),
    func.coalesce(func.max(case((outbox.c.kind == _STOPPED, 1), else_=0)), 0),
).where(outbox.c.owner == _p("owner"))
_PUT = outbox.insert().values(
    id=_p("id"),
    owner=_p("owner"),
    seq=_p("seq"),
    kind=_p("kind"),
    channel=_p("channel"),
    sealed=_p("sealed"),
    day_key=_p("day_key"),
    due=_p("due"),
    leaves=_p("leaves"),
    dead_reason=_p("why"),
    attempts=0,
)
_earlier = outbox.alias()
_READY = (
    select(outbox.c.id, outbox.c.owner, outbox.c.kind, outbox.c.sealed, outbox.c.day_key, outbox.c.attempts)
    .where(
        outbox.c.channel == _p("channel"),
        outbox.c.dead_reason.is_(None),
        outbox.c.due <= _p("now"),
        outbox.c.leaves > _p("now"),
        or_(outbox.c.leased_until.is_(None), outbox.c.leased_until < _p("now")),
        # Only the first send of a conversation, leased or not: so its second waits, whoever asks.
        or_(
            outbox.c.kind != _SEND,
            ~exists().where(
                _earlier.c.owner == outbox.c.owner,
                _earlier.c.kind == _SEND,
                _earlier.c.dead_reason.is_(None),
                _earlier.c.leaves > _p("now"),
                or_(_earlier.c.seq < outbox.c.seq, and_(_earlier.c.seq == outbox.c.seq, _earlier.c.id < outbox.c.id)),
            ),
        ),
    )
    .order_by(outbox.c.due, outbox.c.id)
    .limit(_p("most"))
    .with_for_update(of=outbox, skip_locked=True)
)
_LEASE = update(outbox).where(outbox.c.id == _p("of")).values(leased_until=_p("until"), worker=_p("by"))
_DONE = delete(outbox).where(outbox.c.id == _p("of"))
_RETRY = (
    update(outbox)
    .where(outbox.c.id == _p("of"))
    .values(due=_p("when"), leased_until=None, worker=None, attempts=outbox.c.attempts + _p("tried"))
)
_DEAD = update(outbox).where(outbox.c.id == _p("of")).values(dead_reason=_p("why"), leased_until=None, worker=None)
_REWRITE = update(outbox).where(outbox.c.id == _p("of")).values(sealed=_p("sealed"), day_key=_p("day"))
_DROP = delete(outbox).where(outbox.c.owner == _p("of"), outbox.c.kind != _WIPE, outbox.c.kind != _STOPPED)
_DROP_SENDS = delete(outbox).where(outbox.c.owner == _p("of"), outbox.c.kind == _SEND)
_RESUME = delete(outbox).where(outbox.c.owner == _p("of"), outbox.c.kind == _STOPPED)
_LEAVE = delete(outbox).where(outbox.c.leaves <= _p("now"))
_DAY_KEY = select(day_keys.c.wrapped, day_keys.c.key_id).where(day_keys.c.day == _p("of"))
_KEEP_DAY_KEY = (
    insert(day_keys)
    .values(day=_p("day"), wrapped=_p("wrapped"), key_id=_p("key_id"))
    .on_conflict_do_nothing(index_elements=["day"])
)
_DROP_DAY_KEYS = delete(day_keys).where(day_keys.c.day < _p("of"))
_KEEP_COPY = (
    insert(provider_copies)
    .values(id=_p("id"), owner=_p("owner"), sealed=_p("sealed"), day=_p("day"))
    .on_conflict_do_nothing(index_elements=["id"])
)
_COPY = select(provider_copies.c.sealed, provider_copies.c.day).where(provider_copies.c.id == _p("of"))
_HOLD_COPY = _COPY.with_for_update()
_CHANGE_COPY = update(provider_copies).where(provider_copies.c.id == _p("of")).values(sealed=_p("sealed"))
_COPIES = select(provider_copies.c.id, provider_copies.c.sealed, provider_copies.c.day).where(
    provider_copies.c.owner == _p("of")
)
_DROP_COPIES = delete(provider_copies).where(provider_copies.c.owner == _p("of"))
_DROP_OLD_COPY = delete(provider_copies).where(provider_copies.c.id == _p("of"), provider_copies.c.day < _p("before"))
_DROP_OLD_COPIES = delete(provider_copies).where(provider_copies.c.day < _p("of"))


@dataclass(frozen=True, slots=True)
class Leased:
    """One item to deliver now."""

    id: bytes
    owner: bytes = field(repr=False)
    kind: str
    channel: str
    address: str = field(repr=False)
    payload: Mapping[str, Any] = field(repr=False)
    attempts: int


def put(
    unit: Unit,
    keyring: Keyring,
    owner: bytes,
    kind: str,
    channel: str,
    address: str,
    payload: Mapping[str, Any],
    now: datetime,
    *,
    unasked: bool = False,
) -> bool:
    """Let it wait; a send, behind whatever waits to be sent in the same conversation.

    owner    Sender.outbox_tag
    unasked  not an answer to what she wrote: refused, with False, while she wants nothing
    """
    last = unit.main.one(_LAST, owner=owner)
    seq, stopped = last or (0, 0)
    if stopped and kind == "send":
        if unasked:
            return False
        resume(unit, owner)  # she writes again; whether the carrier still refuses, it will say
    item_id, day = new_id(), shredding.day_of(now)
    moment = int(now.timestamp())
    unit.main.run(
        _PUT,
        id=item_id,
        owner=owner,
        seq=seq + 1,
        kind=KINDS[kind],
        channel=channel,
        sealed=_sealed(unit, keyring, item_id, address, payload, day),
        day_key=day,
        due=moment,
        leaves=moment + int(WAITS.total_seconds()),
        why=None,
    )
    return True


def lease(unit: Unit, keyring: Keyring, worker: str, channel: str, limit: int, now: datetime) -> Sequence[Leased]:
    """Items to deliver now: a conversation's sends in order, and no conversation's in two leases at once."""
    moment = int(now.timestamp())
    found: list[Leased] = []
    for item_id, owner, kind, sealed, day, attempts in unit.main.all(_READY, channel=channel, now=moment, most=limit):
        key = day_key_of(unit, keyring, day)
        if key is None:  # its key was destroyed: it opens for nobody any more
            unit.main.run(_DONE, of=item_id)
            continue
        body = json.loads(open_sealed(key, sealed, _context(item_id)))
        unit.main.run(_LEASE, of=item_id, until=moment + int(LEASE.total_seconds()), by=worker)
        found.append(Leased(item_id, owner, _KIND_NAMES[kind], channel, body["address"], body["payload"], attempts))
    return found


def rewrite(
    unit: Unit, keyring: Keyring, item_id: bytes, address: str, payload: Mapping[str, Any], now: datetime
) -> None:
    """Part of it was taken: what is left of it stays in its place, leased as it was."""
    day = shredding.day_of(now)
    unit.main.run(_REWRITE, of=item_id, sealed=_sealed(unit, keyring, item_id, address, payload, day), day=day)


def done(unit: Unit, item_id: bytes) -> None:
    """The provider has taken it."""
    unit.main.run(_DONE, of=item_id)


def retry_at(unit: Unit, item_id: bytes, when: datetime, *, tried: bool = True) -> None:
    """Not now: again from `when` on. `tried`: this was an attempt, not only a wait behind another."""
    unit.main.run(_RETRY, of=item_id, when=int(when.timestamp()), tried=int(tried))


def dead(unit: Unit, item_id: bytes, reason: str) -> None:
    """It will never be taken. `reason`: a code, never words."""
    unit.main.run(_DEAD, of=item_id, why=reason)


def drop(unit: Unit, owner: bytes) -> int:
    """Panic: nothing that waits for this conversation is sent or fetched. Wipes under way stay."""
    return unit.main.run(_DROP, of=owner)


# --- conversations that want nothing ------------------------------------------------------------


def stop(unit: Unit, owner: bytes, channel: str, now: datetime) -> None:
    """She opted out, or blocked us: what waits to be sent goes, and nothing unasked is put for 90 days."""
    unit.main.run(_DROP_SENDS, of=owner)
    resume(unit, owner)
    moment, day = int(now.timestamp()), shredding.day_of(now)
    unit.main.run(
        _PUT,
        id=new_id(),
        owner=owner,
        seq=0,
        kind=_STOPPED,
        channel=channel,
        sealed=b"",
        day_key=day,
        due=moment,
        leaves=moment + int(STOPPED_FOR.total_seconds()),
        why="stopped",
    )


def resume(unit: Unit, owner: bytes) -> None:
    """She writes again, or said START."""
    unit.main.run(_RESUME, of=owner)


def stopped(unit: Unit, owner: bytes) -> bool:
    """Whether this conversation wants nothing that it did not ask for."""
    last = unit.main.one(_LAST, owner=owner)
    return bool(last and last[1])


def expire(unit: Unit, now: datetime) -> None:
    """Rows past their day leave, and keys of days past are destroyed with all they could open."""
    day = shredding.day_of(now)
    unit.main.run(_LEAVE, now=int(now.timestamp()))
    unit.main.run(_DROP_OLD_COPIES, of=day - KEYS_LIVE + 1)
    if unit.keys.run(_DROP_DAY_KEYS, of=day - KEYS_LIVE + 1):
        unit.shredded = True


# --- copies at the provider, so that panic can wipe them ----------------------------------------


def keep_copy(unit: Unit, keyring: Keyring, owner: bytes, name: str, now: datetime, state: str = "") -> None:
    """Remember for 48 h under which name the provider holds a copy, and what became of it.

    state  "", "taken", "sent", "delivered", "read" or "failed". Reports overtake each other and
           come twice: a copy is kept once, and its state goes on only.
    """
    copy_id = _copy_id(keyring, owner, name)
    known = _copy(unit, keyring, copy_id, hold=True)
    if known is None:
        day = shredding.day_of(now)
        unit.main.run(_DROP_OLD_COPY, of=copy_id, before=day - KEYS_LIVE + 1)  # nobody can open that one any more
        body = {"name": name, "state": state, "at": int(now.timestamp())}
        sealed = seal(day_key(unit, keyring, day), json.dumps(body).encode(), _copy_context(copy_id))
        if unit.main.run(_KEEP_COPY, id=copy_id, owner=owner, sealed=sealed, day=day):
            return
        known = _copy(unit, keyring, copy_id, hold=True)  # another report was first
    if known and _STATES.index(state) > _STATES.index(known["state"]):
        # Sealed under the day it came: a late report does not lengthen its life.
        key = day_key(unit, keyring, shredding.day_of(datetime.fromtimestamp(known["at"], UTC)))
        sealed = seal(key, json.dumps({**known, "state": state}).encode(), _copy_context(copy_id))
        unit.main.run(_CHANGE_COPY, of=copy_id, sealed=sealed)


def state_of(unit: Unit, keyring: Keyring, owner: bytes, name: str) -> str | None:
    """What became of a message that we sent; None when none is known by that name any more."""
    known = _copy(unit, keyring, _copy_id(keyring, owner, name))
    return str(known["state"]) if known else None


def take_copies(unit: Unit, keyring: Keyring, owner: bytes, now: datetime) -> list[str]:
    """The names of all copies at the provider; they are forgotten here, and that this happened is kept."""
    names: list[str] = []
    for copy_id, sealed, day in unit.main.all(_COPIES, of=owner):
        known = _opened_copy(unit, keyring, copy_id, sealed, day)
        if known and known["name"] != _LEFT:
            names.append(known["name"])
    unit.main.run(_DROP_COPIES, of=owner)
    keep_copy(unit, keyring, owner, _LEFT, now)
    return names


def left_lately(unit: Unit, keyring: Keyring, owner: bytes, now: datetime) -> bool:
    """Whether this conversation's copies were wiped within the hour."""
    known = _copy(unit, keyring, _copy_id(keyring, owner, _LEFT))
    return known is not None and now.timestamp() - known["at"] < LEFT_LATELY.total_seconds()


def _copy_id(keyring: Keyring, owner: bytes, name: str) -> bytes:
    return message_mac(keyring, "copy", f"{owner.hex()}:{name}")


def _copy(unit: Unit, keyring: Keyring, copy_id: bytes, *, hold: bool = False) -> dict[str, Any] | None:
    found = unit.main.one(_HOLD_COPY if hold else _COPY, of=copy_id)
    return None if found is None else _opened_copy(unit, keyring, copy_id, found[0], found[1])


def _opened_copy(unit: Unit, keyring: Keyring, copy_id: bytes, sealed: bytes, day: int) -> dict[str, Any] | None:
    """What is kept of a copy; None once the key of its day was destroyed."""
    key = day_key_of(unit, keyring, day)
    if key is None:
        return None
    known: dict[str, Any] = json.loads(open_sealed(key, sealed, _copy_context(copy_id)))
    return known


# --- the key of a day ---------------------------------------------------------------------------


def day_key(unit: Unit, keyring: Keyring, day: int) -> bytes:
    """The 32-byte key of a day, made when first asked for."""
    found = day_key_of(unit, keyring, day)
    if found is not None:
        return found
    wrapped = seal(keyring.key(Purpose.ROUTES), new_key(), _day_context(day, keyring.current))
    unit.keys.run(_KEEP_DAY_KEY, day=day, wrapped=wrapped, key_id=keyring.current)
    made = day_key_of(unit, keyring, day)  # another may have been first
    if made is None:
        raise StorageAway("the day's key went while it was made")
    return made


def day_key_of(unit: Unit, keyring: Keyring, day: int) -> bytes | None:
    """The key of a day; None once it was destroyed."""
    known: bytes | None = unit.scratch.get(("day key", day))  # several items of one unit ask for it
    if known is None and (row := unit.keys.one(_DAY_KEY, of=day)) is not None:
        known = open_sealed(keyring.key(Purpose.ROUTES, row[1]), row[0], _day_context(day, row[1]))
        unit.scratch["day key", day] = known
    return known


def _sealed(unit: Unit, keyring: Keyring, item_id: bytes, address: str, payload: Mapping[str, Any], day: int) -> bytes:
    body = json.dumps({"address": address, "payload": payload}, ensure_ascii=False).encode()
    return seal(day_key(unit, keyring, day), body, _context(item_id))


def _context(item_id: bytes) -> Context:
    return Context("outbox", "sealed", item_id)


def _copy_context(copy_id: bytes) -> Context:
    return Context("provider_copies", "sealed", copy_id)


def _day_context(day: int, key_id: str) -> Context:
    return Context("day_keys", "wrapped", day.to_bytes(4, "big"), key_id=key_id)
