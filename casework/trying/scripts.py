"""What a try remembers between two clicks: sealed into the page itself, and nowhere else.

There are several web processes, and they are restarted: what lay in one's memory would be gone for every second click, and what
lay in the database would be words of somebody kept. So the page carries it, sealed under the keyring: it opens only for who it
was made for, only as it was made, and for a while only. It holds what was done, not what came of it, so it stays small.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any

from casework.trying.refusals import TryOver, TryTooLong
from storage.vault.errors import Tampered, UnknownKey
from storage.vault.keyring import Keyring, Purpose
from storage.vault.sealing import Context, open_sealed, seal, subkey

LIVES = timedelta(hours=4)  # since the last click
LONGEST = 64 * 1024  # letters of what a page carries
_MOST = 1024 * 1024  # bytes inside; what is packed tighter than that is not ours
_KEY_ID = 8


def sealed(keyring: Keyring, owner: bytes, script: dict[str, Any], now: datetime) -> str:
    """What the page carries. Raises TryTooLong.

    owner  whose it is: somebody of staff, or a link
    """
    inside = json.dumps({**script, "until": int((now + LIVES).timestamp())}, ensure_ascii=False).encode()
    packed = zlib.compress(inside, 9)
    closed = keyring.current + urlsafe_b64encode(seal(_key(keyring, keyring.current), packed, _place(owner))).decode()
    if len(closed) > LONGEST or len(inside) > _MOST:
        raise TryTooLong
    return closed


def opened(keyring: Keyring, owner: bytes, closed: str, now: datetime) -> dict[str, Any]:
    """What it holds. Raises TryOver."""
    if not closed.isascii() or not _KEY_ID < len(closed) <= LONGEST:
        raise TryOver
    try:
        key = _key(keyring, closed[:_KEY_ID])
        packed = open_sealed(key, urlsafe_b64decode(closed[_KEY_ID:]), _place(owner))
    except (Tampered, UnknownKey, ValueError):
        raise TryOver from None
    script: dict[str, Any] = json.loads(zlib.decompressobj().decompress(packed, _MOST))
    if now.timestamp() > script.pop("until"):
        raise TryOver
    return script


def _key(keyring: Keyring, key_id: str) -> bytes:
    return subkey(keyring.key(Purpose.STAFF, key_id), "a try")


def _place(owner: bytes) -> Context:
    return Context("none", "a try in a page", owner)
