"""Leases of what waits: in order, one worker at a time, at one pace; on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import outbox
from storage.database import Database, Unit
from storage.outbox import AHEAD, LEASE, Leased
from storage.vault.keyring import Keyring
from tests.databases import Place

SECOND = timedelta(seconds=1)
A, B = b"a" * 16, b"b" * 16
NUMBERS = count(1)


class Box:
    """The outbox, a call a unit of work."""

    def __init__(self, database: Database, keyring: Keyring, now: datetime) -> None:
        self.database, self.keyring, self.now = database, keyring, now

    def put(self, owner: bytes, *texts: str, kind: str = "send", channel: str = "sms") -> None:
        for text in texts:
            self.database.work(
                lambda unit, text=text: outbox.put(  # type: ignore[misc]  # typed above
                    unit, self.keyring, owner, kind, channel, "+1", {"text": text}, self.now
                )
            )

    def ask(self, owner: bytes, due: timedelta) -> bool:
        return self.database.work(
            lambda unit: outbox.put(
                unit,
                self.keyring,
                owner,
                "ask",
                "sms",
                "+1",
                {"text": "ask"},
                self.now,
                unasked=True,
                due=self.now + due,
            )
        )

    def lease(self, most: int = 20, worker: str = "w", **how: object) -> list[Leased]:
        return self.database.work(
            lambda unit: outbox.lease(unit, self.keyring, worker, "sms", most, self.now, **how)  # type: ignore[arg-type]  # a test names options freely
        )

    def behind(self, of: bytes, worker: str = "w", pace: float | None = None) -> Leased | datetime | None:
        return self.database.work(
            lambda unit: outbox.lease_behind(unit, self.keyring, worker, "sms", of, self.now, pace)
        )

    def done(self, item: Leased) -> None:
        self.database.work(lambda unit: outbox.done(unit, item.id))

    def retry(self, item: Leased, after: timedelta, worker: str = "w") -> None:
        self.database.work(lambda unit: outbox.retry_at(unit, worker, item.id, self.now + after))

    def rewrite(self, item: Leased, text: str, worker: str = "w") -> bool:
        return self.database.work(
            lambda unit: outbox.rewrite(unit, self.keyring, worker, item.id, "+1", {"text": text}, self.now)
        )


@pytest.fixture
def box(database: Database, keyring: Keyring, now: datetime) -> Box:
    return Box(database, keyring, now)


def texts(items: list[Leased]) -> list[str]:
    return [str(item.payload["text"]) for item in items]


def test_of_a_conversation_only_the_first_is_leased_until_it_is_settled(box: Box) -> None:
    box.put(A, "1", "2")
    box.put(B, "3")

    first = box.lease()
    assert sorted(texts(first)) == ["1", "3"]
    assert box.lease(worker="other") == []

    box.done(next(item for item in first if item.owner == A))
    assert texts(box.lease(worker="other")) == ["2"]


def test_of_what_came_within_a_second_the_first_goes_first_whosever_it_is(box: Box) -> None:
    begun = box.now
    for number in range(60):
        box.now = begun + timedelta(milliseconds=number * 10)
        box.put(number.to_bytes(16, "big"), str(number))
    box.now = begun + timedelta(seconds=1)

    assert texts(box.lease(25)) == [str(number) for number in range(25)]
    assert texts(box.lease(60)) == [str(number) for number in range(25, 60)]


def test_what_a_dead_worker_held_is_anothers_when_its_lease_has_ended(box: Box) -> None:
    box.put(A, "1", "2")
    box.lease(worker="dead")

    box.now += LEASE
    assert box.lease() == []
    box.now += SECOND
    assert texts(box.lease()) == ["1"]


def test_one_put_off_holds_back_its_own_conversation_only(box: Box) -> None:
    box.put(A, "1", "2")
    box.put(B, "3")
    for item in box.lease():
        box.retry(item, 60 * SECOND) if item.owner == A else box.done(item)

    box.now += 59 * SECOND
    assert box.lease() == []
    box.now += SECOND
    assert [(item.attempts, item.payload["text"]) for item in box.lease()] == [(1, "1")]


def test_a_worker_whose_lease_ran_out_changes_nothing_for_who_has_it_now(box: Box) -> None:
    box.put(A, "1")
    (slow,) = box.lease(worker="slow")
    box.now += LEASE + SECOND
    (item,) = box.lease(worker="quick")

    box.retry(slow, 60 * SECOND, worker="slow")
    assert not box.rewrite(slow, "half of it", worker="slow")

    box.now += LEASE - SECOND
    assert box.lease() == []
    assert box.rewrite(item, "half", worker="quick")
    box.now += LEASE + SECOND
    assert texts(box.lease()) == ["half"]


def test_a_rewritten_one_begins_its_lease_anew(box: Box) -> None:
    box.put(A, "1")
    (item,) = box.lease()
    box.now += LEASE - SECOND
    box.rewrite(item, "rest")

    box.now += LEASE
    assert box.lease(worker="other") == []


def test_what_a_worker_renews_stays_its_own_and_no_other_workers(box: Box) -> None:
    box.put(A, "1")
    box.put(B, "2")
    ids = [box.lease(1, worker=worker)[0].id for worker in ("lives", "dies")]

    for _ in range(5):
        box.now += LEASE - SECOND
        assert box.database.work(lambda unit: outbox.renew(unit, "lives", ids, box.now)) == 1

    assert [item.id for item in box.lease()] == ids[1:]
    assert box.database.work(lambda unit: outbox.renew(unit, "dies", ids, box.now)) == 0


def test_a_sweep_is_given_only_what_is_overdue(box: Box) -> None:
    box.put(A, "1")

    box.now += 19 * SECOND
    assert box.lease(overdue=20 * SECOND) == []
    box.now += SECOND
    assert texts(box.lease(overdue=20 * SECOND)) == ["1"]


# --- one conversation ---------------------------------------------------------------------------


def test_behind_a_conversation_wait_its_sends_in_order_and_nobody_elses(box: Box) -> None:
    box.put(A, "1", "2")
    box.put(B, "3")
    got = []
    while isinstance(item := box.behind(A), Leased):
        got.append(item.payload["text"])
        box.done(item)

    assert (got, item) == (["1", "2"], None)


def test_behind_one_that_is_put_off_or_leased_stands_when_to_ask_again(box: Box) -> None:
    box.put(A, "1", "2")
    item = box.behind(A)
    assert isinstance(item, Leased)

    assert box.behind(A, worker="other") == box.now + LEASE + SECOND

    box.retry(item, 40 * SECOND)
    assert box.behind(A) == box.now + 40 * SECOND


def test_a_wipe_is_found_by_its_own_id_and_waits_for_no_send(box: Box) -> None:
    box.put(A, "1")
    box.put(A, "x", kind="wipe")
    (wipe,) = [item for item in box.lease() if item.kind == "wipe"]
    box.retry(wipe, timedelta(0))

    found = box.behind(wipe.id)

    assert isinstance(found, Leased) and found.id == wipe.id


def test_a_channel_that_is_behind_its_pace_says_when_to_ask_again(box: Box) -> None:
    for number in range(5):
        box.put(bytes([number]) * 16, "x")
    assert len(box.lease(per_second=1)) == 3  # now, in one second, in two

    when = box.behind(bytes([4]) * 16, pace=1)

    assert isinstance(when, datetime)
    box.now = when
    assert box.lease(per_second=1)


# --- pace ---------------------------------------------------------------------------------------


def test_many_workers_together_keep_one_pace(place: Place, keyring: Keyring, now: datetime) -> None:
    box = Box(place.open(), keyring, now)
    for number in range(40):
        box.put(bytes([number]) * 16, "x")
    workers = [Box(place.open(), keyring, now) for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        leased = list(pool.map(lambda one: one.lease(5, str(id(one)), per_second=10), workers * 2))

    starts = sorted(item.start for items in leased for item in items)
    assert len({item.id for items in leased for item in items}) == len(starts)
    assert all(later - earlier >= 0.1 * SECOND for earlier, later in pairwise(starts))
    assert len(starts) == 21  # two seconds' worth, and the first
    assert starts[0] == now


def test_a_channel_that_is_paused_is_paused_for_every_worker_and_no_other_channel(
    place: Place, keyring: Keyring, now: datetime
) -> None:
    one, other = Box(place.open(), keyring, now), Box(place.open(), keyring, now)
    one.put(A, "1")
    one.put(B, "2", channel="whatsapp")
    one.database.work(lambda unit: outbox.pause(unit, "sms", now + 30 * SECOND))

    assert other.lease(per_second=10) == []
    assert other.database.work(lambda unit: outbox.lease(unit, keyring, "w", "whatsapp", 5, now, per_second=10))
    other.now += 30 * SECOND
    assert texts(other.lease(per_second=10)) == ["1"]


def test_an_earlier_pause_does_not_shorten_a_later_one(box: Box) -> None:
    box.put(A, "1")
    for seconds in (30, 10):
        box.database.work(lambda unit, s=seconds: outbox.pause(unit, "sms", box.now + s * SECOND))  # type: ignore[misc]  # typed above

    box.now += 20 * SECOND
    assert box.lease(per_second=10) == []


def test_looking_into_an_empty_outbox_takes_no_moment(box: Box) -> None:
    for _ in range(100):
        assert box.lease(per_second=1) == []
    box.put(A, "1")

    (item,) = box.lease(per_second=1)
    assert item.start == box.now


@given(
    steps=st.lists(st.tuples(st.integers(1, 6), st.floats(0, 3), st.sampled_from([1.0, 7.0, 10.0, 40.0])), max_size=12)
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_moments_never_come_closer_than_the_pace_nor_too_far_ahead(
    steps: list[tuple[int, float, float]], database: Database, now: datetime
) -> None:
    channel = f"c{next(NUMBERS)}"
    last: tuple[datetime, float] | None = None
    for wanted, forward, pace in steps:
        now += forward * SECOND
        moments = database.work(
            lambda unit, now=now, wanted=wanted, pace=pace: outbox.reserve(unit, channel, wanted, pace, now)  # type: ignore[misc]  # typed above
        )
        for moment in moments:
            assert now <= moment <= now + AHEAD
            if last is not None:
                assert moment - last[0] >= SECOND / last[1] - timedelta(microseconds=1)
            last = (moment, pace)


def test_a_question_for_tomorrow_holds_back_no_answer_and_goes_in_its_time(box: Box) -> None:
    assert box.ask(A, timedelta(hours=23))
    box.put(A, "now")

    found = box.lease()
    assert texts(found) == ["now"]
    box.done(found[0])
    box.now += timedelta(hours=23)
    assert [item.kind for item in box.lease()] == ["ask"]


def test_what_waits_for_its_hour_holds_back_nothing_then_keeps_its_place_and_goes_at_once_when_she_is_here(
    box: Box,
) -> None:
    def later(text: str, owner: bytes = A) -> None:
        due = box.now + timedelta(hours=5)
        box.database.work(
            lambda unit: outbox.put(unit, box.keyring, owner, "send", "sms", "+1", {"text": text}, box.now, due=due)
        )

    def goes(owner: bytes = A) -> list[str]:
        went = []
        while isinstance(item := box.behind(owner), Leased):
            went.append(str(item.payload["text"]))
            box.done(item)
        return went

    later("first")
    later("second")
    assert box.behind(A) == box.now + timedelta(hours=5)
    box.put(A, "now")
    assert goes() == ["now"]

    box.now += timedelta(hours=5)
    box.put(A, "third")
    assert [texts(box.lease()), box.behind(A)] == [["first"], box.now + LEASE + SECOND]

    later("b first", B)
    later("b second", B)
    box.put(B, "b now")
    assert box.database.work(lambda unit: outbox.hasten(unit, B, "sms", box.now))
    assert not box.database.work(lambda unit: outbox.hasten(unit, B, "sms", box.now))
    assert goes(B) == ["b first", "b second", "b now"]


def test_a_question_for_tomorrow_is_gone_after_its_day_with_panic_and_with_stop(box: Box) -> None:
    for owner in (A, B, b"c" * 16):
        box.ask(owner, timedelta(hours=23))
    box.database.work(lambda unit: outbox.drop(unit, A))
    box.database.work(lambda unit: outbox.stop(unit, B, "sms", box.now))
    assert not box.ask(B, timedelta(hours=23))

    box.now += timedelta(hours=23, minutes=59)
    assert [item.owner for item in box.lease()] == [b"c" * 16]
    box.now += timedelta(minutes=1)
    assert box.lease(worker="another") == []


def test_whoever_delivers_hears_of_what_waits_once_a_channel_when_it_is_kept_and_not_before(
    box: Box, database: Database, keyring: Keyring, now: datetime
) -> None:
    heard: list[str] = []
    database.called = heard.append

    def put(unit: Unit) -> None:
        for owner, channel in ((A, "sms"), (A, "sms"), (B, "telegram")):
            outbox.put(unit, keyring, owner, "send", channel, "+1", {"text": "hi"}, now)
        assert heard == []

    def fall(unit: Unit) -> None:
        put(unit)
        raise KeyError

    with pytest.raises(KeyError):
        database.work(fall)
    box.lease()
    assert heard == []
    database.work(put)

    assert sorted(heard) == ["sms", "telegram"]
