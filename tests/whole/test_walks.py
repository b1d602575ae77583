"""A thousand people (--long: five thousand) walk through the real conversation at random; nobody falls, and nobody is
locked in.

Real flows, bot, casework, keys and databases. A walk that fails prints its transcript: saved under tests/transcripts/ it replays.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.settings import Settings
from casework.shifts import keeping
from casework.shifts.plan import DESK
from flows import walking
from flows.library import shipped_flows
from flows.nodes import KINDS
from locales.phrasebook import Phrasebook
from operating.parts import Hamraz
from storage import counsellors
from storage.counsellors import Shift
from tests.casework.cases.conftest import hired
from tests.casework.whats_on import TEA, put_on
from tests.phones import Clock, make_hamraz
from tests.whole.script import Watch, transcript
from tests.whole.walker import Book, Place, Proved, Rows, Walker

LANGUAGES = [language.code for language in Phrasebook.load().languages]
MOST = 500  # more than those who wander: they go where none of the others has been
FLOWS = {flow.name: flow for flow in shipped_flows()}
NODES = {(flow.name, node.name): KINDS[node.kind].waits for flow in FLOWS.values() for node in flow.nodes.values()}
# Said when a counsellor has answered or sent a file meanwhile (tests/casework/cases/test_talk.py, tests/casework/casefile),
# where no shift is planned at all (tests/casework/cases/test_shifts.py), where no organisation helps everywhere, a day after
# numbers were shown, where her number comes once more for a copy (tests/casework/cases/test_own_copy.py), where SMS is connected, and where saved rows are told no more (tests/casework/pocket, transcripts).
SMS = {"sms", "sms_bad", "sms_to", "sms_sure", "by_sms", "sms_sent", "sms_limit", "sms_stopped", "will_not"}
NOT_YET = {
    *(("followup", name) for name in ("replies", "replies_kept", "files", "kept")),
    *(("followup", name) for name in ("copy_send", "copy_comes")),
    *(("human", "nobody_knows"), ("news", "nobody"), ("saved", "gone"), ("saved", "some")),
    *(("find_help", name) for name in SMS),
    *(("answered", name) for name in FLOWS["answered"].nodes),
}
# Said in the last minutes of a shift (tests/casework/cases/test_shifts.py), and of a copy's words that are too few: few
# walks come by at either.
BY_CHANCE = {("human", "ending"), ("followup", "copy_short")}
EXPECTED = set(NODES) - NOT_YET - BY_CHANCE
IN_MEMORY = Path("/dev/shm")  # noqa: S108  # spares the walks a wait for the disk at every message


@pytest.fixture
def hamraz(tmp_path: Path) -> Iterator[Hamraz]:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else tmp_path) as folder:
        made = make_hamraz(
            Settings(
                HAMRAZ_DATABASE_URL=f"sqlite:///{folder}/main.db",
                HAMRAZ_KEYS_URL=f"sqlite:///{folder}/keys.db",
                HAMRAZ_KEYRING=Path(folder) / "keyring.json",
                HAMRAZ_SLOW_MEMORY_KIB=8,
            )
        )
        yield made
        made.counter.close()
        made.database.close()


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Every node that is walked through or stood at."""
    found: set[tuple[str, str]] = set()
    node_of = walking.node_of

    def watched(state, library):  # type: ignore[no-untyped-def]  # as the function it stands for
        found.add((state.top.flow, state.top.node))
        return node_of(state, library)

    monkeypatch.setattr(walking, "node_of", watched)
    return found


@pytest.mark.timeout(900)  # a minute of work at most; whatever else the machine does comes on top
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_falls_and_nobody_is_locked_in(
    hamraz: Hamraz, monkeypatch: pytest.MonkeyPatch, passed: set[tuple[str, str]], language: str, long: bool
) -> None:
    wander = 1_000 if long else 200
    watch, book, proved, clock = Watch().begin(monkeypatch), Book(Phrasebook.load()), Proved(), Clock()
    hire(hamraz, clock)
    put_on(hamraz, clock, replace(TEA, day="2036-01-01", last_day="2036-01-01"))
    url = hamraz.settings
    rows = Rows(*(sqlite3.connect(at.removeprefix("sqlite:///")) for at in (url.database_url, url.keys_url)))

    proofs = (proved.cleared, proved.to_menu, proved.to_end)
    for number in range(wander + MOST):
        walker = Walker(hamraz, language, number, clock, watch, book, proved)
        watch.turn = None
        try:
            if number < wander:
                walker.walk(rows)
            elif unproved := sorted(place for place in proved.been if not all(place in proof for proof in proofs)):
                walker.prove(unproved[0], rows)
            elif ahead := sorted(node for node in EXPECTED if node not in passed or not met(node, proved)):
                walker.walk_towards(nearest(*ahead[number % len(ahead)]), rows)
            else:
                break
        except BaseException as error:
            error.add_note(f"walk {number} in {language}:\n\n{transcript(walker.talk.said)}")
            raise

    print(f"{language}: {number} walks, {proved.messages} messages, {len(passed)} of {len(NODES)} nodes")
    assert not (missed := sorted(EXPECTED - passed)), f"never passed: {missed}"
    assert not (also := sorted(NOT_YET & passed)), f"passed all the same: {also}"
    assert all({(*node, "") for node in EXPECTED if NODES[node]} <= proof for proof in proofs)
    asides = {"", "resume", "again", "erase", "language", "way_out", "end_talk", "helped"}
    assert (
        {place[2] for place in proved.cleared} == asides
        if long
        else {"", "resume"} <= {place[2] for place in proved.cleared} <= asides
    )
    assert min(proved.panics.values()) > 10 and set(proved.panics) == set(book.panic)


def hire(hamraz: Hamraz, clock: Clock) -> None:
    """A counsellor who takes cases whenever the team reads, so that walks come by in and out of hours."""
    one = hired(hamraz.room, clock, "Amina", capacity=10_000)
    week = tuple(Shift(day, 9 * 60, 17 * 60, DESK) for day in range(5))
    version = hamraz.database.work(lambda unit: counsellors.held(unit, hamraz.keyring, one.id).version)
    keeping.set_week(hamraz.room, one.id, one.id, week, version, clock())


def met(node: tuple[str, str], proved: Proved) -> bool:
    """Whether somebody stood at a node that asks."""
    return not NODES[node] or (*node, "") in proved.been


def nearest(flow: str, node: str) -> list[Place]:
    """The places from which a node can be reached inside its flow, the nearest first."""
    rules = {one.name: {rule.target for rule in one.rules} for one in FLOWS[flow].nodes.values()}
    found = [node]
    for reached in found:  # grows while it is gone through
        found += [name for name, targets in rules.items() if reached in targets and name not in found]
    return [(flow, name, "") for name in found[1:]]
