"""A thousand guesses at receipts at once, from one sender: ten are looked at, and hers opens all the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pytest

from casework import receipts
from storage import reports
from storage.database import Unit
from storage.vault.keyring import Keyring, Purpose
from storage.vault.receipts import ReceiptCode, ReceiptKeys, derive
from storage.vault.senders import SenderBook
from tests.databases import Place
from tests.phones import Clock

GUESSES, AT_ONCE = 1_000, 32


def test_of_a_thousand_guesses_at_once_ten_are_looked_at_and_another_woman_opens_hers(
    place: Place, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, keyring = place.open(), Keyring.new()
    book = SenderBook(keyring, memory_kib=8, iterations=1)
    stranger, her = (book.of("sms", number, clock()) for number in ("+923001111111", "+923002222222"))
    code = ReceiptCode.mint()

    def file(unit: Unit) -> None:
        keys = derive(code, keyring.key(Purpose.PEPPER), 8, 1)
        report, pair = reports.begin(unit, keyring, keys, {"said": "words"}, {"language": "en"}, clock())
        reports.file(unit, keyring, report, pair, clock())

    database.work(file)
    looked_at, lock = [], Lock()

    def counted(*given: object) -> ReceiptKeys:
        with lock:
            looked_at.append(1)
        return derive(*given)  # type: ignore[arg-type]  # what look_up hands over

    monkeypatch.setattr(receipts, "derive", counted)

    def guess(text: str) -> str:
        found = receipts.look_up(database, keyring, text, stranger, clock(), memory_kib=8, iterations=1)
        return found.outcome if found is not None else "none"

    guesses = [ReceiptCode.mint().digits for _ in range(GUESSES - 1)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = list(pool.map(guess, [*guesses, code.digits]))  # the last one happens to be right

    assert len(looked_at) == receipts.A_SENDER == 10
    assert outcomes.count("unknown") == 10
    assert outcomes.count("wait") == GUESSES - 10
    opened = receipts.look_up(database, keyring, code.digits, her, clock(), memory_kib=8, iterations=1)
    assert opened is not None
    assert opened.outcome == "open"
