"""The database fails at every single statement and commit of a report: she hears each answer once, and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from casework.reading import open_case
from operating.parts import Hamraz
from storage import reports
from storage.errors import StorageAway
from tests.chaos.storage_faults import AT_COMMIT, Fault, failing
from tests.phones import TEAM_WORD, Phone

RECEIPT = re.compile(r"\d{4} \d{4} \d{4} \d{4} \d{4}")
STORY = ["zanbil one of the story", "qirmizi two of the story"]
REPORT = ["hi", "1", "1", "1", "1", "2", "1", "2", "1", "2", *STORY, "DONE", "1", "1", "1", "2", "2", "1"]


@pytest.fixture
def fault() -> Iterator[Fault]:
    with failing() as fault:
        yield fault


def through_faults(her: Phone, texts: list[str], fault: Fault) -> list[str]:
    """Say each text while everything that can fail fails once; return what she heard at last."""
    heard = []
    for text in texts:
        fault.aim(commit=AT_COMMIT[0])
        with pytest.raises(StorageAway):
            her.send(text)
        statements = fault.seen
        aims: list[dict[str, Any]] = [
            {"statement": number, "after": after} for number in range(1, statements + 1) for after in (False, True)
        ]
        for aim in [*aims, *({"commit": commit} for commit in AT_COMMIT[1:])]:
            fault.aim(**aim)
            with pytest.raises(StorageAway):
                her.deliver(her.last)
        fault.aim()
        heard.append("\n".join(reply.text for reply in her.deliver(her.last)))
    return heard


def test_a_fault_at_any_statement_or_commit_loses_and_doubles_nothing(
    hamraz: Hamraz, phone: Callable[..., Phone], fault: Fault
) -> None:
    undisturbed = [phone("sms", "+923000000001").say(text) for text in REPORT]

    heard = through_faults(phone("sms", "+923000000002"), REPORT, fault)

    assert [RECEIPT.sub("receipt", one) for one in heard] == [RECEIPT.sub("receipt", one) for one in undisturbed]
    opened = open_case(hamraz.database, hamraz.keyring, _receipt(heard), TEAM_WORD, memory_kib=8)
    assert [opened.count(part) for part in STORY] == [1, 1]
    assert hamraz.database.read(reports.count) == 2
    assert fault.strikes > 10 * len(REPORT)


def test_panic_through_any_fault_leaves_nothing_and_says_the_same(phone: Callable[..., Phone], fault: Fault) -> None:
    her = phone("sms", "+923000000002")
    for text in REPORT[:12]:
        her.say(text)

    heard = through_faults(her, ["XX"], fault)

    assert heard == ["OK, thank you."]
    assert "Hello, thank you for writing." in her.say("hi")


def test_a_report_erased_through_any_fault_is_gone(hamraz: Hamraz, phone: Callable[..., Phone], fault: Fault) -> None:
    her = phone("sms", "+923000000002")
    receipt = _receipt([her.say(text) for text in REPORT])
    her.say(receipt)

    heard = through_faults(her, ["erase", "1"], fault)

    assert "erased" in heard[-1]
    with pytest.raises(LookupError):
        open_case(hamraz.database, hamraz.keyring, receipt, TEAM_WORD, memory_kib=8)


def _receipt(heard: list[str]) -> str:
    found = RECEIPT.search(heard[-1])
    assert found, heard[-1]
    return found[0]
