"""The keyring opens with its passphrase only, says what is wrong with it, and keeps old keys."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.vault.keyring import BrokenKeyring, Keyring, KeyringError, Purpose, UnknownKey, WrongPassphrase
from storage.vault.passphrases import _checksum, lock, unlock

PASSPHRASE = "seven mangoes on the roof"


def quickly(keyring: Keyring, passphrase: str = PASSPHRASE) -> bytes:
    return keyring.sealed(passphrase, memory_kib=8, iterations=1)


def everything(keyring: Keyring) -> dict[tuple[str, str], bytes]:
    return {(key_id, purpose): keyring.key(purpose, key_id) for key_id in keyring.ids for purpose in Purpose}


def test_a_keyring_comes_back_from_its_file() -> None:
    keyring = Keyring.new().rotated().rotated()

    again = Keyring.opened(quickly(keyring), PASSPHRASE)

    assert again.ids == keyring.ids
    assert again.current == keyring.current
    assert everything(again) == everything(keyring)


def test_the_usual_cost_is_the_one_of_rfc_9106_and_the_file_says_so() -> None:
    keyring = Keyring.new()

    data = keyring.sealed(PASSPHRASE)

    file = json.loads(data)
    assert file["hamraz"] == "keyring"
    assert file["version"] == 1
    assert file["kdf"] == {"name": "argon2id", "memory_kib": 65536, "iterations": 3, "lanes": 1}
    assert everything(Keyring.opened(data, PASSPHRASE)) == everything(keyring)


def test_every_purpose_of_every_key_is_another_key() -> None:
    made = everything(Keyring.new().rotated().rotated())

    assert len(set(made.values())) == len(made) == 3 * len(Purpose)
    assert {len(key) for key in made.values()} == {32}


def test_rotation_makes_a_new_current_key_and_keeps_the_old_ones() -> None:
    before = Keyring.new()

    after = before.rotated()

    assert after.ids == (before.current, after.current)
    assert after.current != before.current
    for purpose in Purpose:
        assert after.key(purpose, before.current) == before.key(purpose)
        assert after.key(purpose) != before.key(purpose)


def test_an_old_key_can_go_and_the_current_one_cannot() -> None:
    keyring = Keyring.new().rotated()
    old = keyring.ids[0]

    smaller = keyring.without(old)

    assert smaller.ids == (keyring.current,)
    assert smaller.key(Purpose.DRAFT) == keyring.key(Purpose.DRAFT)
    with pytest.raises(UnknownKey):
        smaller.key(Purpose.DRAFT, old)
    with pytest.raises(UnknownKey):
        smaller.without(old)
    with pytest.raises(KeyringError, match="rotate first"):
        smaller.without(smaller.current)


def test_another_passphrase_is_told_apart_from_a_broken_file() -> None:
    data = quickly(Keyring.new())

    with pytest.raises(WrongPassphrase, match="give the one it was sealed with"):
        Keyring.opened(data, PASSPHRASE + "s")
    with pytest.raises(WrongPassphrase):
        Keyring.opened(data, "")
    with pytest.raises(BrokenKeyring, match="restore it from a backup"):
        Keyring.opened(data[:-20], PASSPHRASE)


def test_every_cut_and_every_changed_byte_is_found_before_any_work_is_done() -> None:
    data = quickly(Keyring.new()).rstrip(b"\n")

    for position in range(len(data)):
        with pytest.raises(BrokenKeyring):
            Keyring.opened(data[:position], PASSPHRASE)
        if not data[position : position + 1].isspace():  # a space more or less is the same JSON
            changed = bytearray(data)
            changed[position] ^= 0x01
            with pytest.raises(BrokenKeyring):
                Keyring.opened(bytes(changed), PASSPHRASE)


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=300), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
).map(lambda value: json.dumps(value).encode())))  # fmt: skip
def test_a_file_of_anything_else_is_called_broken(data: bytes) -> None:
    with pytest.raises(BrokenKeyring):
        Keyring.opened(data, PASSPHRASE)


def test_a_file_that_is_nested_too_deep_or_too_large_is_called_broken() -> None:
    for data in (b"[" * 500_000, b" " * 2_000_000):
        with pytest.raises(BrokenKeyring):
            Keyring.opened(data, PASSPHRASE)


def mended(change: Callable[[dict[str, Any]], object]) -> bytes:
    """A file changed by somebody who also mends the checksum."""
    file = json.loads(quickly(Keyring.new()))
    del file["check"]
    change(file)
    return json.dumps(file | {"check": _checksum(file)}).encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file["kdf"].update(memory_kib=2**31),
        lambda file: file["kdf"].update(memory_kib=0),
        lambda file: file["kdf"].update(memory_kib=True),
        lambda file: file["kdf"].update(memory_kib="8"),
        lambda file: file["kdf"].update(iterations=10**9),
        lambda file: file["kdf"].update(lanes=2),
        lambda file: file["kdf"].update(name="md5"),
        lambda file: file.pop("kdf"),
        lambda file: file.update(kdf=[]),
        lambda file: file.update(salt="zz"),
        lambda file: file.update(salt=""),
        lambda file: file.update(sealed="?"),
        lambda file: file.update(sealed=None),
        lambda file: file.update(version=2),
        lambda file: file.update(hamraz="private key"),
    ],
)
def test_a_file_that_asks_for_other_work_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(BrokenKeyring):
        Keyring.opened(mended(change), PASSPHRASE)


@pytest.mark.parametrize(
    "change",
    [
        lambda file: file.update(sealed=base64.b64encode(bytes(300)).decode()),
        lambda file: file.update(sealed=""),
        lambda file: file.update(salt="00" * 16),
        lambda file: file["kdf"].update(memory_kib=16),
        lambda file: file["kdf"].update(iterations=2),
    ],
)
def test_a_file_forged_with_a_mended_checksum_does_not_open(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(WrongPassphrase):
        Keyring.opened(mended(change), PASSPHRASE)


@pytest.mark.parametrize("inside", [b"", b"[]", b"{}", b"7", b'[{"id": "a", "key": "00"}]', b'[{"id": "a"}]'])
def test_a_file_that_opens_but_holds_no_keys_is_called_broken(inside: bytes) -> None:
    data = lock("keyring", inside, PASSPHRASE, memory_kib=8, iterations=1)

    with pytest.raises(BrokenKeyring, match="not a list of keys"):
        Keyring.opened(data, PASSPHRASE)


def test_a_file_of_one_kind_does_not_open_as_another() -> None:
    data = lock("private key", b"inside", PASSPHRASE, memory_kib=8, iterations=1)

    with pytest.raises(BrokenKeyring, match="another kind"):
        unlock("keyring", data, PASSPHRASE)


def test_an_empty_passphrase_is_refused() -> None:
    with pytest.raises(KeyringError, match="the passphrase is empty"):
        Keyring.new().sealed("")


@given(st.text(min_size=1, max_size=40))
def test_a_passphrase_in_any_script_works(passphrase: str) -> None:
    keyring = Keyring.new()

    assert Keyring.opened(quickly(keyring, passphrase), passphrase).ids == keyring.ids


def test_a_passphrase_typed_on_another_keyboard_is_the_same() -> None:
    composed, in_parts = "caf\u00e9", "cafe\u0301"

    assert Keyring.opened(quickly(Keyring.new(), composed), in_parts)


def test_the_file_shows_no_key_and_not_whether_there_are_one_or_two() -> None:
    one = Keyring.new()
    two = one.rotated()

    data = quickly(two)

    assert len(data) == len(quickly(one))
    for key in (*two._masters, *everything(two).values()):
        assert key.hex().encode() not in data
        assert base64.b64encode(key)[:30] not in data
