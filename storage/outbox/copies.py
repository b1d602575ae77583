"""Copies at the provider, by the names it knows them by: kept for 48 hours, so that panic can wipe them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from storage import audit, shredding
from storage.database import Unit
from storage.outbox.days import day_key, day_key_of, first_alive
from storage.tables import provider_copies
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring
from storage.vault.sealing import Context, open_sealed, seal
from storage.vault.senders import message_mac

LEFT_LATELY = timedelta(hours=1)  # after a wipe, copies whose ids reach us late are wiped too
_LEFT = ""  # the name under which a wipe itself is remembered
_STATES = ("", "taken", "sent", "delivered", "read", "failed")  # of a copy, never backwards

_p = bindparam
_KEEP = (
    insert(provider_copies)
    .values(id=_p("id"), owner=_p("owner"), sealed=_p("sealed"), day=_p("day"))
    .on_conflict_do_nothing(index_elements=["id"])
)
_ONE = select(provider_copies.c.sealed, provider_copies.c.day).where(provider_copies.c.id == _p("of"))
_HOLD = _ONE.with_for_update()
_CHANGE = update(provider_copies).where(provider_copies.c.id == _p("of")).values(sealed=_p("sealed"))
_OF = select(provider_copies.c.id, provider_copies.c.sealed, provider_copies.c.day).where(
    provider_copies.c.owner == _p("of")
)
_DROP = delete(provider_copies).where(provider_copies.c.owner == _p("of"))
_DROP_ONE = delete(provider_copies).where(provider_copies.c.id == _p("of"))
_DROP_OLD = delete(provider_copies).where(provider_copies.c.id == _p("of"), provider_copies.c.day < _p("before"))
_DROP_EXPIRED = delete(provider_copies).where(provider_copies.c.day < _p("of"))


def keep_copy(
    unit: Unit,
    keyring: Keyring,
    owner: bytes,
    name: str,
    now: datetime,
    state: str = "",
    about: str = "",
    why: str = "",
) -> None:
    """Remember for 48 h under which name the provider holds a copy, and what became of it.

    state  "", "taken", "sent", "delivered", "read" or "failed". Reports overtake each other and
           come twice: a copy is kept once, and its state goes on only.
    about  what it is a copy of, to whoever sent it; see `about`
    why    of "failed": a code and a reason, never words
    """
    more = {name: value for name, value in (("about", about), ("why", why)) if value}
    copy_id = _id_of(keyring, owner, name)
    body = {"name": name, "state": state, "at": int(now.timestamp())} | more
    # What she sends is nearly always new, and what a provider reports of is nearly always known.
    if not state and _made(unit, keyring, copy_id, owner, body, now):
        return
    known = _held(unit, keyring, copy_id, owner, now)
    if known is None:
        unit.main.run(_DROP_OLD, of=copy_id, before=first_alive(now))  # nobody can open that one any more
        if _made(unit, keyring, copy_id, owner, body, now):
            return
        known = _held(unit, keyring, copy_id, owner, now)  # another report was first
    told_late = bool(known and about and "about" not in known)  # its state overtook what sent it
    if known and (told_late or _STATES.index(state) > _STATES.index(known["state"])):
        state = max(state, known["state"], key=_STATES.index)
        known |= more
        # Sealed under the day it came: a late report does not lengthen its life.
        key = day_key(unit, keyring, shredding.day_of(datetime.fromtimestamp(known["at"], UTC)))
        sealed = seal(key, json.dumps({**known, "state": state}).encode(), _context(copy_id, owner))
        unit.main.run(_CHANGE, of=copy_id, sealed=sealed)


def state_of(unit: Unit, keyring: Keyring, owner: bytes, name: str) -> str | None:
    """What became of a message that we sent; None when none is known by that name any more. Raises Tampered."""
    known = _found(unit, keyring, owner, name)
    return str(known["state"]) if known else None


def why_of(unit: Unit, keyring: Keyring, owner: bytes, name: str) -> str:
    """Why it failed, as `keep_copy` was told; "" where nobody said. Raises Tampered."""
    known = _found(unit, keyring, owner, name)
    return str(known.get("why", "")) if known else ""


def about(unit: Unit, keyring: Keyring, owner: bytes, name: str) -> str:
    """What a copy is of, as `keep_copy` was told; "" when nobody said. Raises Tampered."""
    known = _found(unit, keyring, owner, name)
    return str(known.get("about", "")) if known else ""


def take_copies(unit: Unit, keyring: Keyring, owner: bytes, now: datetime) -> list[str]:
    """The names of all copies at the provider; they are forgotten here, and that this happened is kept."""
    names = [known["name"] for known in _taken(unit, keyring, owner, now) if known["name"] != _LEFT]
    keep_copy(unit, keyring, owner, _LEFT, now)
    return names


def left_lately(unit: Unit, keyring: Keyring, owner: bytes, now: datetime) -> bool:
    """Whether this conversation's copies were wiped within the hour. Raises Tampered."""
    known = _found(unit, keyring, owner, _LEFT)
    return known is not None and now.timestamp() - known["at"] < LEFT_LATELY.total_seconds()


