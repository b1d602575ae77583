"""A whole conversation on each channel, on both databases: told, found again by its number, added to, erased."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from casework.reading import open_case
from operating.parts import Hamraz
from storage import reports
from tests.bot.test_conversation import SHORT, STORY, begin, receipt_in, tell
from tests.phones import TEAM_WORD, Phone


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram"])
def test_a_report_is_told_opened_added_to_and_erased(phone: Callable[..., Phone], hamraz: Hamraz, channel: str) -> None:
    one = phone(channel)
    code = receipt_in(tell(one))
    assert STORY in open_case(hamraz.database, hamraz.keyring, code, TEAM_WORD, memory_kib=8)

    one.say(code)
    one.say("1")
    one.say("and the number plate was LEB 19 4453")
    one.say("DONE")
    assert "LEB 19 4453" in open_case(hamraz.database, hamraz.keyring, code, TEAM_WORD, memory_kib=8)

    one.say(code)
    one.say("erase")
    assert "erased" in one.say("1")
    assert hamraz.database.read(reports.count) == 0


def test_a_repeated_message_has_one_effect_however_many_come_at_once(
    phone: Callable[..., Phone], hamraz: Hamraz
) -> None:
    one = phone()
    tell(one, answers=SHORT[:-1])
    first = one.send("1")
    last = one.last
    assert last is not None

    with ThreadPoolExecutor(6) as pool:
        again = list(pool.map(lambda _: one.deliver(last), range(12)))

    assert all(replies == first for replies in again)
    assert hamraz.database.read(reports.count) == 1


def test_messages_of_many_people_at_once_are_each_answered_in_order(
    phone: Callable[..., Phone], hamraz: Hamraz
) -> None:
    def talk(number: int) -> str:
        return receipt_in(tell(phone("sms", f"+9230055{number:05}")))

    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(talk, range(12)))

    assert len(set(codes)) == 12
    assert hamraz.database.read(reports.count) == 12


def test_panic_leaves_nothing_that_waits_and_marks_what_was_sent(phone: Callable[..., Phone], hamraz: Hamraz) -> None:
    one = phone("telegram", "77", buttons=True)
    code = receipt_in(tell(one, answers=[*SHORT[:11], "1", "1", "1", "SKIP", "2", "1"]))
    begin(one)

    one.say("XX")

    assert '"left"' in open_case(hamraz.database, hamraz.keyring, code, TEAM_WORD, memory_kib=8)
