"""Conversations as she has them: over real databases, with real keys, on each channel."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.message import Tap
from casework.reading import open_case
from locales.phrasebook import Phrasebook
from operating.parts import Hamraz, build
from storage import reports, sessions
from storage.database import Unit
from storage.vault.senders import SenderBook
from tests.phones import TEAM_WORD, Clock, Phone

LANGUAGES = [language.code for language in Phrasebook.load().languages]
RECEIPT = re.compile(r"\d{4} \d{4} \d{4} \d{4} \d{4}")
STORY = "zanbil qirmizi 4417 he followed me from the gate"

# path, happened, finer, under18, when, where, story…, finish, keep, count, publish, contact, review
SHORT = ["1", "2", "1", "2", "1", "2", STORY, "DONE", "1", "1", "1", "2", "2", "1"]


def language_number(code: str) -> str:
    return str(LANGUAGES.index(code) + 1)


def begin(phone: Phone, language: str = "en") -> str:
    phone.say("hi")
    phone.say("1")
    return phone.say(language_number(language))


def tell(phone: Phone, language: str = "en", answers: list[str] = SHORT) -> str:
    """A whole report; return what came back at the end."""
    begin(phone, language)
    phone.say("1")
    said = ""
    for answer in answers:
        said = phone.say(answer)
    return said


def receipt_in(text: str) -> str:
    found = RECEIPT.search(text)
    assert found, text
    return found[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
def test_a_report_ends_in_a_receipt_that_opens_it(
    phone: Callable[..., Phone], hamraz: Hamraz, channel: str, language: str
) -> None:
    code = receipt_in(tell(phone(channel), language))

    opened = open_case(hamraz.database, hamraz.keyring, code, TEAM_WORD, memory_kib=8)

    assert STORY in opened


@pytest.mark.parametrize("other", ["whatsapp", "telegram"])
def test_the_receipt_opens_from_another_channel(phone: Callable[..., Phone], other: str) -> None:
    code = receipt_in(tell(phone("sms")))

    said = phone(other, "another").say(code.replace(" ", ""))

    assert "Open for 15 minutes" in said


def test_erased_by_receipt_it_is_gone_live_and_from_an_earlier_copy(
    phone: Callable[..., Phone], hamraz: Hamraz, tmp_path: Path
) -> None:
    code = receipt_in(tell(phone()))
    with sqlite3.connect(tmp_path / "hamraz.db") as live, sqlite3.connect(tmp_path / "backup.db") as backup:
        live.backup(backup)
    other = phone("telegram", "7")
    other.say(code)

    other.say("erase")
    said = other.say("1")

    assert "erased" in said
    assert "opens nothing" in phone("sms", "+923330000000").say(code)
    old = hamraz.settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/backup.db"})
    again = build(old, hamraz.keyring)
    with pytest.raises(LookupError, match="no such case"):
        open_case(again.database, again.keyring, code, TEAM_WORD, memory_kib=8)
    again.counter.close()
    again.database.close()


def test_nothing_is_kept_without_consent(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    one = phone()

    tell(one, answers=[*SHORT[:9], "2"])

    assert hamraz.database.read(reports.count) == 0
    assert STORY not in str(_state(hamraz, one))


def test_only_a_clear_no_clears_what_she_told(phone: Callable[..., Phone]) -> None:
    one = phone("sms", "+923001230046")
    begin(one)
    asked = ""
    for answer in ["1", *SHORT[:9]]:
        asked = one.say(answer)
    assert "May we keep" in asked
    for unclear in ["hmm", "then he followed me", "skip", "ok maybe"]:
        assert "May we keep" in one.say(unclear)
    assert receipt_in("".join(one.say(answer) for answer in ["yes", *SHORT[10:]]))


@pytest.mark.parametrize("word", ["XX", "xx", "x x", "XX.", "قق", "0000", "۰۰۰۰", "salir", "ايگزٽ", "ایگزٹ"])
def test_the_panic_word_wipes_at_once_wherever_she_is(phone: Callable[..., Phone], hamraz: Hamraz, word: str) -> None:
    for steps in range(len(SHORT)):
        one = phone("sms", f"+9230000{steps:05}")
        begin(one)
        one.say("1")
        for answer in SHORT[:steps]:
            one.say(answer)

        said = one.say(word)

        assert said == "OK, thank you."
        assert _state(hamraz, one) is None
        assert "Hello, thank you for writing." in one.say("hi")


def test_the_outbox_is_looked_into_only_when_something_waits_in_it(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    called: list[str] = []
    hamraz.database.called = called.append
    one = phone()

    begin(one)  # answered in the webhooks' own answers
    assert called == []
    one.say("XX")  # what the provider keeps is to be wiped
    assert called == ["sms"]


def test_a_message_seen_before_gets_the_same_answer_and_has_no_second_effect(
    phone: Callable[..., Phone], hamraz: Hamraz
) -> None:
    one = phone()
    tell(one, answers=SHORT[:-1])
    first = one.send("1")
    assert one.last is not None

    with ThreadPoolExecutor(6) as pool:
        again = list(pool.map(lambda _: one.deliver(one.last), range(6)))

    assert all([reply.text for reply in replies] == [reply.text for reply in first] for replies in again)
    assert hamraz.database.read(reports.count) == 1


def test_two_messages_at_once_are_both_kept(phone: Callable[..., Phone]) -> None:
    one = phone()
    begin(one)
    one.say("1")
    for answer in SHORT[:6]:
        one.say(answer)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: one.say(f"part number {n} of my story"), range(8)))
    one.say("DONE")

    words = _state(one.hamraz, one)["frames"][-1]["slots"]["story"]["words"]
    assert sorted(words) == [f"part number {n} of my story" for n in range(8)]


def test_after_a_restart_the_next_message_goes_on(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    one = phone()
    begin(one)
    one.say("1")
    one.say("1")
    hamraz.database.close()

    one.hamraz = build(hamraz.settings, hamraz.keyring)
    said = one.say("2")

    assert "Which comes closest?" in said
    one.hamraz.counter.close()
    one.hamraz.database.close()


def test_a_voice_note_counts_as_a_story(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    one = phone("whatsapp")
    begin(one)
    one.say("1")
    for answer in SHORT[:6]:
        one.say(answer)
    one.voice()
    for answer in SHORT[7:]:
        said = one.say(answer)

    opened = open_case(hamraz.database, hamraz.keyring, receipt_in(said), TEAM_WORD, memory_kib=8)

    assert '"audio/ogg"' in opened


def test_after_a_pause_she_is_asked_and_nothing_is_lost(phone: Callable[..., Phone], clock: Clock) -> None:
    one = phone()
    begin(one)
    one.say("1")
    one.say("1")
    clock.forward(hours=5)

    assert "Shall we go on" in one.say("2")
    assert "Which comes closest?" in one.say("1")


def test_a_draft_is_forgotten_after_a_day(phone: Callable[..., Phone], clock: Clock) -> None:
    one = phone()
    begin(one)
    one.say("1")
    clock.forward(hours=25)

    assert "Hello, thank you for writing." in one.say("2")


def test_back_goes_to_the_question_before(phone: Callable[..., Phone]) -> None:
    one = phone()
    begin(one)
    one.say("1")
    asked = one.say("1")
    one.say("2")

    assert one.say("#") == asked


def test_the_menu_is_a_digression_and_the_report_waits(phone: Callable[..., Phone]) -> None:
    one = phone()
    begin(one)
    one.say("1")
    asked = one.say("1")
    one.say("0")

    assert asked.splitlines()[0] in one.say("continue")


def test_a_tap_on_an_old_button_files_nothing_wrong(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    one = phone("telegram", "9", buttons=True)
    begin(one)
    one.say("1")
    one.tap(1, "me")

    assert "happened" not in _state(hamraz, one)["frames"][-1]["slots"]


def test_words_on_a_button_are_ours_and_ring_only_when_she_types_them(phone: Callable[..., Phone]) -> None:
    hers = phone("whatsapp")
    begin(hers)

    assert "1122" not in hers.say("He has a gun, he wi…", tap=Tap(-1, "words"))
    assert "1122" in hers.say("He has a gun, he wi…")


def test_a_thousand_guesses_from_one_sender_are_ten(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    from storage.vault.receipts import ReceiptCode

    code = receipt_in(tell(phone()))
    thief = phone("sms", "+923009999999")
    said = [thief.say(ReceiptCode.mint().grouped) for _ in range(30)]

    assert sum("opens nothing" in one for one in said) <= 10
    assert "too many" in said[-1]
    assert "Open for 15 minutes" in phone("sms", "+923008888888").say(code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u202e\u202d\u200f",
        "😭😭😭",
        "a" * 10_000,
        "\u200b\u200c\u200d",
        "{0.__class__}",
        "<b>&amp;",
        "'; DROP TABLE",
        "٪٪",
        "1" * 400,
    ],
)
def test_strange_text_gets_an_honest_answer_everywhere(phone: Callable[..., Phone], text: str) -> None:
    one = phone()
    begin(one)
    one.say("1")
    for answer in ["1", "2", "1"]:
        assert one.say(text)
        one.say(answer)


def _state(hamraz: Hamraz, one: Phone) -> dict[str, object] | None:
    """Her session as the service opens it when she writes; looking at it changes nothing."""
    sender = SenderBook(hamraz.keyring, memory_kib=8).of(one.channel, one.number, one.clock())
    found: list[dict[str, object] | None] = []

    def look(unit: Unit) -> None:
        found.append(sessions.claim(unit, hamraz.keyring, sender, b"\1" * 16, one.clock()).state)
        raise _Looked

    with pytest.raises(_Looked):
        hamraz.database.work(look)
    return found[0]


class _Looked(Exception):
    """Takes back what looking wrote."""
