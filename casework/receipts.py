"""Opening by receipt: slow on purpose, and few tries a sender.

Tries are counted by sender and in total, never by code: a stranger's guesses must not lock
her out. What opens nothing says the same, whether it never was, was mistyped or was erased.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from storage import guesses, reports
from storage.database import Database, Unit
from storage.vault.keyring import Keyring, Purpose
from storage.vault.receipts import BadReceiptCode, ReceiptCode, ReceiptKeys, derive
from storage.vault.senders import Sender

WINDOW = 3600  # seconds
A_SENDER, EVERYBODY = 10, 600  # tries in a window
_TOTAL = b"\0" * 16


@dataclass(frozen=True, slots=True)
class Opening:
    """What became of a number that she sent."""

    outcome: str  # "open", "unknown", "bad" or "wait"
    report: bytes = field(default=b"", repr=False)
    minutes: int = 0  # to wait
    language: str = ""  # in which it was told
    keys: ReceiptKeys | None = field(default=None, repr=False)  # what the number opens; lives for one message


def look_up(
    database: Database, keyring: Keyring, text: str, sender: Sender, now: datetime, *, memory_kib: int, iterations: int
) -> Opening | None:
    """What this text opens; None when it is no receipt at all. About 0.1 s, outside any other unit of work."""
    try:
        code = ReceiptCode.read(text)
    except BadReceiptCode:
        return Opening("bad")  # a slip of the thumb costs neither us nor her a try
    if code is None:
        return None
    window = int(now.timestamp()) // WINDOW
    if not database.work(lambda unit: _may_try(unit, sender, window)):
        return Opening("wait", minutes=60 - now.minute)
    for key_id in reversed(keyring.ids):
        keys = derive(code, keyring.key(Purpose.PEPPER, key_id), memory_kib, iterations)
        found = database.read(partial(_opened, keyring=keyring, receipt=keys))
        if found is not None:
            return replace(found, keys=keys)
    return Opening("unknown")


def _opened(unit: Unit, keyring: Keyring, receipt: ReceiptKeys) -> Opening | None:
    report_id = reports.find(unit, receipt)
    if report_id is None:
        return None
    report = reports.fetch(unit, keyring, report_id, hold=False)
    return Opening("open", report_id, language=str(report.meta.get("language", "")) if report is not None else "")


def _may_try(unit: Unit, sender: Sender, window: int) -> bool:
    if guesses.count(unit, sender.guess_tag, window) > A_SENDER:
        return False
    return guesses.count(unit, _TOTAL, window) <= EVERYBODY
