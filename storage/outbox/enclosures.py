"""Files that go out with an item, sealed under the key of its day: the worker that sends has no key to the case itself.

Some providers are handed the bytes; others fetch them, from an address that is made when the item is sent, that nobody can
guess, and that opens for two minutes after it was first asked for, an hour at most. What an address is made from is
kept nowhere: a stolen database serves no file.
"""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, update

from storage import audit
from storage.database import Unit
from storage.outbox.days import day_key, day_key_of
from storage.shredding import day_of
from storage.tables import enclosures
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring
from storage.vault.randomness import new_key
from storage.vault.sealing import Context, mac, open_sealed, seal, subkey

LINK_LIVES = timedelta(hours=1)
AGAIN_FOR = timedelta(minutes=2)  # after the first fetch: a provider asks twice, or was cut off

_ID = 16  # bytes of an item's id

_p = bindparam
_KEEP = enclosures.insert().values(
    id=_p("id"),
    owner=_p("owner"),
    sealed=_p("sealed"),
    day_key=_p("day_key"),
    link=None,
    link_until=None,
    until=_p("until"),
)
_ONE = select(enclosures.c.owner, enclosures.c.sealed, enclosures.c.day_key).where(enclosures.c.id == _p("of"))
_link_ends = func.coalesce(enclosures.c.link_until, enclosures.c.until)  # an earlier version wrote it into the latter
_LINKED = (
    select(
        enclosures.c.owner,
        enclosures.c.sealed,
        enclosures.c.day_key,
        enclosures.c.link,
        _link_ends,
        enclosures.c.until == _link_ends,
    )
    .where(
        enclosures.c.id == _p("of"),
        enclosures.c.until > _p("now"),
        _link_ends > _p("now"),
        enclosures.c.link.is_not(None),
    )
    .with_for_update()
)
_DAY = select(enclosures.c.day_key).where(enclosures.c.id == _p("of"))
_LINK = update(enclosures).where(enclosures.c.id == _p("of")).values(link=_p("link_now"), link_until=_p("ends"))
_ENDS_WITH_LINK = (
    update(enclosures).where(enclosures.c.id == _p("of"), enclosures.c.link.is_not(None)).values(until=_link_ends)
)
_DROP = delete(enclosures).where(enclosures.c.id == _p("of"))
_DROP_HANDED = delete(enclosures).where(enclosures.c.id == _p("of"), enclosures.c.link.is_(None))
_DROP_ALL = delete(enclosures).where(enclosures.c.owner == _p("of"))
_OF = select(enclosures.c.id, enclosures.c.sealed, enclosures.c.day_key).where(enclosures.c.owner == _p("of"))
_ADOPT = update(enclosures).where(enclosures.c.id == _p("of")).values(owner=_p("owner_now"), sealed=_p("sealed_now"))
_EXPIRE = delete(enclosures).where(enclosures.c.until <= _p("now"))


@dataclass(frozen=True, slots=True)
class Enclosed:
    """One file as it goes out."""

    type: str
    name: str
    content: bytes = field(repr=False)


def enclose(
    unit: Unit, keyring: Keyring, owner: bytes, item_id: bytes, file: Enclosed, until: datetime, now: datetime
) -> None:
    """Keep a file for an item of the outbox, as long as that may wait.

    owner  Sender.outbox_tag, the item's
    """
    day = day_of(now)
    sealed = seal(day_key(unit, keyring, day), _packed(file), _context(item_id, owner, day))
    unit.main.run(_KEEP, id=item_id, owner=owner, sealed=sealed, day_key=day, until=int(until.timestamp()))


def enclosed(unit: Unit, keyring: Keyring, item_id: bytes, now: datetime) -> Enclosed | None:
    """An item's file; None when it is gone. One that somebody changed goes, and that is put on record."""
    row = unit.main.one(_ONE, of=item_id)
    if row is None:
        return None
    owner, sealed, day = row
    return _sound(unit, keyring, item_id, owner, sealed, day, now)


