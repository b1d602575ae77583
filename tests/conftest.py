"""What every test may ask for: a whole Hamraz, and phones to talk to it."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

from bot.settings import Settings
from operating.parts import Hamraz
from tests import made_once
from tests.databases import KINDS, Place, Postgres, do_not_wait_for_the_disk, postgres_server, sqlite_place
from tests.nobody import nobody_outside
from tests.phones import Clock, Phone, open_hamraz

made_once.install()
do_not_wait_for_the_disk()
# A machine that is busy makes nothing wrong.
hypothesis.settings.register_profile("tests", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("tests")


@pytest.fixture(scope="session", autouse=True)
def nobody_is_called() -> Iterator[None]:
    """Every call of the whole run ends at a stand-in that holds it to its provider's contract, or at nobody."""
    with nobody_outside() as tried:
        yield
    assert not tried, f"tests called {sorted(set(tried))}"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite tests/transcripts/ as the conversations go now")
    parser.addoption("--long", action="store_true", help="the long ones too: minutes of waiting for lost machines")


IN_A_BROWSER = re.compile(r"tests/web/(test_|posters/|console/test_(\w*browser|telegram_page)\.py)")
# What a few tests share is dear to make: one process makes it, once. By how their names begin.
TOGETHER = (
    "tests/handlers/test_hostile_wire.py",
    "tests/openapi/",
    "tests/operating/test_flow_replaying.py",
    "tests/peers/",
    "tests/storage/test_tampering.py",
    "tests/test_house.py",
    "tests/whole/test_transcripts.py",
)
# They begin, so that no process is waited for at the end.
LONGEST = ("tests/whole/", "tests/chaos/", "tests/handlers/test_hostile.py")


class BrowsersInOne(LoadScopeScheduling):
    """One process has a browser, and begins with what needs it; others, which wait much, work beside it."""

    def _split_scope(self, nodeid: str) -> str:
        if IN_A_BROWSER.match(nodeid):
            return "browser"
        return next((begin for begin in TOGETHER if nodeid.startswith(begin)), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BrowsersInOne:
    return BrowsersInOne(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end."""
    gc.disable()
    collected = yield
    made_once.keep_what_is_there()
    gc.enable()
    return collected


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not config.getoption("--long"):
        terminalreporter.write_line("long tests were left out: ./hamraz test --long runs them too")


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether there is time for many more of the same."""
    return bool(request.config.getoption("--long"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A real PostgreSQL server of our own; fails, never skips, when it cannot start."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Place]:
    with sqlite_place(tmp_path) as place:
        yield place


@pytest.fixture
def postgresql(server: Postgres, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Place]:
    with server.place(tmp_path, bare=request.node.get_closest_marker("bare") is not None) as place:
        yield place


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest) -> Place:
    """Two empty databases; a test that asks for them runs on SQLite and on PostgreSQL."""
    place: Place = request.getfixturevalue(request.param)
    return place


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        HAMRAZ_DATABASE_URL=f"sqlite:///{tmp_path}/hamraz.db",
        HAMRAZ_KEYS_URL=f"sqlite:///{tmp_path}/keys.db",
        HAMRAZ_KEYRING=tmp_path / "keyring.json",
        HAMRAZ_SLOW_MEMORY_KIB=8,
        HAMRAZ_PASSWORD_MEMORY_KIB=8,
    )


@pytest.fixture
def hamraz(settings: Settings) -> Iterator[Hamraz]:
    with open_hamraz(settings) as made:
        yield made


@pytest.fixture
def phone(hamraz: Hamraz, clock: Clock) -> Callable[..., Phone]:
    def of(channel: str = "sms", number: str = "+923001112233", **more: object) -> Phone:
        return Phone(hamraz, channel, number, clock, **more)  # type: ignore[arg-type]  # as above

    return of
