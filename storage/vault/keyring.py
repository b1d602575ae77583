"""The keyring: the installation's own keys, versioned by id and split by purpose.

Only its file is ever stored, sealed under the operator's passphrase. Each row carries the id of
the key it was sealed under; new writes use the current one; old ones stay until nothing needs them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from storage.vault import memory
from storage.vault.errors import BrokenKeyring, KeyringError, UnknownKey, WrongPassphrase
from storage.vault.passphrases import lock, unlock
from storage.vault.randomness import new_id, new_key
from storage.vault.sealing import subkey
from storage.vault.secret import Secret
from storage.vault.stretching import PASSPHRASE_ITERATIONS, PASSPHRASE_MEMORY_KIB

__all__ = ["BrokenKeyring", "Keyring", "KeyringError", "Purpose", "UnknownKey", "WrongPassphrase"]

_WHAT = "keyring"


class Purpose(StrEnum):
    """What a key is for. A key of one purpose says nothing about the others."""

    ADDRESS = "address"
    DRAFT = "draft"
    METADATA = "metadata"
    AUDIT = "audit"
    PEPPER = "pepper"
    ROUTES = "routes"
    SHRED = "shred"
    MESSAGES = "messages"
    STAFF = "staff"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Keyring(Secret):
    """The keys, in the clear. Lives in memory only."""

    ids: tuple[str, ...]  # oldest first
    _masters: tuple[bytes, ...] = field(repr=False)  # 32 bytes each, in the order of ids
    # Derived at once: a turn asks for several, and a lookup costs less than HKDF's 3 µs.
    _derived: Mapping[str, Mapping[Purpose, bytes]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        derived = {
            key_id: {purpose: subkey(master, f"keyring {purpose}") for purpose in Purpose}
            for key_id, master in zip(self.ids, self._masters, strict=True)
        }
        object.__setattr__(self, "_derived", derived)

    def __repr__(self) -> str:
        return f"<Keyring {' '.join(self.ids)}>"

    @classmethod
    def new(cls) -> Keyring:
        """Return a keyring with one key."""
        return cls((_new_key_id(),), (new_key(),))

    def rotated(self) -> Keyring:
        """Return a keyring with a new current key; all older ones stay."""
        fresh = _new_key_id()
        while fresh in self.ids:
            fresh = _new_key_id()
        return Keyring((*self.ids, fresh), (*self._masters, new_key()))

    def without(self, key_id: str) -> Keyring:
        """Return a keyring that lacks an old key; what is still sealed under it is lost.

        Raises UnknownKey, or KeyringError when the key is the current one.
        """
        if key_id not in self.ids:
            raise UnknownKey
        if key_id == self.current:
            raise KeyringError("keyring: the current key cannot go; rotate first")
        kept = [(each, master) for each, master in zip(self.ids, self._masters, strict=True) if each != key_id]
        return Keyring(tuple(each for each, _ in kept), tuple(master for _, master in kept))

    @property
    def current(self) -> str:
        """The id that new rows carry, 8 hexadecimal digits."""
        return self.ids[-1]

    def key(self, purpose: Purpose, key_id: str | None = None) -> bytes:
        """Return 32 bytes for one purpose, of the current key or of the one named. Raises UnknownKey."""
        try:
            return self._derived[self.ids[-1] if key_id is None else key_id][purpose]
        except KeyError:
            raise UnknownKey from None

    def hold(self) -> bool:
        """Keep its keys out of swap in this process; whether the system lets us. A process forked later holds nothing."""
        return memory.hold((*self._masters, *(key for keys in self._derived.values() for key in keys.values())))

    def sealed(
        self,
        passphrase: str,
        *,
        memory_kib: int = PASSPHRASE_MEMORY_KIB,
        iterations: int = PASSPHRASE_ITERATIONS,
    ) -> bytes:
        """Return the keyring's file. Raises KeyringError when the passphrase is empty. About 0.2 s."""
        keys = [{"id": key_id, "key": key.hex()} for key_id, key in zip(self.ids, self._masters, strict=True)]
        return lock(_WHAT, json.dumps(keys).encode(), passphrase, memory_kib=memory_kib, iterations=iterations)

    @classmethod
    def opened(cls, data: bytes, passphrase: str) -> Keyring:
        """Return the keyring from its file. Raises WrongPassphrase or BrokenKeyring."""
        inside = unlock(_WHAT, data, passphrase)
        try:
            keys = json.loads(inside)
            ids = tuple(str(key["id"]) for key in keys)
            masters = tuple(bytes.fromhex(key["key"]) for key in keys)
        except (ValueError, KeyError, TypeError):
            raise BrokenKeyring(_WHAT, "what it holds is not a list of keys") from None
        if not ids or len(set(ids)) != len(ids) or any(len(master) != 32 for master in masters):
            raise BrokenKeyring(_WHAT, "what it holds is not a list of keys")
        return cls(ids, masters)


def _new_key_id() -> str:
    # Random, not counted up: two keyrings rotated apart must not give one id to two keys.
    return new_id()[:4].hex()
