"""A sealed value opens at its own place, under its own key, unchanged, and nowhere else."""

from __future__ import annotations

import json
import pickle
import sqlite3
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.vault.grants import KeyPair
from storage.vault.randomness import new_id, new_key
from storage.vault.sealing import (
    Context,
    Sealed,
    Tampered,
    mac,
    open_from,
    open_sealed,
    pad,
    seal,
    seal_to,
    subkey,
    unpad,
)

KEY = bytes(range(32))
PAIR = KeyPair.new()
PLACE = Context("messages", "words", b"r" * 16, b"p" * 16, 3, "a1b2c3d4", 1)
WORDS = b"he followed me home"

contexts = st.builds(
    Context,
    table=st.text(max_size=20),
    column=st.text(max_size=20),
    row=st.binary(max_size=16),
    report=st.binary(max_size=16),
    seq=st.integers(0, 2**40),
    key_id=st.text(max_size=10),
    version=st.integers(1, 9),
)


@given(contexts)
def test_a_context_is_canonical_json(context: Context) -> None:
    written = {
        "table": context.table,
        "column": context.column,
        "row": context.row.hex(),
        "report": context.report.hex(),
        "seq": context.seq,
        "key": context.key_id,
        "version": context.version,
    }

    assert context.encoded() == json.dumps(written, sort_keys=True, separators=(",", ":")).encode()


@given(st.binary(max_size=5000))
def test_padding_comes_off_again_and_its_size_is_one_of_a_few(value: bytes) -> None:
    padded = pad(value)

    assert unpad(padded) == value
    assert len(padded) in (256, 512, 1024, 2048, 4096, 8192)
    assert len(padded) == 256 or len(padded) < 2 * (len(value) + 4)


@pytest.mark.parametrize(("length", "size"), [(0, 256), (252, 256), (253, 512), (508, 512), (509, 1024), (4092, 4096)])
def test_padding_takes_the_next_size(length: int, size: int) -> None:
    assert len(pad(b"x" * length)) == size


@given(st.binary(max_size=600))
def test_what_was_not_padded_is_refused_or_is_exactly_a_padded_value(value: bytes) -> None:
    try:
        inside = unpad(value)
    except ValueError:
        return
    assert pad(inside) == value


@pytest.mark.parametrize(
    "spoiled",
    [
        b"",
        b"\0\0\0",
        pad(b"words")[:-1],
        pad(b"words")[:-1] + b"x",
        b"\xff\xff\xff\xff" + bytes(252),
        bytes(512),  # would have fitted 256
        bytes(300),
    ],
)
def test_spoiled_padding_is_refused(spoiled: bytes) -> None:
    with pytest.raises(ValueError, match="padding does not fit"):
        unpad(spoiled)


@given(st.binary(max_size=2000), contexts)
def test_what_is_sealed_opens_again(value: bytes, context: Context) -> None:
    assert open_sealed(KEY, seal(KEY, value, context), context) == value


@given(st.binary(max_size=2000), contexts)
def test_what_is_sealed_to_a_key_opens_with_it(value: bytes, context: Context) -> None:
    sealed = seal_to(PAIR.public, KEY, value, context)

    assert open_from(PAIR.private, KEY, sealed, context) == value


def test_the_size_of_a_seal_shows_only_the_padded_size() -> None:
    assert {len(seal(KEY, b"x" * length, PLACE)) for length in range(253)} == {256 + 28}
    assert {len(seal_to(PAIR.public, KEY, b"x" * length, PLACE)) for length in range(0, 253, 50)} == {256 + 48 + 28}


def test_sealing_twice_never_gives_the_same_bytes() -> None:
    assert len({bytes(seal(KEY, WORDS, PLACE)) for _ in range(1000)}) == 1000


ELSEWHERE = [
    replace(PLACE, table="threads"),
    replace(PLACE, column="area"),
    replace(PLACE, row=b"s" * 16),
    replace(PLACE, report=b"q" * 16),
    replace(PLACE, seq=4),
    replace(PLACE, key_id="a1b2c3d5"),
    replace(PLACE, version=2),
    replace(PLACE, table="message", column="swords"),
    replace(PLACE, row=PLACE.row + PLACE.report[:1], report=PLACE.report[1:]),
]


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_a_seal_moved_to_another_place_does_not_open(elsewhere: Context) -> None:
    with pytest.raises(Tampered):
        open_sealed(KEY, seal(KEY, WORDS, PLACE), elsewhere)
    with pytest.raises(Tampered):
        open_from(PAIR.private, KEY, seal_to(PAIR.public, KEY, WORDS, PLACE), elsewhere)


@given(contexts, contexts)
def test_two_places_never_share_a_seal(one: Context, other: Context) -> None:
    if one == other:
        return
    with pytest.raises(Tampered):
        open_sealed(KEY, seal(KEY, WORDS, one), other)


