"""Passwords: long ones, no rules about what they are made of, and none of those that a thief tries first.

One Argon2id derivation a login. HKDF splits it into a verifier, which is kept, and a key, which opens her private
half and is not: nobody who reads the verifier has the key. The keyring's pepper goes into both, so that a stolen
database alone cannot be guessed at.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from casework.staff.refusals import Busy, TooCommon, TooLong, TooShort
from storage.vault.randomness import new_id
from storage.vault.sealing import Context, open_sealed, seal, subkey
from storage.vault.stretching import PASSPHRASE_ITERATIONS, PASSPHRASE_MEMORY_KIB, stretch

ADVISED = 15  # characters: three or four words
LEAST = 8  # NIST SP 800-63B-4, 3.1.1.2: with a second factor
MOST = 1000
WAIT = 5.0  # seconds for a turn at the stretching, before she is told to try again

_COMMON = Path(__file__).with_name("common_passwords.txt")


@dataclass(frozen=True, slots=True)
class Opened:
    """A password that fitted."""

    private: bytes = field(repr=False)  # her private half
    stretched: bytes = field(repr=False)  # before the pepper: locks anew under another pepper without the password


class Stretcher:
    """Takes turns at the one slow thing: so many at once, so that logins never take the whole machine."""

    def __init__(
        self,
        memory_kib: int = PASSPHRASE_MEMORY_KIB,
        iterations: int = PASSPHRASE_ITERATIONS,
        *,
        slots: int = 2,
        wait: float = WAIT,
    ) -> None:
        """
        memory_kib  for each of the slots
        slots       derivations at a time in this process
        wait        seconds for a turn
        """
        self._memory_kib, self._iterations = memory_kib, iterations
        self._slots, self._wait = BoundedSemaphore(slots), wait

    def lock(self, password: str, pepper: bytes, private: bytes, member_id: bytes) -> dict[str, Any]:
        """What is kept of a password, and her private half under it. About 0.2 s. Raises Busy."""
        salt = new_id()
        with self._turn():
            stretched = stretch(_typed(password), salt, self._memory_kib, self._iterations)
        cost = {"salt": salt.hex(), "memory_kib": self._memory_kib, "iterations": self._iterations}
        return locked(cost, stretched, pepper, private, member_id)

    def open(self, kept: dict[str, Any], password: str, pepper: bytes, member_id: bytes) -> Opened | None:
        """Her private half; None for a wrong password. About 0.2 s. Raises Busy; Tampered when what is kept was changed."""
        salt = bytes.fromhex(kept["salt"])
        with self._turn():
            stretched = stretch(_typed(password), salt, kept["memory_kib"], kept["iterations"])
        verifier, key = _halves(stretched, pepper)
        if not hmac.compare_digest(verifier.hex(), kept["verifier"]):
            return None
        return Opened(open_sealed(key, bytes.fromhex(kept["private"]), _context(member_id)), stretched)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=self._wait):
            raise Busy
        try:
            yield
        finally:
            self._slots.release()


def locked(cost: dict[str, Any], stretched: bytes, pepper: bytes, private: bytes, member_id: bytes) -> dict[str, Any]:
    """What is kept, from a password that was stretched already. `cost`: salt, memory_kib and iterations it was done with."""
    verifier, key = _halves(stretched, pepper)
    return {
        "salt": cost["salt"],
        "memory_kib": cost["memory_kib"],
        "iterations": cost["iterations"],
        "verifier": verifier.hex(),
        "private": seal(key, private, _context(member_id)).hex(),
    }


def check(password: str, name: str) -> None:
    """Return when a new password will do. Raises TooShort, TooLong or TooCommon."""
    plain = unicodedata.normalize("NFKC", password).casefold().strip()
    if len(unicodedata.normalize("NFC", password)) < LEAST:
        raise TooShort(least=LEAST, advised=ADVISED)
    if len(password) > MOST:
        raise TooLong(most=MOST)
    her = "".join(name.casefold().split())
    rest = plain.replace(her, "").replace("hamraz", "") if her else plain
    if plain in common() or len(set(plain)) < 4 or len(rest) < 4:
        raise TooCommon


@cache
def common() -> frozenset[str]:
    """The passwords that a thief tries first, in lower case (see CREDITS.md)."""
    return frozenset(_COMMON.read_text(encoding="utf-8").split("\n")) - {""}


def _halves(stretched: bytes, pepper: bytes) -> tuple[bytes, bytes]:
    material = stretched + pepper
    return subkey(material, "staff password verifier"), subkey(material, "staff private half")


def _typed(password: str) -> bytes:
    # NFC: the same password typed on two keyboards.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _context(member_id: bytes) -> Context:
    return Context("staff", "private half", member_id)
