"""A chain shows every changed, missing, swapped or cut row."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.vault.chains import BEGINNING, Linked, first_fault, link, mac_chain

KEY = bytes(range(32))

texts = st.lists(st.binary(max_size=30), min_size=1, max_size=12)


def chained(rows: list[bytes]) -> list[Linked]:
    made: list[Linked] = []
    for seq, row in enumerate(rows, 1):
        made.append(Linked(seq, row, link(made[-1].hash if made else BEGINNING, seq, row)))
    return made


def keyed(rows: list[bytes], key: bytes = KEY) -> list[Linked]:
    made: list[Linked] = []
    for seq, row in enumerate(rows, 1):
        made.append(Linked(seq, row, mac_chain(key, made[-1].hash if made else BEGINNING, seq, row)))
    return made


@given(texts)
def test_a_whole_chain_has_no_fault(rows: list[bytes]) -> None:
    plain, under_key = chained(rows), keyed(rows)

    assert first_fault(plain) is None
    assert first_fault(plain, (len(rows), plain[-1].hash)) is None
    assert first_fault(under_key, (len(rows), under_key[-1].hash), partial(mac_chain, KEY)) is None


@given(texts, st.randoms(use_true_random=False))
def test_a_changed_row_shows(rows: list[bytes], chance: Random) -> None:
    chain = chained(rows)
    place = chance.randrange(len(chain))

    chain[place] = replace(chain[place], row=chain[place].row + b"!")

    assert first_fault(chain) == place + 1


@given(texts, st.randoms(use_true_random=False))
def test_a_row_changed_together_with_its_hash_shows_at_the_next(rows: list[bytes], chance: Random) -> None:
    chain = chained([*rows, b"last"])
    place = chance.randrange(len(rows))
    before = chain[place - 1].hash if place else BEGINNING

    chain[place] = Linked(place + 1, b"forged", link(before, place + 1, b"forged"))

    assert rows[place] == b"forged" or first_fault(chain) == place + 2


@given(texts, st.randoms(use_true_random=False))
def test_a_missing_row_and_two_swapped_rows_show(rows: list[bytes], chance: Random) -> None:
    chain = chained([*rows, b"last"])
    place = chance.randrange(len(rows))

    assert first_fault(chain[:place] + chain[place + 1 :]) == place + 1
    chain[place], chain[place + 1] = chain[place + 1], chain[place]
    assert first_fault(chain) == place + 1


@given(texts, st.randoms(use_true_random=False))
def test_a_cut_tail_shows_against_a_head_kept_elsewhere(rows: list[bytes], chance: Random) -> None:
    chain = chained(rows)
    head = (len(chain), chain[-1].hash)
    kept = chance.randrange(len(chain))

    assert first_fault(chain[:kept]) is None  # nothing to hold it against
    assert first_fault(chain[:kept], head) == kept + 1


@given(texts)
def test_a_chain_written_anew_shows_against_a_head_kept_elsewhere(rows: list[bytes]) -> None:
    head = (len(rows), chained(rows)[-1].hash)

    rewritten = chained([b"other", *rows[1:], b"more"])

    assert rows[0] == b"other" or first_fault(rewritten, head) == len(rows)


def test_a_chain_that_went_on_after_the_head_is_well() -> None:
    chain = chained([b"a", b"b", b"c"])

    assert first_fault(chain, (2, chain[1].hash)) is None
    assert first_fault([], (0, BEGINNING)) is None
    assert first_fault([]) is None


def test_without_the_key_nobody_forges_a_chain() -> None:
    forged = keyed([b"a", b"b"], key=bytes(32))

    assert first_fault(forged, link=partial(mac_chain, KEY)) == 1
    assert first_fault(chained([b"a"]), link=partial(mac_chain, KEY)) == 1


def test_place_and_row_do_not_run_together() -> None:
    made = {link(BEGINNING, 1, b""), link(BEGINNING, 2, b""), link(BEGINNING, 1, bytes(1)), link(b"x" * 32, 1, b"")}

    assert len(made) == 4
    assert {len(each) for each in made} == {32}
    with pytest.raises(ValueError, match="32 bytes"):
        link(b"short", 1, b"row")
