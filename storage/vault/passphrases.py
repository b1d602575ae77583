"""Keys at rest under a passphrase: a small JSON file that says how it was made.

A checksum over the whole file tells a broken file from a wrong passphrase. It keeps no secret and
proves no author: whoever edits the file and mends the checksum gets "wrong passphrase" instead.
"""

from __future__ import annotations

import base64
import json
import unicodedata
from collections.abc import Mapping

from cryptography.hazmat.primitives.hashes import SHA256, Hash

from storage.vault.errors import BrokenKeyring, KeyringError, Tampered, WrongPassphrase
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal, subkey
from storage.vault.stretching import PASSPHRASE_ITERATIONS, PASSPHRASE_MEMORY_KIB, stretch

_VERSION = 1
_LARGEST = 1024 * 1024  # bytes; a keyring of a thousand keys has 100,000
# A file may not ask for more work than this: it could stop the machine.
_MOST_MEMORY_KIB = 1024 * 1024
_MOST_ITERATIONS = 64


def lock(
    what: str,
    plaintext: bytes,
    passphrase: str,
    *,
    pepper: bytes = b"",
    memory_kib: int = PASSPHRASE_MEMORY_KIB,
    iterations: int = PASSPHRASE_ITERATIONS,
) -> bytes:
    """Return a self-describing file that opens with the passphrase (and pepper) only.

    what    the kind of file, "keyring"…; a file of one kind does not open as another
    pepper  mixed in after the stretching, so that the file alone cannot be guessed at
    Raises KeyringError when the passphrase is empty. Takes about 0.2 s at the usual cost.
    """
    if not passphrase:
        raise KeyringError(f"{what}: the passphrase is empty; give one of several words")
    salt = new_id()
    key = _key(what, passphrase, pepper, salt, memory_kib, iterations)
    file: dict[str, object] = {
        "hamraz": what,
        "version": _VERSION,
        "kdf": {"name": "argon2id", "memory_kib": memory_kib, "iterations": iterations, "lanes": 1},
        "salt": salt.hex(),
        "sealed": base64.b64encode(seal(key, plaintext, _context(what, salt))).decode(),
    }
    return json.dumps(file | {"check": _checksum(file)}, indent=1).encode() + b"\n"


def unlock(what: str, data: bytes, passphrase: str, *, pepper: bytes = b"") -> bytes:
    """Return what was locked. Raises BrokenKeyring, or WrongPassphrase when the file is whole."""
    file = _read(what, data)
    try:
        kdf = file["kdf"]
        if not isinstance(kdf, dict) or kdf["name"] != "argon2id" or kdf["lanes"] != 1:
            raise ValueError("another way of stretching")
        memory_kib = _bounded(kdf["memory_kib"], 8, _MOST_MEMORY_KIB)
        iterations = _bounded(kdf["iterations"], 1, _MOST_ITERATIONS)
        salt = bytes.fromhex(_text(file["salt"]))
        sealed = base64.b64decode(_text(file["sealed"]), validate=True)
        if len(salt) != 16:
            raise ValueError("another length of salt")
    except (KeyError, ValueError):
        raise BrokenKeyring(what, "it asks for a key derivation that is not ours") from None
    key = _key(what, passphrase, pepper, salt, memory_kib, iterations)
    try:
        return open_sealed(key, sealed, _context(what, salt))
    except Tampered:
        raise WrongPassphrase(what) from None


def _read(what: str, data: bytes) -> dict[str, object]:
    if len(data) > _LARGEST:
        raise BrokenKeyring(what, "it is too large to be one")
    try:
        file = json.loads(data)
    except (ValueError, RecursionError):
        raise BrokenKeyring(what, "it was cut short or is no such file") from None
    if not isinstance(file, dict) or file.get("hamraz") != what:
        raise BrokenKeyring(what, "it is a file of another kind")
    if file.get("version") != _VERSION:
        raise BrokenKeyring(what, f"it is of a version that this program does not know (it knows {_VERSION})")
    check = file.pop("check", None)
    if check != _checksum(file):
        raise BrokenKeyring(what, "it was changed since it was written")
    return file


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not text")
    return value


def _bounded(value: object, least: int, most: int) -> int:
    if type(value) is not int or not least <= value <= most:
        raise ValueError("out of bounds")
    return value


def _key(what: str, passphrase: str, pepper: bytes, salt: bytes, memory_kib: int, iterations: int) -> bytes:
    # NFC: the same passphrase typed on two keyboards. Lone surrogates must not raise: the error would show the text.
    typed = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return subkey(stretch(typed, salt, memory_kib, iterations) + pepper, f"passphrase {what}")


def _context(what: str, salt: bytes) -> Context:
    return Context("file", what, salt, version=_VERSION)


def _checksum(file: Mapping[str, object]) -> str:
    total = Hash(SHA256())
    total.update(json.dumps(file, sort_keys=True, separators=(",", ":")).encode())
    return total.finalize()[:16].hex()
