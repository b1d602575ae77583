"""Receipt codes: how a reporter finds and opens her report again without an account.

A code is twenty digits in five groups of four: nineteen random ones and a check digit. It is shown
once and never stored. We keep a slow, peppered tag of it, so a stolen database finds no report.
"""

from __future__ import annotations

import os
import unicodedata
from collections import deque
from dataclasses import dataclass, field
from threading import Condition, Thread

from storage.vault.errors import BadReceiptCode
from storage.vault.randomness import random_digits
from storage.vault.sealing import subkey
from storage.vault.secret import Secret
from storage.vault.stretching import check_cost, stretch

__all__ = ["BadReceiptCode", "ReceiptCode", "ReceiptKeys", "ReceiptMint", "check_digit", "derive"]

_LENGTH = 20
_LONGEST = 100  # characters of a message that can still be a code and nothing else

# Damm's table (H. M. Damm, 2004): no single wrong digit and no swap of two neighbours passes.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


def check_digit(digits: str) -> str:
    """Return the digit that makes `digits` whole; "0" when they are whole already. ASCII digits only."""
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return str(state)


@dataclass(frozen=True, slots=True, repr=False)
class ReceiptCode(Secret):
    """A code whose check digit fits. Raises BadReceiptCode otherwise."""

    digits: str = field(repr=False)  # twenty ASCII digits

    def __post_init__(self) -> None:
        whole = len(self.digits) == _LENGTH and self.digits.isascii() and self.digits.isdigit()
        if not whole or check_digit(self.digits) != "0":
            raise BadReceiptCode

    @classmethod
    def mint(cls) -> ReceiptCode:
        """Return a new code: 10**19 of them, so that guessing one of a million takes 10**13 tries."""
        digits = random_digits(_LENGTH - 1)
        return cls(digits + check_digit(digits))

    @classmethod
    def read(cls, text: str) -> ReceiptCode | None:
        """Return the code in a message that holds nothing else, else None.

        text  as typed: spaces, hyphens and invisible marks do not matter, digits may be of any script
        Raises BadReceiptCode when there are twenty digits and the check digit does not fit.
        """
        if not _LENGTH <= len(text) <= _LONGEST:
            return None
        digits = []
        for character in text:
            digit = unicodedata.decimal(character, None)
            if digit is not None:
                digits.append(str(digit))
            elif not _may_stand_between(character):
                return None
        return cls("".join(digits)) if len(digits) == _LENGTH else None

    @property
    def grouped(self) -> str:
        """As it is shown: five groups of four."""
        return " ".join(self.digits[start : start + 4] for start in range(0, _LENGTH, 4))


def _may_stand_between(character: str) -> bool:
    # Spaces, line breaks, dashes of every kind, and the marks that keep a code left-to-right in Urdu.
    return unicodedata.category(character) in ("Zs", "Zl", "Zp", "Cc", "Cf", "Pd") or character == "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True, repr=False)
class ReceiptKeys(Secret):
    """What comes of a code, 32 bytes each."""

    find: bytes = field(repr=False)  # the index under which the report is filed
    open: bytes = field(repr=False)  # unwraps the report's private half; never stored


def derive(code: ReceiptCode, pepper: bytes, memory_kib: int, iterations: int) -> ReceiptKeys:
    """Return the keys of a code. Slow on purpose: Argon2id at the cost given (a setting).

    pepper  32 secret bytes, `keyring.key(Purpose.PEPPER)`
    """
    salt = subkey(pepper, "receipt salt")[:16]
    slow = stretch(code.digits.encode("ascii"), salt, memory_kib, iterations)
    return ReceiptKeys(find=subkey(slow, "find"), open=subkey(slow, "open"))


class ReceiptMint(Secret):
    """A few codes made ahead by a thread of its own, so that filing never waits for Argon2id.

    A forked child has neither the thread nor a right to the codes: its parent gives them away, too. It begins anew.
    """

    __slots__ = (
        "_changed",
        "_closed",
        "_iterations",
        "_memory_kib",
        "_pepper",
        "_process",
        "_ready",
        "_size",
        "_thread",
    )

    def __init__(self, pepper: bytes, memory_kib: int, iterations: int, size: int = 8) -> None:
        self._pepper = pepper
        self._memory_kib = memory_kib
        self._iterations = iterations
        self._size = size
        self._closed = False
        check_cost(memory_kib, iterations)  # here, not in the thread
        self._begin()

    def __repr__(self) -> str:
        return f"<ReceiptMint with {len(self._ready)} ready>"

    def take(self) -> tuple[ReceiptCode, ReceiptKeys]:
        """Return a code that nobody else gets, and its keys; waits for Argon2id only when none is ready."""
        if self._process != os.getpid():
            self._begin()
        with self._changed:
            if self._ready:
                taken = self._ready.popleft()
                self._changed.notify()
                return taken
        return self._minted()

    def close(self) -> None:
        """Stop the thread and drop the codes made ahead."""
        if self._process != os.getpid():
            self._closed = True  # the thread is not in this process
            return
        with self._changed:
            self._closed = True
            self._ready.clear()
            self._changed.notify()
        self._thread.join()

    def _begin(self) -> None:
        # Nothing is taken over: the lock may have been held by a thread that the fork left behind.
        self._changed = Condition()
        self._ready: deque[tuple[ReceiptCode, ReceiptKeys]] = deque()
        self._thread = Thread(target=self._fill, args=(self._changed, self._ready), name="receipt-mint", daemon=True)
        self._process = os.getpid()
        self._thread.start()

    def _minted(self) -> tuple[ReceiptCode, ReceiptKeys]:
        code = ReceiptCode.mint()
        return code, derive(code, self._pepper, self._memory_kib, self._iterations)

    def _fill(self, changed: Condition, ready: deque[tuple[ReceiptCode, ReceiptKeys]]) -> None:
        while True:
            with changed:
                changed.wait_for(lambda: self._closed or len(ready) < self._size)
                if self._closed:
                    return
            minted = self._minted()
            with changed:
                if not self._closed:
                    ready.append(minted)