def test_one_flipped_bit_anywhere_is_refused() -> None:
    sealed = seal(KEY, WORDS, PLACE)
    layered = seal_to(PAIR.public, KEY, WORDS, PLACE)

    for position in range(len(sealed) * 8):
        with pytest.raises(Tampered):
            open_sealed(KEY, _flipped(sealed, position), PLACE)
    for position in range(len(layered) * 8):
        with pytest.raises(Tampered):
            open_from(PAIR.private, KEY, _flipped(layered, position), PLACE)


@given(st.binary(max_size=700))
def test_bytes_that_nobody_sealed_are_refused(forged: bytes) -> None:
    with pytest.raises(Tampered):
        open_sealed(KEY, forged, PLACE)
    with pytest.raises(Tampered):
        open_from(PAIR.private, KEY, forged, PLACE)


def test_every_cut_is_refused() -> None:
    sealed = seal(KEY, WORDS, PLACE)

    for length in range(len(sealed)):
        with pytest.raises(Tampered):
            open_sealed(KEY, sealed[:length], PLACE)


def test_a_holder_of_the_shred_key_alone_cannot_read_nor_one_of_the_private_half_alone() -> None:
    sealed = seal_to(PAIR.public, KEY, WORDS, PLACE)

    with pytest.raises(Tampered):
        open_from(KeyPair.new().private, KEY, sealed, PLACE)
    with pytest.raises(Tampered):
        open_from(PAIR.private, new_key(), sealed, PLACE)


def test_a_layer_made_without_the_shred_key_is_refused() -> None:
    forged = seal_to(PAIR.public, new_key(), b"forged words", PLACE)

    with pytest.raises(Tampered):
        open_from(PAIR.private, KEY, forged, PLACE)


def test_a_seal_of_one_layer_does_not_open_as_two() -> None:
    with pytest.raises(Tampered):
        open_from(PAIR.private, KEY, seal(KEY, WORDS, PLACE), PLACE)


@pytest.mark.parametrize("public", [b"", bytes(31), bytes(33), bytes(32)])  # the last is a point of low order
def test_sealing_to_something_that_is_no_key_is_refused(public: bytes) -> None:
    with pytest.raises(Tampered):
        seal_to(public, KEY, WORDS, PLACE)


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33])
def test_a_key_of_another_length_is_refused_and_not_quietly_weaker(length: int) -> None:
    with pytest.raises(TypeError, match="32 bytes"):
        seal(bytes(length), WORDS, PLACE)
    with pytest.raises(TypeError, match="32 bytes"):
        open_sealed(bytes(length), seal(KEY, WORDS, PLACE), PLACE)


def test_the_error_names_the_place_in_one_line_and_nothing_else() -> None:
    with pytest.raises(Tampered) as caught:
        open_sealed(new_key(), seal(KEY, WORDS, PLACE), PLACE)

    assert str(caught.value).startswith("messages.words: ")
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_sealed_value_prints_as_sealed_and_stays_bytes_for_the_database() -> None:
    sealed = seal(KEY, WORDS, PLACE)
    database = sqlite3.connect(":memory:")
    database.execute("create table kept (value blob)")
    database.execute("insert into kept values (?)", (sealed,))

    (stored,) = database.execute("select value from kept").fetchone()

    assert {repr(sealed), str(sealed), f"{sealed}", f"{sealed!r}", f"{sealed:>8}".strip()} == {"<sealed>"}
    as_logged: object = sealed
    assert "%s" % as_logged == "<sealed>"  # noqa: UP031  the old way of formatting is the thing under test
    assert type(stored) is bytes
    assert stored == sealed
    assert pickle.loads(pickle.dumps(sealed)) == sealed
    assert isinstance(sealed, Sealed)


@given(st.lists(st.binary(max_size=8), max_size=4), st.lists(st.binary(max_size=8), max_size=4))
def test_two_lists_of_parts_never_meet_under_a_mac(one: list[bytes], other: list[bytes]) -> None:
    assert (mac(KEY, *one) == mac(KEY, *other)) == (one == other)


def test_a_subkey_depends_on_secret_label_and_salt() -> None:
    made = {subkey(KEY, "a"), subkey(KEY, "b"), subkey(KEY, "a", b"salt"), subkey(new_key(), "a")}

    assert len(made) == 4
    assert {len(each) for each in made} == {32}


def _flipped(sealed: bytes, position: int) -> bytes:
    changed = bytearray(sealed)
    changed[position // 8] ^= 1 << position % 8
    return bytes(changed)


def test_a_row_id_can_be_made_before_the_row() -> None:
    place = replace(PLACE, row=new_id())

    assert open_sealed(KEY, seal(KEY, WORDS, place), place) == WORDS
