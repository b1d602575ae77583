"""The recovery code: 128 bits on paper, shown once. It stands in for a lost password, or for a lost second factor."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from storage.vault.errors import Tampered
from storage.vault.randomness import new_key
from storage.vault.sealing import Context, open_sealed, seal, subkey

# What is easily misread on paper; base32 has none of these (RFC 4648, 6).
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B", "9": "G"})


@dataclass(frozen=True, slots=True)
class RecoveryCode:
    """Sixteen random bytes."""

    secret: bytes = field(repr=False)

    @classmethod
    def mint(cls) -> RecoveryCode:
        return cls(new_key()[:16])

    @classmethod
    def read(cls, typed: str) -> RecoveryCode | None:
        """The code from paper, in any letter case, with or without its dashes; None when it is none."""
        letters = "".join(each for each in typed.upper().translate(_MISREAD) if each.isalnum())
        if len(letters) != 26:
            return None
        try:
            return cls(base64.b32decode(letters + "======"))
        except ValueError:
            return None

    @property
    def printed(self) -> str:
        """As it is printed: XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XX."""
        letters = base64.b32encode(self.secret).decode().rstrip("=")
        return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))

    def lock(self, private: bytes, member_id: bytes) -> str:
        """Her private half under the code, to be kept."""
        return seal(self._key, private, _context(member_id)).hex()

    def open(self, kept: str, member_id: bytes) -> bytes | None:
        """Her private half; None when it is not this code."""
        try:
            return open_sealed(self._key, bytes.fromhex(kept), _context(member_id))
        except Tampered:
            return None

    @property
    def _key(self) -> bytes:
        return subkey(self.secret, "staff recovery")


def _context(member_id: bytes) -> Context:
    return Context("staff", "recovery", member_id)
