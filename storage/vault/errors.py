"""What can go wrong in the vault. No message ever carries a key, a code, an address or a word."""

from __future__ import annotations


class VaultError(Exception):
    """Something sealed or secret cannot be used. Never raised itself; catch it to mean any of these."""


class Tampered(VaultError):
    """A sealed value does not open: changed, moved to another row, or not under this key."""

    def __init__(self, place: str) -> None:
        super().__init__(f"{place}: a sealed value does not open; it was changed or moved, or its key is not this one")


class KeyringError(VaultError):
    """Keys that are kept under a passphrase cannot be used. Catch it to mean any of these."""


class WrongPassphrase(KeyringError):
    """The file is whole, but this passphrase (or pepper) does not open it."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}: this passphrase does not open it; give the one it was sealed with")


class BrokenKeyring(KeyringError):
    """The file was cut, changed, or is of another kind or version; no passphrase can open it."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}; restore it from a backup")


class UnknownKey(KeyringError):
    """A row names a key that this keyring does not hold."""

    def __init__(self) -> None:
        super().__init__("keyring: it lacks the key that a row was sealed under; open the keyring file that holds it")


class BadReceiptCode(VaultError):
    """Twenty digits whose check digit does not fit: a slip in typing."""

    def __init__(self) -> None:
        super().__init__("receipt code: the check digit does not fit; look for a digit that was mistyped or swapped")
