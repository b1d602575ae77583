"""Chance comes from the operating system, and is even."""

from __future__ import annotations

import uuid
from collections import Counter

from storage.vault.randomness import new_id, new_key, new_nonce, random_digits, shuffled


def test_an_id_is_a_random_uuid_of_sixteen_bytes() -> None:
    assert uuid.UUID(bytes=new_id()).version == 4
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_keys_and_nonces_do_not_repeat() -> None:
    assert len({new_key() for _ in range(10_000)}) == 10_000
    assert len({new_nonce() for _ in range(10_000)}) == 10_000
    assert (len(new_key()), len(new_nonce())) == (32, 12)


def test_digits_keep_their_leading_noughts_and_are_even() -> None:
    counted = Counter("".join(random_digits(20) for _ in range(5_000)))

    assert {len(random_digits(19)) for _ in range(1000)} == {19}
    assert random_digits(0) == ""
    assert set(counted) == set("0123456789")
    # Each is 10,000 give or take 95; ten standard deviations never happen by chance.
    assert all(9_050 < each < 10_950 for each in counted.values())


def test_shuffling_keeps_everything_and_leaves_the_list_alone() -> None:
    items = list(range(100))

    mixed = shuffled(items)

    assert sorted(mixed) == items == list(range(100))
    assert mixed != items
