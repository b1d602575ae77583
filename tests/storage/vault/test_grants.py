"""A report's private half reaches those it was granted to, and the holder of the receipt, and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from storage.vault.grants import (
    KeyPair,
    accept,
    grant,
    open_private,
    seal_private,
    unwrap_for_receipt,
    wrap_for_receipt,
)
from storage.vault.keyring import BrokenKeyring, KeyringError, WrongPassphrase
from storage.vault.passphrases import lock
from storage.vault.randomness import new_key
from storage.vault.receipts import ReceiptCode, derive
from storage.vault.sealing import Context, Tampered, open_from, seal_to

PLACE = Context("grants", "sealed", b"g" * 16, b"p" * 16)
PASSPHRASE = "seven mangoes on the roof"


def test_a_granted_half_opens_the_report() -> None:
    report, counsellor, shred = KeyPair.new(), KeyPair.new(), new_key()
    words = Context("messages", "words", b"m" * 16, b"p" * 16)
    sealed = seal_to(report.public, shred, b"what she wrote", words)

    given = grant(report.private, counsellor.public, PLACE)
    private = accept(counsellor.private, given, PLACE)

    assert len(given) == 80
    assert open_from(private, shred, sealed, words) == b"what she wrote"


def test_a_grant_opens_for_its_owner_and_at_its_place_only() -> None:
    report, counsellor = KeyPair.new(), KeyPair.new()
    given = grant(report.private, counsellor.public, PLACE)

    for private, granted, place in (
        (KeyPair.new().private, given, PLACE),
        (report.private, given, PLACE),
        (counsellor.private, given, replace(PLACE, report=b"q" * 16)),
        (counsellor.private, given, replace(PLACE, row=b"h" * 16)),
        (counsellor.private, given[:-1], PLACE),
        (counsellor.private, b"", PLACE),
        (counsellor.private, bytes(80), PLACE),
        (b"", given, PLACE),
    ):
        with pytest.raises(Tampered):
            accept(private, granted, place)


def test_one_flipped_bit_of_a_grant_is_refused() -> None:
    report, counsellor = KeyPair.new(), KeyPair.new()
    given = grant(report.private, counsellor.public, PLACE)

    refused = 0
    for position in range(len(given) * 8):
        changed = bytearray(given)
        changed[position // 8] ^= 1 << position % 8
        with pytest.raises(Tampered):
            accept(counsellor.private, bytes(changed), PLACE)
        refused += 1

    assert refused == 640


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(32)])
def test_a_grant_to_something_that_is_no_key_is_refused(public: bytes) -> None:
    with pytest.raises(Tampered):
        grant(new_key(), public, PLACE)


def test_a_pair_is_known_by_its_private_half() -> None:
    pair = KeyPair.new()

    assert KeyPair.of(pair.private) == pair
    assert KeyPair.new() != pair
    assert (len(pair.private), len(pair.public)) == (32, 32)
    with pytest.raises(ValueError, match="32"):
        KeyPair.of(b"short")


def test_a_private_half_opens_with_its_passphrase_and_pepper() -> None:
    pair, pepper = KeyPair.new(), new_key()

    data = seal_private(pair.private, PASSPHRASE, pepper, memory_kib=8, iterations=1)

    assert open_private(data, PASSPHRASE, pepper) == pair.private
    for passphrase, other in (("another", pepper), (PASSPHRASE, new_key()), (PASSPHRASE, b"")):
        with pytest.raises(WrongPassphrase):
            open_private(data, passphrase, other)
    with pytest.raises(BrokenKeyring):
        open_private(data[:-9], PASSPHRASE, pepper)


def test_a_private_half_needs_a_passphrase_and_must_be_a_key() -> None:
    with pytest.raises(KeyringError, match="private key: the passphrase is empty"):
        seal_private(new_key(), "")
    with pytest.raises(BrokenKeyring, match="not a key"):
        open_private(lock("private key", b"short", PASSPHRASE, memory_kib=8, iterations=1), PASSPHRASE)


def test_the_receipt_opens_the_report_and_another_does_not() -> None:
    report, pepper = KeyPair.new(), new_key()
    keys = derive(ReceiptCode.mint(), pepper, 8, 1)
    place = Context("reports", "receipt_wrap", b"p" * 16)

    wrapped = wrap_for_receipt(report.private, keys.open, place)

    assert unwrap_for_receipt(wrapped, keys.open, place) == report.private
    for open_key, at in (
        (derive(ReceiptCode.mint(), pepper, 8, 1).open, place),
        (keys.find, place),  # what the database holds opens nothing
        (keys.open, replace(place, row=b"q" * 16)),
    ):
        with pytest.raises(Tampered):
            unwrap_for_receipt(wrapped, open_key, at)
