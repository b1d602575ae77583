"""The outbox: what waits to be sent, in order, sealed under the key of its day.

A row is written in the turn's own unit of work and leaves when the provider has taken it.
A lease has an end: a worker that dies loses nothing, and its items are sent by another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from storage import shredding
from storage.database import Unit
from storage.tables import day_keys, outbox, provider_copies
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id, new_key
from storage.vault.sealing import Context, open_sealed, seal

LEASE = timedelta(minutes=2)
WAITS = timedelta(hours=24)  # then it leaves: a day-old answer may reach the wrong eyes
KEYS_LIVE = 2  # days after its own that a day's key is destroyed
KINDS = {"send": 1, "wipe": 2}
_KIND_NAMES = {number: name for name, number in KINDS.items()}

_p = bindparam
_LAST = select(func.coalesce(func.max(outbox.c.seq), 0)).where(outbox.c.owner == _p("owner"))
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
    attempts=0,
)
_leased = or_(outbox.c.leased_until.is_(None), outbox.c.leased_until < _p("now"))
_READY = (
    select(
        outbox.c.id,
        outbox.c.owner,
        outbox.c.seq,
        outbox.c.kind,
        outbox.c.channel,
        outbox.c.sealed,
        outbox.c.day_key,
        outbox.c.attempts,
        outbox.c.due,
        outbox.c.leased_until,
    )
    .where(outbox.c.channel == _p("channel"), outbox.c.dead_reason.is_(None), outbox.c.leaves > _p("now"))
    .order_by(outbox.c.owner, outbox.c.seq)
    .limit(_p("most"))
    .with_for_update(skip_locked=True)
)
_LEASE = update(outbox).where(outbox.c.id == _p("of")).values(leased_until=_p("until"), worker=_p("by"))
_DONE = delete(outbox).where(outbox.c.id == _p("of"))
_RETRY = (
    update(outbox)
    .where(outbox.c.id == _p("of"))
    .values(due=_p("when"), leased_until=None, worker=None, attempts=outbox.c.attempts + 1)
)
_DEAD = update(outbox).where(outbox.c.id == _p("of")).values(dead_reason=_p("why"), leased_until=None, worker=None)
_DROP = delete(outbox).where(outbox.c.owner == _p("of"))
_LEAVE = delete(outbox).where(outbox.c.leaves <= _p("now"))
_DAY_KEY = select(day_keys.c.wrapped, day_keys.c.key_id).where(day_keys.c.day == _p("of"))
_KEEP_DAY_KEY = (
    insert(day_keys)
    .values(day=_p("day"), wrapped=_p("wrapped"), key_id=_p("key_id"))
    .on_conflict_do_nothing(index_elements=["day"])
)
_DROP_DAY_KEYS = delete(day_keys).where(day_keys.c.day < _p("of"))
_KEEP_COPY = provider_copies.insert().values(id=_p("id"), owner=_p("owner"), sealed=_p("sealed"), day=_p("day"))
_COPIES = select(provider_copies.c.id, provider_copies.c.sealed, provider_copies.c.day).where(
    provider_copies.c.owner == _p("of")
)
_DROP_COPIES = delete(provider_copies).where(provider_copies.c.owner == _p("of"))
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
) -> None:
    """Let it wait behind whatever waits for the same conversation. `owner`: Sender.outbox_tag."""
    last = unit.main.one(_LAST, owner=owner)
    item_id, day = new_id(), shredding.day_of(now)
    key = day_key(unit, keyring, day)
    body = json.dumps({"address": address, "payload": payload}, ensure_ascii=False).encode()
    moment = int(now.timestamp())
    unit.main.run(
        _PUT,
        id=item_id,
        owner=owner,
        seq=(last[0] if last else 0) + 1,
        kind=KINDS[kind],
        channel=channel,
        sealed=seal(key, body, _context(item_id)),
        day_key=day,
        due=moment,
        leaves=moment + int(WAITS.total_seconds()),
    )


def lease(unit: Unit, keyring: Keyring, worker: str, channel: str, limit: int, now: datetime) -> Sequence[Leased]:
    """Items to deliver now: a conversation's in order, and no conversation in two leases at once."""
    moment = int(now.timestamp())
    found: list[Leased] = []
    held: set[bytes] = set()  # conversations whose next item must still wait
    for item_id, owner, _, kind, name, sealed, day, attempts, due, until in unit.main.all(
        _READY, channel=channel, now=moment, most=limit * 10
    ):
        owner = bytes(owner)
        if owner in held:
            continue
        if due > moment or (until is not None and until >= moment):
            held.add(owner)
            continue
        key = day_key_of(unit, keyring, day)
        if key is None:  # its key was destroyed: it opens for nobody any more
            unit.main.run(_DONE, of=item_id)
            continue
        body = json.loads(open_sealed(key, bytes(sealed), _context(bytes(item_id))))
        unit.main.run(_LEASE, of=item_id, until=moment + int(LEASE.total_seconds()), by=worker)
        found.append(Leased(bytes(item_id), owner, _KIND_NAMES[kind], name, body["address"], body["payload"], attempts))
        if len(found) == limit:
            break
    return found


