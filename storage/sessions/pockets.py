"""Pockets: what she asked us to keep for her past a talk: numbers she was shown, and a question to be asked tomorrow.

A pocket is a session of its own, found by another tag of hers and sealed as a draft is: only her address opens it, and panic
shreds it in every backup. It lives 30 days from what was put in last.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from storage.database import Unit
from storage.sessions import claiming
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender

LIVES = timedelta(days=30)


def look(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> dict[str, Any]:
    """What is in it, as JSON values, held until this unit ends; {} where she has none."""
    return claiming.peek(unit, keyring, sender.pocket, now) or {}


def put(unit: Unit, keyring: Keyring, sender: Sender, content: dict[str, Any], now: datetime) -> None:
    """Keep this instead of what was in it; with nothing in it, it goes."""
    kept = {name: value for name, value in content.items() if value}
    if kept:
        claiming.keep(unit, keyring, sender.pocket, kept, now, LIVES)
    else:
        drop(unit, sender)


def drop(unit: Unit, sender: Sender) -> bool:
    """Shred it; False when she has none."""
    return claiming.drop(unit, sender.pocket)
