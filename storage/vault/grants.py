"""Grants: key pairs, and handing a report's private half to those who may read it.

Each report has a pair. The public half seals what comes in; the private half lies only inside grants
to people (HPKE to their own public key) and in one copy wrapped for the receipt. A person's own private
half lies under her passphrase.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from storage.vault.errors import BrokenKeyring, Tampered
from storage.vault.passphrases import lock, unlock
from storage.vault.sealing import Context, Sealed, open_hpke, open_sealed, seal, seal_hpke, subkey
from storage.vault.secret import Secret
from storage.vault.stretching import PASSPHRASE_ITERATIONS, PASSPHRASE_MEMORY_KIB

_WHAT = "private key"


@dataclass(frozen=True, slots=True, repr=False)
class KeyPair(Secret):
    """Two halves of X25519, 32 raw bytes each."""

    private: bytes = field(repr=False)
    public: bytes = field(repr=False)

    @classmethod
    def new(cls) -> KeyPair:
        return cls._of(X25519PrivateKey.generate())

    @classmethod
    def of(cls, private: bytes) -> KeyPair:
        """Return the pair that a private half belongs to. Raises ValueError when it is not 32 bytes."""
        return cls._of(X25519PrivateKey.from_private_bytes(private))

    @classmethod
    def _of(cls, key: X25519PrivateKey) -> KeyPair:
        return cls(key.private_bytes_raw(), key.public_key().public_bytes_raw())


def grant(private: bytes, to_public: bytes, context: Context) -> Sealed:
    """Return a report's private half, sealed so that only the owner of `to_public` opens it. 80 bytes.

    context  the grant's own row: a grant moved to another report or person does not open
    Raises Tampered when `to_public` is not a key.
    """
    try:
        return Sealed(seal_hpke(to_public, private, context.encoded()))
    except ValueError:
        raise Tampered(context.place) from None


def accept(private: bytes, granted: bytes, context: Context) -> bytes:
    """Return the report's private half that was granted to the owner of `private`. Raises Tampered."""
    try:
        return open_hpke(private, granted, context.encoded())
    except (InvalidTag, ValueError):
        raise Tampered(context.place) from None


def seal_private(
    private: bytes,
    passphrase: str,
    pepper: bytes = b"",
    *,
    memory_kib: int = PASSPHRASE_MEMORY_KIB,
    iterations: int = PASSPHRASE_ITERATIONS,
) -> bytes:
    """Return a person's or team's private half under a passphrase, as self-describing JSON. About 0.2 s.

    pepper  `keyring.key(Purpose.PEPPER)`, so that the database alone cannot be guessed at
    Raises KeyringError when the passphrase is empty.
    """
    return lock(_WHAT, private, passphrase, pepper=pepper, memory_kib=memory_kib, iterations=iterations)


def open_private(data: bytes, passphrase: str, pepper: bytes = b"") -> bytes:
    """Return the private half. Raises WrongPassphrase (also for another pepper) or BrokenKeyring."""
    private = unlock(_WHAT, data, passphrase, pepper=pepper)
    if len(private) != 32:
        raise BrokenKeyring(_WHAT, "what it holds is not a key")
    return private


def wrap_for_receipt(private: bytes, open_key: bytes, context: Context) -> Sealed:
    """Return a report's private half for whoever holds the receipt.

    open_key  `derive(code, …).open`
    """
    return seal(subkey(open_key, "private half"), private, context)


def unwrap_for_receipt(wrapped: bytes, open_key: bytes, context: Context) -> bytes:
    """Return the private half that was wrapped. Raises Tampered."""
    return open_sealed(subkey(open_key, "private half"), wrapped, context)
