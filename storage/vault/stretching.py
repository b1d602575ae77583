"""Making a guess expensive: Argon2id (RFC 9106), one lane, so that one guess holds one core."""

from __future__ import annotations

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

PASSPHRASE_MEMORY_KIB = 64 * 1024  # with 3 iterations: RFC 9106 section 4, the second choice, about 0.2 s
PASSPHRASE_ITERATIONS = 3


def stretch(secret: bytes, salt: bytes, memory_kib: int, iterations: int) -> bytes:
    """Return 32 bytes. Slow on purpose; other threads run meanwhile.

    salt        at least 8 bytes
    memory_kib  held while it runs, at least 8
    """
    return _argon2id(salt, memory_kib, iterations).derive(secret)


def check_cost(memory_kib: int, iterations: int) -> None:
    """Raise ValueError when a setting asks for a cost that Argon2id does not have."""
    _argon2id(bytes(16), memory_kib, iterations)


def _argon2id(salt: bytes, memory_kib: int, iterations: int) -> Argon2id:
    return Argon2id(salt=salt, length=32, iterations=iterations, lanes=1, memory_cost=memory_kib)
