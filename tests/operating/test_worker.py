"""What a process does beside answering: every chore when its turn has come, whatever another one does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import structlog

from casework.chores import CHORES, Chore
from operating import worker as working
from operating.parts import Hamraz
from operating.worker import TRY_AGAIN, Worker, make_worker
from storage import reports
from storage.tables import sessions
from tests.bot.test_conversation import begin, tell
from tests.phones import Clock, Phone
from tests.storage.attacker import copied


@pytest.fixture
def worker(hamraz: Hamraz) -> Worker:
    return make_worker(hamraz)


def test_a_round_forgets_what_is_past_its_time(
    worker: Worker, hamraz: Hamraz, phone: Callable[..., Phone], clock: Clock
) -> None:
    begin(phone())
    tell(phone("sms", "+923004445566"))

    worker.round(clock() + timedelta(hours=25))

    assert copied(hamraz.database, [sessions.name])["sessions"] == []
    assert hamraz.database.read(reports.count) == 1


def test_whoever_has_not_written_for_a_while_is_gone_from_memory(
    worker: Worker, hamraz: Hamraz, phone: Callable[..., Phone], clock: Clock
) -> None:
    begin(phone())
    assert repr(hamraz.afterwards.parts.senders) == "<SenderBook of 1>"

    worker.round(clock() + timedelta(minutes=16))

    assert repr(hamraz.afterwards.parts.senders) == "<SenderBook of 0>"


def test_a_chore_that_fails_is_tried_again_soon_and_stops_no_other(
    worker: Worker, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def chore(name: str, fails: bool = False) -> Chore:
        def work(*_: object) -> list[str]:
            done.append(name)
            if fails:
                raise OSError("her words")
            return [f"{name} found something"]

        return Chore(name, timedelta(hours=24), work)

    monkeypatch.setattr("operating.worker.CHORES", (chore("broken", fails=True), chore("sound")))
    with structlog.testing.capture_logs() as logged:
        worker.round(clock())
        worker.round(clock() + TRY_AGAIN / 2)
        worker.round(clock() + TRY_AGAIN)

    assert done == ["broken", "sound", "broken"]
    assert {"event": "chore failed", "chore": "broken", "error": "OSError", "log_level": "error"} in logged
    assert [line["found"] for line in logged if "found" in line] == ["sound found something"]
    assert "her words" not in str(logged)


def test_every_chore_is_done_in_the_first_round(worker: Worker, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    watched = tuple(
        Chore(each.name, each.every, lambda *given, each=each: (done.append(each.name), each.work(*given))[1])
        for each in CHORES
    )
    monkeypatch.setattr("operating.worker.CHORES", watched)

    with structlog.testing.capture_logs() as logged:
        worker.round(clock())

    assert done == [chore.name for chore in CHORES]
    assert logged == []


def test_leases_are_held_on_whatever_one_look_met(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without that thread what takes longer than a lease would be sent twice."""
    looks: list[int] = []

    def hold() -> None:
        looks.append(1)
        if len(looks) < 3:
            raise RuntimeError("a driver's error that nobody has a name for")
        worker._stopping.set()

    monkeypatch.setattr(working, "HOLD", 0)
    monkeypatch.setattr(worker._delivery, "hold", hold)
    with structlog.testing.capture_logs() as log:
        worker._hold()

    assert len(looks) == 3
    assert [line["error"] for line in log] == ["RuntimeError"] * 2
