"""The page of health: what runs, what does not and what to do, for admins, without a word of anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework import pulse
from casework.health import Finding, Grave, Machine, findings
from casework.pulse import Pulse, Way
from casework.staff.roles import Role
from casework.triage import Level
from operating.parts import Hamraz
from storage import marks, outbox
from storage.errors import StorageAway
from storage.migrations import versions
from tests.bot.test_conversation import tell
from tests.phones import Clock, Phone
from tests.web.console.conftest import Browser, Enter
from web.console.words import languages

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
WELL = Pulse({}, 0, {}, {"sms": Way(NOW)}, NOW, NOW, NOW)
MACHINE = Machine(
    tables={tree: (versions(tree)[1], versions(tree)[1], True) for tree in ("main", "keys")},
    server="SQLite 3.40.1",
    clock=None,
    keyring_is_current=True,
    free=60 * 10**9,
    whole=100 * 10**9,
    versions={},
    off={},
)
HOUR = timedelta(hours=1)


def grave(pulse: Pulse = WELL, machine: Machine = MACHINE) -> dict[str, Grave]:
    return {one.name: one.grave for one in findings(pulse, machine, NOW) if one.grave != Grave.FINE}


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, {}),
        ({"worker": NOW - timedelta(minutes=6)}, {"worker_late": Grave.BAD}),
        ({"worker": None}, {"worker_never": Grave.BAD}),
        ({"worker": NOW + timedelta(seconds=9)}, {"clock_apart": Grave.BAD}),
        ({"backup": NOW - 37 * HOUR}, {"backup_old": Grave.BAD}),
        ({"backup": None, "drill": None}, {"backup_never": Grave.BAD, "drill_never": Grave.LOOK}),
        ({"drill": NOW - 36 * 24 * HOUR}, {"drill_old": Grave.LOOK}),
        ({"cases": {Level.RED: NOW - HOUR}}, {"cases_late": Grave.BAD}),
        ({"cases": {Level.AMBER: NOW - HOUR, Level.GREEN: NOW - 49 * HOUR}}, {"cases_late": Grave.LOOK}),
        ({"outgoing": {"sms": (NOW - HOUR, 3)}}, {"outgoing_stuck": Grave.BAD}),
        ({"outgoing": {"sms": (NOW, 3)}}, {}),
        ({"ways": {"sms": Way()}}, {"channel_never": Grave.LOOK}),
        ({"ways": {"sms": Way(NOW - HOUR, NOW, "30006 unreachable")}}, {}),  # one person's telephone
        ({"ways": {"sms": Way(NOW - HOUR, NOW, "20003 not allowed")}}, {"channel_fails": Grave.BAD}),
        ({"ways": {"sms": Way(None, NOW, "ConnectTimeout")}}, {"channel_fails": Grave.BAD}),
        ({"ways": {"sms": Way(NOW, NOW - HOUR, "ConnectTimeout")}}, {}),
    ],
)
def test_what_does_not_run_is_found(changed: dict[str, object], found: dict[str, Grave]) -> None:
    assert grave(replace(WELL, **changed)) == found  # type: ignore[arg-type]  # a test names fields freely


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"tables": MACHINE.tables | {"keys": None}}, {"database_away": Grave.BAD}),
        ({"tables": {"main": ("0001", "0009", True)}}, {"database_behind": Grave.BAD}),
        ({"tables": {"main": ("0010", "0009", False)}}, {"database_newer": Grave.LOOK}),
        ({"keyring_is_current": False}, {"keyring_rotated": Grave.BAD}),
        ({"free": 10 * 10**9}, {"disk_low": Grave.LOOK}),
        ({"free": 10**9}, {"disk_full": Grave.BAD}),
        ({"clock": NOW - timedelta(seconds=3)}, {"clock_apart": Grave.BAD}),
        ({"clock": NOW + timedelta(seconds=1)}, {}),
    ],
)
def test_and_of_the_machine_and_its_databases(changed: dict[str, object], found: dict[str, Grave]) -> None:
    assert grave(machine=replace(MACHINE, **changed)) == found  # type: ignore[arg-type]  # as above


_MOMENTS = st.none() | st.datetimes(NOW.replace(tzinfo=None) - 90 * 24 * HOUR, NOW.replace(tzinfo=None)).map(
    lambda at: at.replace(tzinfo=UTC)
)
_WAYS = st.builds(Way, _MOMENTS, _MOMENTS, st.sampled_from(("", "21610 opted out", "code 429", "ConnectTimeout")))
_PULSES = st.builds(
    Pulse,
    st.dictionaries(st.sampled_from(Level), _MOMENTS.filter(bool)),
    st.integers(0, 9),
    st.dictionaries(st.sampled_from(("sms", "telegram-staff")), st.tuples(_MOMENTS.filter(bool), st.integers(1, 9))),
    st.dictionaries(st.sampled_from(("sms", "whatsapp", "telegram", "telegram-staff")), _WAYS),
    _MOMENTS,
    _MOMENTS,
    _MOMENTS,
)


@settings(max_examples=30, deadline=None)
@given(pulse=_PULSES)
def test_whatever_is_found_has_words_and_what_is_to_be_mended_says_how(pulse: Pulse) -> None:
    found = findings(pulse, replace(MACHINE, off={"sms": ("TWILIO_AUTH_TOKEN",)}), NOW)

    for words in languages().values():
        assert [one.name for one in found if not words.texts.get(f"health_said.{one.name}")] == []
        assert [
            one.name for one in found if one.grave == Grave.BAD and not words.texts.get(f"health_do.{one.name}")
        ] == []
    assert [one.grave for one in found] == sorted(one.grave for one in found)


def test_every_finding_that_the_code_names_is_shown_in_both_languages(
    enter: Enter, hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rabia = enter(Role.ADMIN, "Rabia")
    values = {
        "ago": HOUR,
        "failed": HOUR,
        "sent": None,
        "many": 3,
        "found": "a1",
        "head": "b2",
        "free": 10**9,
        "seconds": 9,
    }
    every = [
        Finding(*key.partition("_")[::2], Grave.BAD, "sms", values | {"missing": "X", "why": "20003 not allowed"})
        for key in (
            key.removeprefix("health_said.") for key in languages()["en"].texts if key.startswith("health_said.")
        )
    ]
    monkeypatch.setattr("web.console.health.findings", lambda *_: every)
    for language in languages():
        shown = rabia.open(f"/health?language={language}")
        assert shown.status_code == 200 and shown.text.count("<li class=") == len(every) > 30
        assert "{" not in shown.text and "20003" in shown.text


def test_an_admin_sees_what_runs_and_what_to_do_and_nothing_of_anybody(
    enter: Enter, hamraz: Hamraz, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rabia = enter(Role.ADMIN, "Rabia")
    fresh = rabia.open("/health").text
    assert "Nothing was ever at work here" in fresh and "hamraz backup, every night" in fresh
    assert 'href="/console/health"' in rabia.open("/").text

    tell(Phone(hamraz, "telegram", "3005550199", clock))
    hamraz.room.work(lambda unit: pulse.be_seen(unit, clock()))
    for what in (pulse.BACKUP, pulse.DRILL):
        hamraz.room.work(lambda unit, what=what: marks.done(unit, what, clock()))  # type: ignore[misc]  # bound now
    hamraz.room.work(
        lambda unit: outbox.put(unit, hamraz.keyring, b"o" * 16, "send", "sms", "+923001112233", {}, clock())
    )
    clock.forward(minutes=12)
    shown = rabia.open("/health").text

    assert "Waiting: 1, the oldest for 12 min. They do not go out." in shown
    assert "Nothing has been at work for 12 min" in shown
    assert "SQLite 3." in shown and versions("main")[1] in shown
    for secret in ("3005550199", "zanbil", "3001112233"):
        assert secret not in shown

    monkeypatch.setattr(
        "storage.vitals.found_at", lambda database, tree: away() if tree == "keys" else ("a", "a", True)
    )
    assert "Without the keys no report opens" in rabia.open("/health").text


def away() -> None:
    raise StorageAway("away")


def test_nobody_else_does(enter: Enter, stranger: Browser) -> None:
    assert stranger.open("/health").status_code == 303
    assert enter(Role.SUPERVISOR).open("/health").status_code == 403
