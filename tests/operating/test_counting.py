"""What is counted and looked up for /metrics is what happened, in every process, and names nobody."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from prometheus_client import CollectorRegistry

from casework import pulse
from casework.pulse import Noting
from casework.staff import entering, joining
from casework.staff.factors import Shown
from casework.staff.gate import Visitor
from casework.staff.passwords import Stretcher
from casework.staff.refusals import Busy, Refused
from casework.staff.roles import Role
from handlers.counters import LOOKED_UP, Counters
from operating import ages, worker
from operating.parts import Hamraz
from storage import marks, outbox
from storage.errors import StorageAway
from tests.bot.test_conversation import STORY, begin, receipt_in, tell
from tests.casework.staff.conftest import accepted
from tests.phones import Clock, Phone


def shown(hamraz: Hamraz) -> dict[str, float]:
    """Each line of /metrics that is of ours: name and labels, value."""
    lines = hamraz.counters.text().decode().splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}


def test_where_answers_are_not_understood_is_counted_by_flow_and_step_and_no_word_of_them(
    hamraz: Hamraz, phone: Callable[..., Phone]
) -> None:
    one = phone()
    begin(one)
    one.say("1")
    for text in ("zanbil qirmizi", "zanbil 4417"):
        one.say(text)
    one.deliver(one.last)  # type: ignore[arg-type]  # brought once more: it happened once

    counted = {name: value for name, value in shown(hamraz).items() if name.startswith("hamraz_misread_total")}

    assert counted == {'hamraz_misread_total{flow="report",node="path"}': 2.0}
    assert "zanbil" not in hamraz.counters.text().decode()


def test_numbers_and_passwords_that_open_and_that_do_not_are_counted(
    hamraz: Hamraz, phone: Callable[..., Phone], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = receipt_in(tell(phone()))
    phone("whatsapp", "another").say(code)
    phone("whatsapp", "a third").say("1234 5678 9012 3456 7890")
    human = accepted(hamraz.office, invite(hamraz, clock), clock, "Amina")
    member = entering.named(hamraz.office, "Amina")
    assert member is not None
    for password in ("seven quiet boats", "wrong, as it happens"):
        entering.opened_by(hamraz.office, member, password)
    busy = replace(hamraz.office, stretcher=Stretcher(8, 1, slots=1, wait=0))
    with busy.stretcher._turn(), pytest.raises(Busy):
        entering.opened_by(busy, member, "seven quiet boats")
    with pytest.raises(Refused):  # the second factor comes first: no key was tried
        entering.log_in(hamraz.office, human.name, human.password, Shown(code="1"), Visitor("203.0.113.0/24"), clock())

    counted = {name: value for name, value in shown(hamraz).items() if name.startswith("hamraz_unlocks_total")}

    assert counted == {
        'hamraz_unlocks_total{key="receipt",outcome="open"}': 1.0,
        'hamraz_unlocks_total{key="receipt",outcome="bad"}': 1.0,
        'hamraz_unlocks_total{key="password",outcome="ok"}': 1.0,
        'hamraz_unlocks_total{key="password",outcome="refused"}': 1.0,
        'hamraz_unlocks_total{key="password",outcome="busy"}': 1.0,
    }


def invite(hamraz: Hamraz, clock: Clock) -> str:
    return joining.invite(hamraz.office, "Amina", Role.COUNSELLOR, b"", clock())


def test_what_waits_is_told_by_how_long_and_what_was_done_by_when(
    hamraz: Hamraz, phone: Callable[..., Phone], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ages, "now", clock)
    before = shown(hamraz)
    assert before["hamraz_waiting_cases"] == 0 and "hamraz_worker_seen_seconds" not in before
    tell(phone("telegram", "77001"))
    hamraz.room.work(lambda unit: pulse.be_seen(unit, clock()))
    hamraz.room.work(lambda unit: marks.done(unit, pulse.BACKUP, clock() - timedelta(hours=5)))
    hamraz.room.work(
        lambda unit: outbox.put(
            unit, hamraz.keyring, b"o" * 16, "send", "sms", "+923001112233", {"text": STORY}, clock()
        )
    )
    clock.forward(minutes=10)

    now = shown(hamraz)

    assert now["hamraz_waiting_cases"] == 1
    assert [now[name] for name in now if name.startswith("hamraz_oldest_case_seconds")] == [600]
    assert now['hamraz_oldest_outgoing_seconds{channel="sms"}'] == 600
    assert now['hamraz_outgoing{channel="sms"}'] == 1
    assert now["hamraz_worker_seen_seconds"] == 600
    assert now["hamraz_backup_seconds"] == 5 * 3600 + 600
    assert now["hamraz_storage_away"] == 0


def test_databases_that_are_away_are_told_and_hide_nothing_else(
    hamraz: Hamraz, monkeypatch: pytest.MonkeyPatch
) -> None:
    hamraz.counters.logins.labels("in").inc()
    monkeypatch.setattr("operating.ages.take_pulse", away)

    now = shown(hamraz)

    assert now["hamraz_storage_away"] == 1
    assert now['hamraz_logins_total{outcome="in"}'] == 1
    assert not [name for name in now if name.startswith("hamraz_oldest")]


def away(*_: object) -> None:
    raise StorageAway("away")


def test_a_channel_is_noted_now_and_then_and_never_stops_a_message(
    hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    noting, begun = Noting(hamraz.database), clock()
    for why in ("", "21610 stopped", "", "30003 unreachable"):
        noting.went("sms", why, clock())
        clock.forward(seconds=10)

    found = hamraz.room.read(lambda unit: pulse.take_pulse(unit, hamraz.room, ["sms", "telegram"], clock()))

    assert found.ways["sms"] == pulse.Way(begun, begun + timedelta(seconds=10), "21610 stopped")
    assert found.ways["telegram"] == pulse.Way()
    monkeypatch.setattr(hamraz.database, "work", away)
    noting.went("telegram", "", clock())  # and nothing is raised


def test_a_process_that_only_delivers_shows_what_it_counts_at_a_door_of_its_own(hamraz: Hamraz) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    hamraz.counters.delivered.labels("sms", "send", "done").inc()
    server = hamraz.counters.listen("127.0.0.1", port)

    told = httpx.get(f"http://127.0.0.1:{port}/metrics").text

    server.shutdown()
    server.server_close()
    assert 'hamraz_outbox_total{channel="sms",kind="send",outcome="done"} 1.0' in told
    assert "hamraz_waiting_cases 0.0" in told


def test_every_round_of_a_worker_says_that_it_is_alive(hamraz: Hamraz, clock: Clock) -> None:
    worker.make_worker(hamraz).round(clock())

    assert hamraz.room.read(lambda unit: marks.last(unit, pulse.WORKER)) == clock()


def test_what_is_looked_up_has_a_name_also_where_there_is_nothing() -> None:
    names = set(re.findall(r"^# TYPE (\w+) ", Counters(CollectorRegistry()).text().decode(), re.MULTILINE))

    assert set(LOOKED_UP) < names