def link_to(unit: Unit, keyring: Keyring, item_id: bytes, now: datetime) -> str | None:
    """What the address of an item's file ends with, from now on and no other; None when the file is gone."""
    row = unit.main.one(_DAY, of=item_id)
    key = None if row is None else day_key_of(unit, keyring, row[0])
    if key is None:
        return None
    secret, ends = new_key(), int((now + LINK_LIVES).timestamp())
    unit.main.run(_LINK, of=item_id, link_now=_link(key, item_id, secret, ends), ends=ends)
    return base64.urlsafe_b64encode(item_id + secret).decode()


def fetched(unit: Unit, keyring: Keyring, end: str, now: datetime) -> Enclosed | None:
    """The file at an address that a provider asks for; None when there is none, or not any more."""
    try:
        given = base64.urlsafe_b64decode(end.encode("ascii", "replace"))
    except ValueError:
        return None
    item_id, secret = given[:_ID], given[_ID:]
    row = unit.main.one(_LINKED, of=item_id, now=int(now.timestamp()))
    key = None if row is None else day_key_of(unit, keyring, row[2])
    if row is None or key is None:
        return None
    owner, sealed, day, link, ends, taken = row
    if not hmac.compare_digest(link, _link(key, item_id, secret, ends)):
        return None
    soon = min(ends, int((now + AGAIN_FOR).timestamp()))
    unit.main.run(_LINK, of=item_id, link_now=_link(key, item_id, secret, soon), ends=soon)
    if taken:
        unit.main.run(_ENDS_WITH_LINK, of=item_id)
    return _sound(unit, keyring, item_id, owner, sealed, day, now)


def handed_over(unit: Unit, item_id: bytes) -> None:
    """The provider has taken the item: its file goes, or stays as long as the address at which the provider fetches it."""
    unit.main.run(_DROP_HANDED, of=item_id)
    unit.main.run(_ENDS_WITH_LINK, of=item_id)


def drop_file(unit: Unit, item_id: bytes) -> None:
    """The file of an item goes at once, and its address opens nothing more."""
    unit.main.run(_DROP, of=item_id)


def drop_files(unit: Unit, owner: bytes) -> None:
    """Every file of a conversation goes."""
    unit.main.run(_DROP_ALL, of=owner)


def adopt_files(unit: Unit, keyring: Keyring, older: bytes, owner: bytes, now: datetime) -> None:
    """After a rotation: files of a conversation under an earlier tag come under the current one."""
    for item_id, sealed, day in unit.main.all(_OF, of=older):
        file = _sound(unit, keyring, item_id, older, sealed, day, now)
        if file is not None:
            anew = seal(day_key(unit, keyring, day), _packed(file), _context(item_id, owner, day))
            unit.main.run(_ADOPT, of=item_id, owner_now=owner, sealed_now=anew)


def expire_files(unit: Unit, now: datetime) -> None:
    """Files whose time is over leave."""
    unit.main.run(_EXPIRE, now=int(now.timestamp()))


def _packed(file: Enclosed) -> bytes:
    return json.dumps({"type": file.type, "name": file.name}).encode() + b"\n" + file.content


def _sound(
    unit: Unit, keyring: Keyring, item_id: bytes, owner: bytes, sealed: bytes, day: int, now: datetime
) -> Enclosed | None:
    try:
        key = day_key_of(unit, keyring, day)
        inside = None if key is None else open_sealed(key, sealed, _context(item_id, owner, day))
    except Tampered as fault:
        unit.main.run(_DROP, of=item_id)
        audit.note_fault(unit, keyring, str(fault), now)
        return None
    if inside is None:  # the key of its day was destroyed
        return None
    head, _, content = inside.partition(b"\n")
    known = json.loads(head)
    return Enclosed(known["type"], known["name"], content)


def _link(key: bytes, item_id: bytes, secret: bytes, until: int) -> bytes:
    # Keyed, and over its own row: who writes into the table can make, move or stretch no address.
    return mac(subkey(key, "enclosure link"), item_id, secret, until.to_bytes(8, "big"))


def _context(item_id: bytes, owner: bytes, day: int) -> Context:
    return Context("enclosures", "sealed", item_id, report=owner, seq=day)
