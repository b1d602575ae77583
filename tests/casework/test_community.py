"""What is on: told to whoever asks, sent to whoever agreed, twice a week at most, until one word ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.community import allowance, partners, round
from casework.community.allowance import MOST_A_WEEK
from casework.community.posts import EVERYWHERE, ON, Post
from casework.community.round import Round
from casework.seeding import shipped_stock
from casework.staff.roles import Role
from operating.parts import Hamraz
from storage import outbox, subscriptions
from storage.subscriptions import Subscription
from tests.bot.test_conversation import SHORT, begin, receipt_in, tell
from tests.casework.cases.conftest import hired
from tests.casework.whats_on import LARKANA, TEA, ZONE, at, go, put_on, standing, subscribe, waiting
from tests.databases import Place
from tests.phones import Clock, Phone
from tests.storage.attacker import copied

Phones = Callable[..., Phone]


@pytest.fixture
def place(sqlite: Place) -> Place:
    """SQL and locks of it are tried on both: tests/storage/test_subscriptions.py."""
    return sqlite


# --- a reporter ------------------------------------------------------------------------------------


def test_she_looks_asks_for_it_gets_it_once_and_ends_it_with_one_word(
    phone: Phones, hamraz: Hamraz, clock: Clock
) -> None:
    one, other = phone("sms", "+923001110001"), phone("sms", "+923001110002")
    begin(one)
    begin(other)
    assert "Nothing is on there" in one.say("NEWS") + one.say("larkana")
    one.say("0")
    assert "NONEWS" in subscribe(one)
    subscribe(other, place="Karachi East")
    clock.forward(hours=1)
    post_id = put_on(hamraz, clock)

    sent = go(hamraz, clock)

    assert [address for address, _ in sent] == ["+923001110001"]
    assert sent[0][1].splitlines() == [
        "Tea and talk", "Everybody is welcome.", "Saturday 5 pm, 28 November 2026", "Town library", "To end these: NONEWS",
    ]  # fmt: skip
    assert go(hamraz, clock) == []
    assert standing(hamraz, post_id).went == 1
    said = one.say("NEWS") + one.say("لاڙڪاڻو")
    assert "Tea and talk" in said and "Town library" in said
    clock.forward(hours=30)  # a stranger by now
    assert one.say("No news.") == "All right. Nothing more of this comes. To look for yourself: NEWS"
    assert one.last is not None
    assert [reply.text for reply in one.deliver(one.last)] == [
        "All right. Nothing more of this comes. To look for yourself: NEWS"
    ]
    assert "This is not an emergency service" in one.say("hello")
    put_on(hamraz, clock)
    assert go(hamraz, clock) == []


def test_a_no_or_nothing_clear_keeps_nothing(phone: Phones, hamraz: Hamraz, clock: Clock) -> None:
    one = phone()
    begin(one)
    for answers in (["2"], ["ok", "hmm"], ["0"], ["XX"]):
        one.say("NEWS")
        one.say("Larkana")
        one.say("1")
        for answer in answers:
            one.say(answer)

    assert copied(hamraz.database, ["subscriptions"]) == {"subscriptions": []}


def test_whatever_she_leaves_by_takes_it_along(phone: Phones, hamraz: Hamraz, clock: Clock) -> None:
    def by_number(one: Phone) -> None:
        one.say(receipt_in(tell(phone("sms", "+923004440000"))))
        one.say("erase")
        assert "erased" in one.say("1")

    def by_word(one: Phone) -> None:
        assert "Clear what is not yet sent" in one.say("erase")
        one.say("1")

    def with_nothing_else_here(one: Phone) -> None:
        clock.forward(hours=30)
        one.say("hi")
        assert "Nothing more of this comes" in one.say("erase")

    def in_a_story(one: Phone) -> None:
        one.say("1")
        for answer in ["1", "1", "2", "1", "2", "1", "2"]:
            one.say(answer)
        assert "Nothing more of this comes" in one.say("nonews")

    ways: list[Callable[[Phone], object]] = [
        lambda one: one.say("XX"),
        lambda one: one.say("STOP", opt_out="STOP"),
        lambda one: one.say("خبریں بند"),
        by_word,
        with_nothing_else_here,
        in_a_story,
        by_number,
    ]
    phones = [phone("sms", f"+92300222000{number}") for number in range(len(ways))]
    for one, leave in zip(phones, ways, strict=True):
        begin(one)
        subscribe(one)
        assert len(copied(hamraz.database, ["subscriptions"])["subscriptions"]) == 1
        put_on(hamraz, clock)
        Round(hamraz.room, frozenset(("sms",))).go(clock())  # it waits in the outbox
        leave(one)
        assert copied(hamraz.database, ["subscriptions"]) == {"subscriptions": []}, leave
        assert [text for _, text in waiting(hamraz, clock) if "Tea" in text] == []


def test_hours_that_she_leaves_out_are_those_she_named_with_a_report(
    phone: Phones, hamraz: Hamraz, clock: Clock
) -> None:
    one = phone()
    tell(one, answers=[*SHORT[:11], "1", "1", "4", "SKIP", "2", "1"])  # a yes to be written to, at night
    subscribe(one, hours="SKIP")
    put_on(hamraz, clock)

    found = []
    for hour in (12, 18, 22):
        at(clock, hour)
        found.append([text for _, text in go(hamraz, clock) if "Tea" in text])

    assert [len(texts) for texts in found] == [0, 0, 1]


def test_a_stranger_who_sends_the_word_hears_the_first_message_and_then_what_is_on(
    phone: Phones, hamraz: Hamraz, clock: Clock
) -> None:
    put_on(hamraz, clock)

    said = phone().say("KHABREIN")

    assert "Ye emergency service nahi hai" in said and "Ilaqa ya shehar likhein" in said


def test_who_helps_is_told_with_the_care_of_the_directory(phone: Phones, hamraz: Hamraz, clock: Clock) -> None:
    one, admin = phone(), hired(hamraz.room, clock, "Admin", Role.ADMIN)
    mine = partners.Partner(
        "", names={"en": "Reading Room"}, does={"en": "books and company"}, district=LARKANA, contact="0300 0000000"
    )
    partners.save(hamraz.room, admin.id, mine, clock())
    partners.save(hamraz.room, admin.id, mine, clock())  # sent twice
    shipped = partners.shipped()[0]
    partners.save(hamraz.room, admin.id, replace(shipped, shown=False), clock())
    begin(one)
    one.say("NEWS")
    one.say("larkana")

    said = one.say("2")

    stock = shipped_stock()
    assert said.splitlines()[0] == "Reading Room: books and company. 0300 0000000" and said.count("Reading Room") == 1
    assert stock.by_id[shipped.row].names["en"] not in said + one.say("1")
    assert all(each.row in stock.by_id for each in partners.shipped())

    for each in partners.listed(hamraz.room):
        partners.save(hamraz.room, admin.id, replace(each, shown=False), clock())
    one.say("NEWS")
    one.say("larkana")
    assert "We know of nobody there yet" in one.say("2")


# --- a round ---------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=200)
@given(
    hours=st.sampled_from(sorted(allowance.HOURS)),
    told=st.lists(st.tuples(st.integers(0, 40 * 24), st.integers(0, 20)), max_size=25),
    rounds=st.lists(st.integers(0, 40 * 24 * 60), max_size=400).map(sorted),
)
def test_nobody_gets_more_than_two_a_week_one_a_day_or_anything_outside_her_hours(
    hours: str, told: list[tuple[int, int]], rounds: list[int]
) -> None:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    one = Subscription(bytes(16), 0, "sms", "", "", "", "en", int(start.timestamp()), hours, (EVERYWHERE,))
    every = [
        Post(id=f"p{number}", status=ON, published=int((start + timedelta(hours=hour)).timestamp()),
             last_day=(start + timedelta(hours=hour, days=days)).date().isoformat())
        for number, (hour, days) in enumerate(told)
    ]  # fmt: skip
    went: list[tuple[str, datetime]] = []
    for minute in rounds:
        now = start + timedelta(minutes=minute)
        on = [post for post in every if post.is_on(now, ZONE) and post.published <= now.timestamp()]
        wanted = allowance.wanting(one, on)
        if wanted and allowance.may_go(one, now) and allowance.until(one, now, ZONE) is not None:
            allowance.note(one, wanted[0], b"", on, now)
            went.append((wanted[0].id, now))

    moments = [now for _, now in went]
    assert len({name for name, _ in went}) == len(went)
    assert all(sum(now - allowance.WEEK < other <= now for other in moments) <= MOST_A_WEEK for now in moments)
    assert all(later - earlier >= allowance.DAY for earlier, later in pairwise(moments))
    first, last = allowance.HOURS[hours]
    assert all(first <= (now.hour + 5) % 24 < last for now in moments)


def test_a_post_waits_for_her_hours_and_her_week_and_what_is_over_is_never_sent(
    phone: Phones, hamraz: Hamraz, clock: Clock
) -> None:
    one = phone()
    begin(one)
    subscribe(one, hours="3")
    at(clock, 15)
    ids = [
        put_on(hamraz, clock, replace(TEA, titles={"en": f"Post {n}"}, texts={}, last_day="2026-12-30"))
        for n in range(3)
    ]

    assert go(hamraz, clock) == []
    assert sum(standing(hamraz, post_id).waits for post_id in ids) == 3
    got = []
    for _ in range(9):
        at(clock, 18)
        got += [text.split("\n")[0] for _, text in go(hamraz, clock)]
        at(clock, 22)
        assert go(hamraz, clock) == []
    assert sorted(got) == ["Post 0", "Post 1", "Post 2"]

    put_on(hamraz, clock, replace(TEA, last_day="2026-12-03"))
    at(clock, 18)
    assert go(hamraz, clock) == []


def test_whoever_whatsapp_lets_nobody_write_to_is_counted_and_gets_it_once_she_has_written(
    phone: Phones, hamraz: Hamraz, clock: Clock
) -> None:
    one = phone("whatsapp", "923001110009")
    begin(one)
    subscribe(one)
    clock.forward(hours=24)
    post_id = put_on(hamraz, clock)

    assert go(hamraz, clock) == []
    assert (standing(hamraz, post_id).went, standing(hamraz, post_id).closed) == (0, 1)

    room, channels = hamraz.room, frozenset(("whatsapp",))
    assert Round(room, channels, frozenset(("news_ur",))).go(clock()) == ()  # approved, and not in her language
    assert waiting(hamraz, clock) == []
    one.say("hi")
    assert [address for address, text in go(hamraz, clock) if "Tea" in text] == ["923001110009"]
    assert (standing(hamraz, post_id).went, standing(hamraz, post_id).closed) == (1, 0)


def test_where_whatsapp_has_approved_it_a_template_tells_her_and_holds_no_word_of_the_post(
    phone: Phones, hamraz: Hamraz, clock: Clock
) -> None:
    one = phone("whatsapp", "923001110008")
    begin(one)
    subscribe(one)
    clock.forward(hours=24)
    put_on(hamraz, clock)

    Round(hamraz.room, frozenset(("whatsapp",)), frozenset(("news_en",))).go(clock())

    items = hamraz.database.work(lambda unit: outbox.lease(unit, hamraz.keyring, "w", "whatsapp", 9, clock()))
    sent = [item.payload for item in items if "template" in item.payload]
    assert [(one["template"], "Tea" in one["text"]) for one in sent] == [("news_en", False)]


def test_a_round_that_is_killed_sends_nobody_a_post_twice(
    phone: Phones, hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        one = phone("sms", f"+92300333000{number}")
        begin(one)
        subscribe(one)
    post_id = put_on(hamraz, clock)
    monkeypatch.setattr(round, "_BATCH", 2)
    real, calls = outbox.put, iter(range(100))

    class Killed(BaseException):
        pass

    def put(*given: object, **named: object) -> bool:
        if next(calls) == 3:
            raise Killed
        return real(*given, **named)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(outbox, "put", put)
    with pytest.raises(Killed):
        go(hamraz, clock)

    sent = go(hamraz, clock)

    assert sorted(address for address, _ in sent) == [f"+92300333000{number}" for number in range(5)]
    assert standing(hamraz, post_id).went == 5


@pytest.mark.parametrize("why", ["21610 opted out", "403 blocked", "21211 bad number"])
def test_where_a_provider_says_that_she_wants_nothing_hers_goes(
    phone: Phones, hamraz: Hamraz, clock: Clock, why: str
) -> None:
    one = phone()
    begin(one)
    subscribe(one)
    put_on(hamraz, clock)
    Round(hamraz.room, frozenset(("sms",))).go(clock())
    items = hamraz.database.work(lambda unit: outbox.lease(unit, hamraz.keyring, "w", "sms", 100, clock()))
    about = str(items[-1].payload["about"])

    hamraz.database.work(lambda unit: hamraz.counter.told(unit, about, "failed", clock(), "30003 unreachable"))
    assert hamraz.database.read(lambda unit: subscriptions.count(unit, clock())) == 1
    hamraz.database.work(lambda unit: hamraz.counter.told(unit, about, "failed", clock(), why))
    assert hamraz.database.read(lambda unit: subscriptions.count(unit, clock())) == 0
