"""docs/openapi.json describes every address, and a small round of the walk over it; `python -m tests.openapi --cases 20000` is the long one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from tests.databases import Place
from tests.openapi.describing import FILE, METHODS, describe, in_braces, written
from tests.openapi.house import House, Model, make_model, opened, settings_of
from tests.openapi.running import Seen, Tally, look_round, walk

FEW, MANY = 120, 20_000
FEW_PAGES = 25  # of each role


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("house")
    return make_model(settings_of(f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keys.db", folder))


@pytest.fixture(scope="module")
def seen(model: Model, tmp_path_factory: pytest.TempPathFactory, long: bool) -> Seen:
    with opened(model, tmp_path_factory.mktemp("looked") / "copy") as house:
        return look_round(house) if long else look_round(house, FEW_PAGES)


def test_every_address_is_described_and_nothing_else_and_the_docs_have_it(model: Model, tmp_path: Path) -> None:
    with opened(model, tmp_path / "copy") as house:
        description = describe(house.app)
        served = {
            (in_braces(rule.rule), method.lower())
            for rule in house.app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }

    assert {method.upper() for _, method in served} == METHODS
    assert {(path, method) for path, methods in description["paths"].items() for method in methods} == served
    assert FILE.read_text(encoding="utf-8") == written(description), "run `python -m tests.openapi --write`"


@pytest.mark.filterwarnings("ignore")  # libraries complain of what they are given
def test_nothing_that_is_sent_to_any_address_fells_it_or_shows_what_is_not_hers(
    model: Model, seen: Seen, long: bool
) -> None:
    tally = Tally()
    for _ in walk(model, MANY if long else FEW, Random().randrange(10**9), tally, seen):
        pass

    assert tally.wrong == []  # each says how to make it again
    assert tally.reached.total() > tally.cases.total() / 3
    assert len(tally.cases) > FEW / 2


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.filterwarnings("ignore")
def test_nor_on_postgresql(postgresql: Place) -> None:
    tally = Tally()
    made = make_model(settings_of(postgresql.url, postgresql.keys_url, postgresql.folder))
    for _ in walk(made, 1_000, Random().randrange(10**9), tally, copies=False):
        pass

    assert tally.wrong == []


def test_a_request_can_be_made_again(model: Model, seen: Seen) -> None:
    answers = []
    for _ in range(2):
        tally = Tally()
        for _ in walk(model, 10, 7, tally, seen, first=1):
            pass
        answers.append((tally.cases, tally.who, tally.answers, tally.reached))

    assert answers[0] == answers[1]


def test_what_falls_over_hangs_shows_her_words_or_is_not_described_is_told(
    model: Model, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = next(iter(model.words.values()))[0]
    views = {
        "GET /healthz": lambda: word,
        "GET /readyz": lambda: ("", 503),
        "GET /metrics": lambda: ("", 418),
        "GET /media/{end}": lambda end: 1 / 0,
        "GET /.well-known/security.txt": lambda: [None for _ in iter(int, 1)],
    }
    only = [one for one in seen.operations if one.name in views]
    monkeypatch.setattr("tests.openapi.running.TOO_LONG", 0.2)
    monkeypatch.setattr("tests.openapi.running.opened", lambda *where: _broken(model, where[1], views))

    tally = Tally()
    for _ in walk(model, 20, 3, tally, replace(seen, operations=only)):
        pass

    assert any(word in one and "GET /healthz" in one for one in tally.leaks)
    assert any("GET /metrics answers 418" in one for one in tally.undescribed)
    assert any("/media/" in one for one in tally.faults)
    assert any("security.txt" in one for one in tally.hangs)


@contextmanager
def _broken(model: Model, where: Path, views: dict[str, Callable[..., object]]) -> Iterator[House]:
    with opened(model, where) as house:
        for rule in house.app.url_map.iter_rules():
            if f"GET {in_braces(rule.rule)}" in views:
                house.app.view_functions[rule.endpoint] = views[f"GET {in_braces(rule.rule)}"]
        yield house
