"""A sender is found by her address and stays unknown without it."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_key
from storage.vault.senders import Sender, SenderBook, message_mac
from storage.vault.stretching import stretch

KEYRING = Keyring.new()
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)
NUMBER = "+923001234567"
MINUTE = timedelta(minutes=1)


def book(keyring: Keyring = KEYRING, size: int = 50_000, at_once: int = 4) -> SenderBook:
    # 8 KiB is no protection at all; these tests look at everything but the cost.
    return SenderBook(keyring, memory_kib=8, iterations=1, size=size, at_once=at_once)


def values(sender: Sender) -> list[bytes]:
    return [
        sender.index,
        sender.link_index,
        sender.outbox_tag,
        sender.guess_tag,
        sender.lease_tag,
        sender.link_key,
        sender.draft_key(bytes(32), bytes(32), b""),
        sender.mark("count", "2026-Q4"),
    ]


@pytest.fixture
def stretched(monkeypatch: pytest.MonkeyPatch) -> Counter[int]:
    """Counts the slow derivations."""
    counted: Counter[int] = Counter()

    def counting(secret: bytes, salt: bytes, memory_kib: int, iterations: int) -> bytes:
        counted[0] += 1
        return stretch(secret, salt, memory_kib, iterations)

    monkeypatch.setattr("storage.vault.senders.stretch", counting)
    return counted


def test_the_same_address_gives_the_same_sender_in_every_process() -> None:
    assert values(book().of("sms", NUMBER, NOW)) == values(book().of("sms", NUMBER, NOW))


def test_tables_do_not_join_and_people_do_not_meet() -> None:
    one = book()
    everyone = [
        one.of("sms", NUMBER, NOW),
        one.of("sms", NUMBER[:-1] + "8", NOW),
        one.of("whatsapp", NUMBER, NOW),
        book(Keyring.new()).of("sms", NUMBER, NOW),
    ]

    kept = [value[:16] for sender in everyone for value in values(sender)]

    assert len(set(kept)) == len(kept)


def test_tags_are_sixteen_bytes_and_the_link_key_is_a_key() -> None:
    sender = book().of("sms", NUMBER, NOW)

    tags = (sender.index, sender.link_index, sender.outbox_tag, sender.guess_tag, sender.lease_tag)
    assert {len(tag) for tag in tags} == {16}
    assert len(sender.link_key) == 32


@given(st.text(max_size=3), st.text(max_size=3), st.text(max_size=3), st.text(max_size=3))
def test_a_channel_and_an_address_never_run_together(a: str, b: str, c: str, d: str) -> None:
    one = book()

    same = one.of(a, b, NOW).index == one.of(c, d, NOW).index

    assert same == ((a, b) == (c, d))


def test_an_address_that_is_no_valid_text_is_an_address_like_any_other() -> None:
    assert book().of("telegram", "\ud800", NOW).index != book().of("telegram", "\ud801", NOW).index


def test_only_the_first_message_in_a_while_is_slow(stretched: Counter[int]) -> None:
    one = book()

    for minutes in (0, 14, 28, 42):  # each within 15 minutes of the one before
        one.of("sms", NUMBER, NOW + minutes * MINUTE)
    assert stretched[0] == 1

    one.of("sms", NUMBER, NOW + 57 * MINUTE)
    assert stretched[0] == 2


def test_a_quiet_book_forgets_when_told_the_time() -> None:
    one = book()
    one.of("sms", NUMBER, NOW)
    one.of("sms", "+44", NOW + MINUTE)

    one.expire(NOW + 15 * MINUTE)

    assert repr(one) == "<SenderBook of 1>"


def test_the_least_lately_seen_makes_room(stretched: Counter[int]) -> None:
    one = book(size=2)
    for number in ("1", "2", "1", "3"):  # "2" leaves
        one.of("sms", number, NOW)
    assert stretched[0] == 3

    one.of("sms", "1", NOW)
    one.of("sms", "3", NOW)
    assert stretched[0] == 3
    one.of("sms", "2", NOW)
    assert stretched[0] == 4


def test_forgetting_drops_her_under_every_key(stretched: Counter[int]) -> None:
    one = book(KEYRING.rotated())
    one.of("sms", NUMBER, NOW)

    one.forget("sms", NUMBER)

    assert repr(one) == "<SenderBook of 0>"
    one.of("sms", NUMBER, NOW)
    assert stretched[0] == 4


def test_after_rotation_she_is_found_under_the_older_keys_newest_first() -> None:
    first = KEYRING
    third = first.rotated().rotated()
    before = book(first).of("sms", NUMBER, NOW)

    now = book(third).of("sms", NUMBER, NOW)
    old = list(book(third).of_old("sms", NUMBER, NOW))

    assert now.key_id == third.current
    assert [each.key_id for each in old] == [third.ids[1], third.ids[0]]
    assert values(old[1]) == values(before)
    assert values(now) != values(before)
    assert list(book(first).of_old("sms", NUMBER, NOW)) == []


def test_looking_under_old_keys_costs_only_as_far_as_one_looks(stretched: Counter[int]) -> None:
    one = book(KEYRING.rotated().rotated())

    next(one.of_old("sms", NUMBER, NOW))

    assert stretched[0] == 1


def test_many_threads_pay_once_for_one_sender(stretched: Counter[int]) -> None:
    one = SenderBook(KEYRING, memory_kib=4096, iterations=2)
    start = threading.Barrier(8)

    def ask(_: int) -> bytes:
        start.wait()
        return one.of("sms", NUMBER, NOW).index

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(8)))

    assert len(found) == 1
    assert stretched[0] == 1


def test_many_threads_with_many_senders_stay_right() -> None:
    one = book(size=20)
    expected = {str(n): book().of("sms", str(n), NOW).index for n in range(40)}

    def ask(n: int) -> bool:
        number = str(n % 40)
        if n % 7 == 0:
            one.forget("sms", number)
        return one.of("sms", number, NOW + n * timedelta(seconds=1)).index == expected[number]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(2000)))


def test_never_more_derivations_at_once_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, guard = 0, 0, threading.Lock()

    def watched(secret: bytes, salt: bytes, memory_kib: int, iterations: int) -> bytes:
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        try:
            return stretch(secret, salt, 1024, 1)
        finally:
            with guard:
                running -= 1

    monkeypatch.setattr("storage.vault.senders.stretch", watched)
    one = book(at_once=2)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: one.of("sms", str(n), NOW), range(40)))

    assert most <= 2


def test_one_forgotten_while_being_found_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    one = book()

    def forgetting(secret: bytes, salt: bytes, memory_kib: int, iterations: int) -> bytes:
        one.forget("sms", NUMBER)
        return stretch(secret, salt, memory_kib, iterations)

    monkeypatch.setattr("storage.vault.senders.stretch", forgetting)

    one.of("sms", NUMBER, NOW)

    assert repr(one) == "<SenderBook of 0>"


def test_a_failure_reaches_the_caller_and_the_next_try_starts_afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    one = book()

    def failing(*_: object) -> bytes:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr("storage.vault.senders.stretch", failing)
        with pytest.raises(MemoryError):
            one.of("sms", NUMBER, NOW)

    assert one.of("sms", NUMBER, NOW).index == book().of("sms", NUMBER, NOW).index


def test_a_cost_that_does_not_exist_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="memory_cost"):
        SenderBook(KEYRING, memory_kib=1)


def test_a_draft_key_takes_her_address_our_keyring_the_shred_key_and_the_salt() -> None:
    sender = book().of("sms", NUMBER, NOW)
    other = book().of("sms", "+44", NOW)
    shred, ours = new_key(), KEYRING.key(Purpose.DRAFT)

    key = sender.draft_key(shred, ours, b"salt")

    assert key == book().of("sms", NUMBER, NOW).draft_key(shred, ours, b"salt")
    changed = [
        other.draft_key(shred, ours, b"salt"),
        sender.draft_key(new_key(), ours, b"salt"),
        sender.draft_key(shred, new_key(), b"salt"),
        sender.draft_key(shred, ours, b"pepper"),
        sender.draft_key(ours, shred, b"salt"),
    ]
    assert key not in changed


def test_a_mark_counts_her_once_a_quarter_and_not_across() -> None:
    sender = book().of("sms", NUMBER, NOW)

    marks = [sender.mark(purpose, quarter) for purpose in ("count", "tips") for quarter in ("2026-Q4", "2027-Q1")]

    assert sender.mark("count", "2026-Q4") == marks[0]
    assert len(set(marks)) == 4
    assert {len(mark) for mark in marks} == {16}


def test_a_message_id_is_known_again_and_means_nothing_without_the_keyring() -> None:
    rotated = KEYRING.rotated()

    kept = message_mac(KEYRING, "sms", "SM123")

    assert len(kept) == 16
    assert kept == message_mac(KEYRING, "sms", "SM123") == message_mac(rotated, "sms", "SM123", KEYRING.current)
    assert kept not in (
        message_mac(KEYRING, "sms", "SM124"),
        message_mac(KEYRING, "whatsapp", "SM123"),
        message_mac(KEYRING, "smsS", "M123"),
        message_mac(Keyring.new(), "sms", "SM123"),
        message_mac(rotated, "sms", "SM123"),
    )
