"""Subscriptions: where and what somebody wants to be told of, each one seal under a shred key of its own.

One row a person and address, found by a tag that only her address makes. Districts lie within the seal: a stolen table tells
how many there are, and until which day. A row lives 90 days, because numbers are given to other people. Ended is ended: its
key goes, and no backup of the main database begins it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from storage import audit, outbox, shredding
from storage.database import StorageError, Unit
from storage.shredding import day_of
from storage.tables import subscriptions
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import Context, open_sealed, seal, subkey
from storage.vault.senders import Sender

LIVES = 90  # days

_p = bindparam
_PUT = subscriptions.insert().values({column.name: _p(column.name) for column in subscriptions.c})
_COLUMNS = (subscriptions.c.tag, subscriptions.c.sealed, subscriptions.c.key_id, subscriptions.c.until_day)
_ALL = select(*_COLUMNS).where(subscriptions.c.until_day >= _p("day")).order_by(subscriptions.c.tag)
_HELD = select(*_COLUMNS).where(subscriptions.c.tag == _p("of")).with_for_update()
_SAVE = update(subscriptions).where(subscriptions.c.tag == _p("of")).values(sealed=_p("anew"), key_id=_p("key_now"))
_DROP = delete(subscriptions).where(subscriptions.c.tag == _p("of"))
_OLD = select(subscriptions.c.tag).where(subscriptions.c.until_day < _p("day"))
_COUNT = select(func.count()).where(subscriptions.c.until_day >= _p("day"))


@dataclass(frozen=True, slots=True)
class Sent:
    """A post that was put into the outbox for her."""

    at: int  # seconds since 1970
    item: str  # the outbox item, hex


@dataclass(slots=True)
class Subscription:
    """What one person wants to be told of, and where."""

    tag: bytes = field(repr=False)
    until_day: int  # days since 1970
    channel: str
    address: str = field(repr=False)
    owner: str = field(repr=False)  # Sender.outbox_tag, hex
    session: str = field(repr=False)  # Sender.index, hex
    language: str
    since: int  # seconds since 1970: of what was told before she has heard
    hours: str = ""  # when she may be written to, as she chose; "" for the hours of the day
    districts: tuple[str, ...] = ()  # ids; "" among them: every district
    sent: dict[str, Sent] = field(default_factory=dict, repr=False)  # by a post's id


def put(unit: Unit, keyring: Keyring, sender: Sender, fresh: Subscription, now: datetime) -> None:
    """Keep it instead of what she had."""
    for one in sender.everyone:
        let_go(unit, one.news_tag)
    shredding.shred(unit, fresh.tag)  # one without a row: a kill came between the two commits
    shredding.make(unit, keyring, fresh.tag, now)
    unit.main.run(
        _PUT,
        tag=fresh.tag,
        tag_key_id=sender.key_id,
        sealed=_sealed(unit, keyring, fresh),
        key_id=keyring.current,
        until_day=fresh.until_day,
    )


def of(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> Subscription | None:
    """Hers, held until this unit ends. One that somebody changed goes, and that is put on record."""
    for one in sender.everyone:
        found = held(unit, keyring, one.news_tag, now)
        if found is not None:
            return found
    return None


def held(unit: Unit, keyring: Keyring, tag: bytes, now: datetime) -> Subscription | None:
    """One, held until this unit ends; None when it is gone, past its day, or was changed."""
    row = unit.main.one(_HELD, of=tag)
    if row is None or row[3] < day_of(now):
        return None
    try:
        found = _opened(unit, keyring, row)
    except Tampered as fault:
        found = None
        audit.note_fault(unit, keyring, str(fault), now)
    if found is None:
        let_go(unit, tag)
    return found


def every(unit: Unit, keyring: Keyring, now: datetime) -> Iterator[Subscription]:
    """All that live, to look at; one that somebody changed is left out until it is held."""
    for row in unit.main.all(_ALL, day=day_of(now)):
        with suppress(Tampered):
            found = _opened(unit, keyring, row)
            if found is not None:
                yield found


def save(unit: Unit, keyring: Keyring, kept: Subscription) -> None:
    """Keep what changed in one that is held."""
    unit.main.run(_SAVE, of=kept.tag, anew=_sealed(unit, keyring, kept), key_now=keyring.current)


def drop(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> bool:
    """She wants nothing more: hers goes, and what waits for her goes back. Whether there was one."""
    known = of(unit, keyring, sender, now)
    if known is not None:
        take_back(unit, known, now)
    return sum(let_go(unit, one.news_tag) for one in sender.everyone) > 0


def take_back(unit: Unit, known: Subscription, now: datetime, post: str = "") -> None:
    """Nothing that waits for her is sent, or only not this post; but for what is on its way in this moment."""
    for name, sent in known.sent.items():
        if post in ("", name):
            outbox.take_back(unit, bytes.fromhex(sent.item), now)


def let_go(unit: Unit, tag: bytes) -> bool:
    """Take one away for good; whether it was there."""
    there = unit.main.run(_DROP, of=tag) > 0
    if there:
        shredding.shred(unit, tag)
    return there


def expire(unit: Unit, day: int) -> int:
    """Take away what is past its day; return how many."""
    old = [row[0] for row in unit.main.all(_OLD, day=day)]
    return sum(let_go(unit, tag) for tag in old)


def reseal(unit: Unit, keyring: Keyring, tag: bytes) -> None:
    """Bring one under the current key. Raises Tampered."""
    row = unit.main.one(_HELD, of=tag)
    found = None if row is None else _opened(unit, keyring, row)
    if found is not None:
        save(unit, keyring, found)


def count(unit: Unit, now: datetime) -> int:
    """How many live."""
    found = unit.main.one(_COUNT, day=day_of(now))
    return int(found[0]) if found else 0


def _sealed(unit: Unit, keyring: Keyring, one: Subscription) -> bytes:
    shred_key = shredding.fetch(unit, keyring, one.tag)
    if shred_key is None:
        raise StorageError("subscriptions: nothing to seal it under; it was let go")
    body = {name: value for name, value in asdict(one).items() if name not in ("tag", "until_day")}
    plain = json.dumps(body, ensure_ascii=False).encode()
    context = _context(one.tag, keyring.current, one.until_day)
    return seal(_key(keyring, keyring.current, shred_key), plain, context)


def _opened(unit: Unit, keyring: Keyring, row: tuple[Any, ...]) -> Subscription | None:
    """None where its key was shredded: what an old backup brought back."""
    tag, sealed, key_id, until_day = row
    shred_key = shredding.fetch(unit, keyring, tag)
    if shred_key is None:
        return None
    body = json.loads(open_sealed(_key(keyring, key_id, shred_key), sealed, _context(tag, key_id, until_day)))
    sent = {post: Sent(**one) for post, one in body.pop("sent").items()}
    districts = tuple(body.pop("districts"))
    return Subscription(tag, until_day, sent=sent, districts=districts, **body)


def _key(keyring: Keyring, key_id: str, shred_key: bytes) -> bytes:
    return subkey(keyring.key(Purpose.ROUTES, key_id) + shred_key, "subscription")


def _context(tag: bytes, key_id: str, until_day: int) -> Context:
    return Context("subscriptions", "sealed", tag, seq=until_day, key_id=key_id)
