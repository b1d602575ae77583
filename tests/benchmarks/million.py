"""A house that is full: a million reports, and a million people in the middle of a talk, beside one that is as good as empty.

Each session is sealed under its own person's keys, as in life; those who go on talking are spread over all of them. The
reports are closed, and each has a key of its own that opens what the service knows of it; only the story in each is that
of another, for nobody opens it here.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from bot.settings import Settings
from casework.chores import CHORES
from operating.clock import now
from operating.parts import Hamraz
from storage import marks, reports, shredding
from storage.database import Unit
from storage.sessions.claiming import keep, peek
from storage.vault.randomness import new_id
from storage.vault.senders import SenderBook
from tests.benchmarks.bars import Found
from tests.benchmarks.contestants import ours_on, serving, settings_of
from tests.benchmarks.desk import file_cases
from tests.benchmarks.load import number_of
from tests.benchmarks.talk import SAID
from tests.benchmarks.turns import race
from tests.databases import Place, sqlite_place
from tests.phones import Phone, make_hamraz

BATCH = 500
_AS_THEY_ARE = ("id", "find", "pepper_id", "public_key", "wrapped_private", "body", "day", "key_id", "version")


def measure(folder: Path, count: int, rounds: int, people: int) -> tuple[dict[str, Found], dict[str, Any]]:
    """`count` of each; the talk goes on with `people` of them a round."""
    apart = max(1, count // (people * (rounds + 1)))
    talkers = range(0, people * (rounds + 1) * apart, apart)
    with ExitStack() as stack:
        running = []
        for name, who, filed in (("empty", talkers, 0), ("full", range(max(count, len(talkers))), count)):
            (folder / name).mkdir()
            place = stack.enter_context(sqlite_place(folder / name))
            contender = ours_on(name, place)
            _fill(place, who, filed)
            running.append(stack.enter_context(serving(contender)))
        for one in running:
            one.rest()
        found = race(running, rounds, people, {"from": 1, "apart": apart})
    raw = {"reports": count, "sessions": count, "people_a_round": people, "rounds": found}
    return {
        "million_over_empty": _over(found, "p50_ms", count),
        "million_p99_over_empty": _over(found, "p99_ms", count),
    }, raw


def _over(rounds: list[dict[str, Any]], what: str, count: int) -> Found:
    ratios = [each["full"][what] / each["empty"][what] for each in rounds]
    return Found(
        median(ratios),
        f"{count:,} of each on SQLite; the middle of {len(ratios)}, {min(ratios):.2f} to {max(ratios):.2f}",
    )


def _fill(place: Place, who: range, filed: int) -> None:
    hamraz = make_hamraz(Settings(**settings_of(place)))  # type: ignore[arg-type]  # as the environment says it
    try:
        _begin_talks(hamraz, who)
        _file(hamraz, filed)
        _do_the_days_chores(hamraz)
    finally:
        hamraz.counter.close()
        hamraz.database.close()


def _begin_talks(hamraz: Hamraz, who: range) -> None:
    """Everybody where the first message brings her, without the message."""
    model = Phone(hamraz, "sms", "+923330000000", now)
    model.say(SAID[0])
    book = SenderBook(hamraz.keyring, memory_kib=8, size=1)
    at = now()

    def state(unit: Unit) -> dict[str, Any]:
        found = peek(unit, hamraz.keyring, book.of("sms", model.number, at), at)
        assert found is not None
        return found

    where = hamraz.database.work(state)

    def begin(unit: Unit, some: range) -> None:
        for person in some:
            keep(unit, hamraz.keyring, book.of("sms", number_of(person), at), where, at, timedelta(days=1))

    for start in range(0, len(who), BATCH):
        hamraz.database.work(lambda unit, some=who[start : start + BATCH]: begin(unit, some))


def _file(hamraz: Hamraz, count: int) -> None:
    (of,) = file_cases(hamraz, 1)
    model = hamraz.database.work(lambda unit: reports.fetch(unit, hamraz.keyring, of))
    assert model is not None
    closed = {**model.meta, "status": "closed"}

    def file(unit: Unit, some: range) -> None:
        for _ in some:
            report_id = new_id()
            shred_key = shredding.make(unit, hamraz.keyring, report_id, now())
            one = replace(model, id=report_id, shred_key=shred_key, find=new_id() * 2, meta=dict(closed))
            row = {name: getattr(one, name) for name in _AS_THEY_ARE} | reports._sealed(hamraz.keyring, one)
            unit.main.run(reports._INSERT, **row, active_day=one.day, holder_id=None)

    everyone = range(count)
    for start in range(0, count, BATCH):
        hamraz.database.work(lambda unit, some=everyone[start : start + BATCH]: file(unit, some))


def _do_the_days_chores(hamraz: Hamraz) -> None:
    """What looks at everything once a day has done so: it would take the first minutes."""
    for chore in CHORES:
        hamraz.database.work(lambda unit, chore=chore: marks.turn(unit, chore.name, chore.every, now()))
