"""The only source of chance in the program: the operating system's."""

from __future__ import annotations

import os
import secrets
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

T = TypeVar("T")

_system = secrets.SystemRandom()


def new_id() -> bytes:
    """Return 16 bytes, a random UUID, made before the row is written so that it can be bound into the seal."""
    return uuid.uuid4().bytes


def new_item_id(at: datetime) -> bytes:
    """Return 16 bytes for something that waits its turn: the millisecond, then 80 random bits, so that ids sort by it."""
    return int(at.timestamp() * 1000).to_bytes(6, "big") + os.urandom(10)


def new_key() -> bytes:
    """Return a fresh 32-byte key."""
    return os.urandom(32)


def new_nonce() -> bytes:
    """Return 12 random bytes. One key may seal 2**32 values before two nonces are likely to meet (SP 800-38D)."""
    return os.urandom(12)


def random_digits(count: int) -> str:
    """Return `count` decimal digits, every one of the 10**count numbers equally likely."""
    return f"{secrets.randbelow(10**count):0{count}d}" if count else ""


def tossed() -> bool:
    """Return true or false, each as likely."""
    return secrets.randbits(1) == 1


def shuffled(items: Iterable[T]) -> list[T]:
    """Return the items in a random order, as a new list."""
    mixed = list(items)
    _system.shuffle(mixed)
    return mixed
