"""Tickets: what a page carries from one step to the next, sealed, so that nothing of it is kept here meanwhile."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.vault.errors import Tampered, UnknownKey
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal

LIVES = timedelta(minutes=15)

_KEY_ID, _ROW = 4, 16  # bytes


@dataclass(frozen=True, slots=True)
class Ticket:
    made: datetime
    body: dict[str, Any] = field(repr=False)


def write(keyring: Keyring, kind: str, body: dict[str, Any], now: datetime) -> str:
    """Seal something for the next step of one `kind` of page."""
    row, key_id = new_id(), keyring.current
    inside = json.dumps({"made": int(now.timestamp()), "body": body}).encode()
    sealed = seal(keyring.key(Purpose.STAFF), inside, Context("ticket", kind, row, key_id=key_id))
    return base64.urlsafe_b64encode(bytes.fromhex(key_id) + row + sealed).decode()


def read(keyring: Keyring, kind: str, text: str, now: datetime) -> Ticket | None:
    """What was sealed; None when it is not ours, of another kind of page, or too old."""
    try:
        given = base64.urlsafe_b64decode(text.encode("ascii", "replace"))
        key_id, row, sealed = given[:_KEY_ID].hex(), given[_KEY_ID : _KEY_ID + _ROW], given[_KEY_ID + _ROW :]
        context = Context("ticket", kind, row, key_id=key_id)
        inside = json.loads(open_sealed(keyring.key(Purpose.STAFF, key_id), sealed, context))
    except (ValueError, Tampered, UnknownKey):
        return None
    made = datetime.fromtimestamp(inside["made"], UTC)
    return Ticket(made, inside["body"]) if abs(now - made) <= LIVES else None
