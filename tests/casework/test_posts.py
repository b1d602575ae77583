"""Posts: written, told once, withdrawn; in neutral words, short enough, and honest about the language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from casework.community import editing, neutral, partners, wording
from casework.community.posts import DRAFT, Post
from casework.community.refusals import NoSuchPost, NotHers, PostIsOn, PostMeanwhile
from casework.community.round import Round
from casework.staff.roles import Role
from operating.parts import Hamraz
from tests.bot.test_conversation import begin
from tests.casework.cases.conftest import hired
from tests.casework.whats_on import BOOK, DISTRICTS, TEA, ZONE, go, subscribe, waiting
from tests.databases import Place
from tests.phones import Clock, Phone

Phones = Callable[..., Phone]


@pytest.fixture
def place(sqlite: Place) -> Place:
    """SQL and locks of it are tried on both: tests/storage/test_subscriptions.py."""
    return sqlite


# --- whoever writes it -------------------------------------------------------------------------------


@pytest.fixture
def admin(hamraz: Hamraz, clock: Clock) -> bytes:
    return hired(hamraz.room, clock, "Admin", Role.ADMIN).id


def test_a_post_is_kept_told_once_and_withdrawn_with_what_still_waits(
    phone: Phones, hamraz: Hamraz, clock: Clock, admin: bytes
) -> None:
    room, one = hamraz.room, phone()
    begin(one)
    subscribe(one)
    draft = editing.save(room, admin, replace(TEA, form="f1"), DISTRICTS, clock())
    assert editing.save(room, admin, replace(TEA, form="f1"), DISTRICTS, clock()) == draft  # the same form
    assert go(hamraz, clock) == [] and len(editing.every(room)) == 1
    with pytest.raises(PostMeanwhile):
        editing.publish(room, admin, draft.id, draft.version + 1, DISTRICTS, clock())

    told = [editing.publish(room, admin, draft.id, draft.version, DISTRICTS, clock()) for _ in range(2)]

    assert told == [True, False]
    with pytest.raises(PostIsOn):
        editing.save(room, admin, replace(draft, place="Elsewhere"), DISTRICTS, clock())
    Round(room, frozenset(("sms",))).go(clock())
    assert [editing.withdraw(room, admin, draft.id, clock()) for _ in range(2)] == [True, False]
    assert [text for _, text in waiting(hamraz, clock) if "Tea" in text] == []
    assert "Nothing is on" in one.say("NEWS") + one.say("larkana")
    again = editing.save(room, admin, TEA, DISTRICTS, clock())
    assert editing.withdraw(room, admin, again.id, clock())
    with pytest.raises(NoSuchPost):
        editing.one(room, again.id)


def test_only_who_tends_it_may_and_small_counts_are_withheld(hamraz: Hamraz, clock: Clock) -> None:
    other = hired(hamraz.room, clock, "Counsellor", Role.COUNSELLOR)

    for act in (
        lambda: editing.save(hamraz.room, other.id, TEA, DISTRICTS, clock()),
        lambda: editing.publish(hamraz.room, other.id, "00", 1, DISTRICTS, clock()),
        lambda: editing.withdraw(hamraz.room, other.id, "00", clock()),
        lambda: partners.save(hamraz.room, other.id, partners.shipped()[0], clock()),
    ):
        with pytest.raises(NotHers):
            act()
    assert [editing.shown(count) for count in (0, 1, 4, 5, 60)] == [0, None, None, 5, 60]


@pytest.mark.parametrize(
    ("changed", "about", "trouble"),
    [
        ({"kind": "party"}, "kind", "unknown"),
        ({"district": "atlantis"}, "district", "unknown"),
        ({"day": "tomorrow"}, "day", "unreadable"),
        ({"hour": "25:00"}, "day", "unreadable"),
        ({"day": "", "hour": ""}, "day", "missing"),
        ({"last_day": ""}, "last_day", "missing"),
        ({"last_day": "2026-11-27"}, "last_day", "too_early"),
        ({"last_day": "2027-11-28"}, "last_day", "too_late"),
        ({"day": "2026-11-01", "last_day": "2026-11-02"}, "last_day", "past"),
        ({"titles": {}, "texts": {}}, "en", "no_english"),
        ({"texts": {"en": "x"}, "titles": {"en": "x", "ur": "x"}}, "ur", "no_text"),
        ({"titles": {"en": "x"}, "texts": {"en": "x", "ur": "x"}}, "ur", "no_title"),
        ({"titles": {"en": "Talk on Harassment"}, "texts": {}}, "en", "telling"),
        ({"place": "Women's shelter"}, "place", "telling"),
        ({"titles": {"en": "x", "ur": "ا"}, "texts": {"en": "x", "ur": "ا" * 200}}, "ur", "too_long"),
    ],
)
def test_a_post_that_would_be_wrong_or_ring_an_alarm_is_not_told(
    clock: Clock, changed: dict[str, object], about: str, trouble: str
) -> None:
    wanted = replace(TEA, **changed)  # type: ignore[arg-type]  # a test names fields freely

    found = list(editing.faults(wanted, BOOK, DISTRICTS, clock(), ZONE, whole=True))

    assert [(fault.about, fault.trouble) for fault in found] == [(about, trouble)]
    assert list(editing.faults(TEA, BOOK, DISTRICTS, clock(), ZONE, whole=True)) == []


def test_what_is_not_written_in_her_language_is_said_in_english_and_that_it_is(clock: Clock) -> None:
    said = {language.code: wording.message(TEA, language.code, BOOK, "telegram") for language in BOOK.languages}

    assert said["ur"].startswith("چائے اور باتیں\nسب آ سکتے ہیں۔\n\u2068ہفتہ شام")
    assert "(en inglés) Tea and talk\nEverybody is welcome.\n" in said["es"]
    assert "انگريزيءَ ۾" in said["sd"] and "Tea and talk" in said["sd"]
    assert all(said[code].endswith(BOOK.shown("nonews", code)) or "\u2069" in said[code][-1:] for code in said)


def test_our_own_words_around_a_post_ring_no_alarm() -> None:
    for key in (key for key in BOOK.shipped[0].entries if key.startswith(("news.", "control.news", "control.nonews"))):
        assert not [text for text in BOOK.forms(key).values() if neutral.telling(text)], key
    assert neutral.telling("about ہراسانی here") == "ہراسانی"
    assert Post().status == DRAFT
