"""One message's hold on one draft, and the key that its rows are sealed under.

The draft key takes three things: the draft's own shred key (deleting it is panic), the keyring, and a secret
derived from her address, which every webhook carries and the database does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storage import shredding
from storage.database import StorageError, Unit
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.senders import Sender


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
    draft_keys: dict[tuple[bytes, ...], bytes] = field(default_factory=dict, repr=False)  # worked out for this message
    has_media: bool = False  # her answers, as they were, may name files
    version: int = 0  # how often the session was saved; binds draft and meta of one moment together


def open_draft(unit: Unit, keyring: Keyring, held: Claim, now: datetime) -> bytes:
    """Make sure that the claim has a draft with a shred key of its own; return the draft's id."""
    if held.draft_id is None:
        held.draft_id, held.key_id = new_id(), keyring.current
        held.shred_key = shredding.make(unit, keyring, held.draft_id, now)
    return held.draft_id


def draft_key(keyring: Keyring, sender: Sender, held: Claim) -> bytes:
    """The 32 bytes that seal this draft, its files and its answers."""
    if held.draft_id is None or held.shred_key is None:
        raise StorageError("sessions: this claim has no draft")
    made_of = (sender.index, held.draft_id, held.shred_key, held.key_id.encode())
    known = held.draft_keys.get(made_of)
    if known is None:
        made = sender.draft_key(held.shred_key, keyring.key(Purpose.DRAFT, held.key_id), held.draft_id)
        known = held.draft_keys[made_of] = made
    return known
