"""Facts: what may be counted, in a table that joins to nothing.

A fact waits sealed under a key of its own; waiting ones go over in one shuffled batch a day, so that neither
order nor time tells whose they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select

from storage import audit, shredding, wishes
from storage.database import Unit
from storage.reports import Report
from storage.tables import facts, pending_facts
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id, shuffled
from storage.vault.sealing import Context, open_sealed, seal, subkey

_WISH = "wish"
_p = bindparam
_PUT = facts.insert().values({column.name: _p(column.name) for column in facts.c})
_PENDING = pending_facts.insert().values(id=_p("id"), sealed=_p("sealed"), key_id=_p("key_id"), day=_p("day"))
_PENDING_ALL = select(pending_facts.c.id, pending_facts.c.sealed, pending_facts.c.key_id, pending_facts.c.day)
_DROP_PENDING = delete(pending_facts).where(pending_facts.c.id == _p("of"))
_DROP_FACT = delete(facts).where(facts.c.tag == _p("of"))


def add_pending(
    unit: Unit,
    keyring: Keyring,
    report: Report,
    fact: dict[str, Any],
    now: datetime,
    wish: dict[str, Any] | None = None,
) -> None:
    """Let a fact wait, sealed, for the day's batch. The caller saves the report.

    wish  an institution that the list lacks; see storage.wishes
    """
    fact_id, day = new_id(), shredding.day_of(now)
    shred_key = shredding.make(unit, keyring, fact_id, now)
    tag = subkey(report.shred_key, "fact").hex()
    wished = subkey(report.shred_key, "wish").hex()
    body = json.dumps(
        {**fact, "tag": tag, _WISH: {**wish, "tag": wished} if wish else None}, ensure_ascii=False
    ).encode()
    sealed = seal(_key(keyring, keyring.current, shred_key), body, _context(fact_id, day))
    unit.main.run(_PENDING, id=fact_id, sealed=sealed, key_id=keyring.current, day=day)
    report.refs |= {"pending": fact_id.hex(), "fact": tag} | ({_WISH: wished} if wish else {})


def count_pending(unit: Unit, keyring: Keyring, now: datetime) -> int:
    """Move every waiting fact among the counted ones, and every wish among the wishes, in random orders; return how many facts."""
    waiting = shuffled(_taken(unit, keyring, now))
    for wish in shuffled(wish for fact in waiting if (wish := fact.pop(_WISH, None))):
        wishes.put(unit, keyring, bytes.fromhex(wish["tag"]), wish)
    for fact in waiting:
        unit.main.run(_PUT, **{**fact, "tag": bytes.fromhex(fact["tag"]), "mark": bytes.fromhex(fact["mark"])})
    return len(waiting)


def uncount(unit: Unit, report: Report) -> None:
    """Take a report out of the numbers, counted already or not. The caller saves the report."""
    for name in ("pending", "fact", _WISH):
        drop(unit, name, report.refs.pop(name, None))


def drop(unit: Unit, name: str, reference: str | None) -> None:
    """Take away a waiting or counted fact by what a report calls it; nothing when there is none."""
    if reference is None:
        return
    of = bytes.fromhex(reference)
    if name == "pending":
        shredding.shred(unit, of)
        unit.main.run(_DROP_PENDING, of=of)
    elif name == "fact":
        unit.main.run(_DROP_FACT, of=of)
    elif name == _WISH:
        wishes.drop(unit, of)


def _taken(unit: Unit, keyring: Keyring, now: datetime) -> Iterator[dict[str, Any]]:
    for fact_id, sealed, key_id, day in unit.main.all(_PENDING_ALL):
        shred_key = shredding.fetch(unit, keyring, fact_id)
        if shred_key is not None:
            try:
                yield json.loads(open_sealed(_key(keyring, key_id, shred_key), sealed, _context(fact_id, day)))
            except Tampered as fault:  # the others are counted all the same
                audit.note_fault(unit, keyring, str(fault), now)
            shredding.shred(unit, fact_id)
        unit.main.run(_DROP_PENDING, of=fact_id)


def _key(keyring: Keyring, key_id: str, shred_key: bytes) -> bytes:
    return subkey(keyring.key(Purpose.METADATA, key_id) + shred_key, "pending fact")


def _context(fact_id: bytes, day: int) -> Context:
    return Context("pending_facts", "sealed", fact_id, seq=day)
