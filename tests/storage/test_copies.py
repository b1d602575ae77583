"""Reports of one message that come at once, and turns that are taken once: on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from storage import marks, outbox
from storage.database import Database, Unit
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender

STATES = ("taken", "sent", "delivered", "read")


def test_reports_that_come_at_once_leave_the_furthest_state(
    database: Database, keyring: Keyring, sender: Sender, now: datetime
) -> None:
    def report(state: str, name: str) -> None:
        database.work(lambda unit: outbox.keep_copy(unit, keyring, sender.outbox_tag, name, now, state))

    with ThreadPoolExecutor(8) as pool:
        for number in range(12):
            list(pool.map(report, STATES * 2, [f"SM{number}"] * 8))

    kept = database.read(
        lambda unit: {outbox.state_of(unit, keyring, sender.outbox_tag, f"SM{number}") for number in range(12)}
    )
    assert kept == {"read"}


def test_a_turn_is_taken_by_one_of_many_who_ask_at_once(database: Database, now: datetime) -> None:
    def take(unit: Unit) -> datetime | None:
        return marks.turn(unit, "sms log", timedelta(minutes=5), now)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: database.work(take), range(8)))

    assert sorted(taken, key=str) == [now, *[None] * 7]