def adopt_copies(unit: Unit, keyring: Keyring, older: bytes, owner: bytes, now: datetime) -> None:
    """After a rotation: what is kept of a conversation under an earlier tag comes under the current one."""
    for known in _taken(unit, keyring, older, now):
        at, what = datetime.fromtimestamp(known["at"], UTC), (known.get("about", ""), known.get("why", ""))
        keep_copy(unit, keyring, owner, known["name"], at, known["state"], *what)


def expire_copies(unit: Unit, now: datetime) -> None:
    """Forget copies whose day has no key any more."""
    unit.main.run(_DROP_EXPIRED, of=first_alive(now))


def _made(unit: Unit, keyring: Keyring, copy_id: bytes, owner: bytes, body: dict[str, Any], now: datetime) -> bool:
    """Keep what is known of a copy, unless something is known of it already."""
    day = shredding.day_of(now)
    sealed = seal(day_key(unit, keyring, day), json.dumps(body).encode(), _context(copy_id, owner))
    return unit.main.run(_KEEP, id=copy_id, owner=owner, sealed=sealed, day=day) > 0


def _id_of(keyring: Keyring, owner: bytes, name: str) -> bytes:
    return message_mac(keyring, "copy", f"{owner.hex()}:{name}")


def _found(unit: Unit, keyring: Keyring, owner: bytes, name: str) -> dict[str, Any] | None:
    copy_id = _id_of(keyring, owner, name)
    row = unit.main.one(_ONE, of=copy_id)
    return None if row is None else _opened(unit, keyring, copy_id, owner, *row)


def _held(unit: Unit, keyring: Keyring, copy_id: bytes, owner: bytes, now: datetime) -> dict[str, Any] | None:
    row = unit.main.one(_HOLD, of=copy_id)
    try:
        return None if row is None else _opened(unit, keyring, copy_id, owner, *row)
    except Tampered as fault:
        unit.main.run(_DROP_ONE, of=copy_id)
        audit.note_fault(unit, keyring, str(fault), now)
        return None


def _taken(unit: Unit, keyring: Keyring, owner: bytes, now: datetime) -> list[dict[str, Any]]:
    """Everything kept of a conversation, gone from where it was. One that does not open must not keep her here."""
    found = []
    for copy_id, sealed, day in unit.main.all(_OF, of=owner):
        try:
            known = _opened(unit, keyring, copy_id, owner, sealed, day)
        except Tampered as fault:
            audit.note_fault(unit, keyring, str(fault), now)
        else:
            found += [known] if known else []
    unit.main.run(_DROP, of=owner)
    return found


def _opened(
    unit: Unit, keyring: Keyring, copy_id: bytes, owner: bytes, sealed: bytes, day: int
) -> dict[str, Any] | None:
    """What is kept of a copy; None once the key of its day was destroyed. Raises Tampered."""
    key = day_key_of(unit, keyring, day)
    if key is None:
        return None
    known: dict[str, Any] = json.loads(open_sealed(key, sealed, _context(copy_id, owner)))
    return known


def _context(copy_id: bytes, owner: bytes) -> Context:
    return Context("provider_copies", "sealed", copy_id, owner)