def done(unit: Unit, item_id: bytes) -> None:
    """The provider has taken it."""
    unit.main.run(_DONE, of=item_id)


def retry_at(unit: Unit, item_id: bytes, when: datetime) -> None:
    """Not now: again from `when` on."""
    unit.main.run(_RETRY, of=item_id, when=int(when.timestamp()))


def dead(unit: Unit, item_id: bytes, reason: str) -> None:
    """It will never be taken. `reason`: a code, never words."""
    unit.main.run(_DEAD, of=item_id, why=reason)


def drop(unit: Unit, owner: bytes) -> int:
    """Panic: nothing that waits for this conversation is sent."""
    return unit.main.run(_DROP, of=owner)


def expire(unit: Unit, now: datetime) -> None:
    """Rows past their day leave, and keys of days past are destroyed with all they could open."""
    day = shredding.day_of(now)
    unit.main.run(_LEAVE, now=int(now.timestamp()))
    unit.main.run(_DROP_OLD_COPIES, of=day - KEYS_LIVE + 1)
    if unit.keys.run(_DROP_DAY_KEYS, of=day - KEYS_LIVE + 1):
        unit.shredded = True


# --- copies at the provider, so that panic can wipe them ----------------------------------------


def keep_copy(unit: Unit, keyring: Keyring, owner: bytes, name: str, now: datetime) -> None:
    """Remember for 48 h under which name the provider holds a copy of a message."""
    copy_id, day = new_id(), shredding.day_of(now)
    sealed = seal(day_key(unit, keyring, day), name.encode(), _copy_context(copy_id))
    unit.main.run(_KEEP_COPY, id=copy_id, owner=owner, sealed=sealed, day=day)


def take_copies(unit: Unit, keyring: Keyring, owner: bytes) -> list[str]:
    """The names of all copies at the provider; they are forgotten here."""
    names = []
    for copy_id, sealed, day in unit.main.all(_COPIES, of=owner):
        key = day_key_of(unit, keyring, day)
        if key is not None:
            names.append(open_sealed(key, bytes(sealed), _copy_context(bytes(copy_id))).decode())
    unit.main.run(_DROP_COPIES, of=owner)
    return names


# --- the key of a day ---------------------------------------------------------------------------


def day_key(unit: Unit, keyring: Keyring, day: int) -> bytes:
    """The 32-byte key of a day, made when first asked for."""
    found = day_key_of(unit, keyring, day)
    if found is not None:
        return found
    wrapped = seal(keyring.key(Purpose.ROUTES), new_key(), _day_context(day, keyring.current))
    unit.keys.run(_KEEP_DAY_KEY, day=day, wrapped=wrapped, key_id=keyring.current)
    made = day_key_of(unit, keyring, day)  # another may have been first
    assert made is not None
    return made


def day_key_of(unit: Unit, keyring: Keyring, day: int) -> bytes | None:
    """The key of a day; None once it was destroyed."""
    row = unit.keys.one(_DAY_KEY, of=day)
    if row is None:
        return None
    return open_sealed(keyring.key(Purpose.ROUTES, row[1]), bytes(row[0]), _day_context(day, row[1]))


def _context(item_id: bytes) -> Context:
    return Context("outbox", "sealed", item_id)


def _copy_context(copy_id: bytes) -> Context:
    return Context("provider_copies", "sealed", copy_id)


def _day_context(day: int, key_id: str) -> Context:
    return Context("day_keys", "wrapped", day.to_bytes(4, "big"), key_id=key_id)
