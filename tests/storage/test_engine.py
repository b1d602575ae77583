"""The engine on PostgreSQL: a call in the unit of work, carried once, never forgotten for good, and holding only ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from threading import Condition
from typing import Any

import psycopg
import pytest

from storage import migrations, outbox
from storage.database import Database, Unit
from storage.outbox import engine as module
from storage.outbox.engine import Engine
from storage.vault.keyring import Keyring
from tests.databases import Place

pytestmark = pytest.mark.postgres
A, B = b"a" * 16, b"b" * 16


@pytest.fixture
def database(postgresql: Place) -> Database:
    return postgresql.open()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"POLL": 0.1, "HEARTBEAT": 0.2, "MEND": 0.2, "COALESCE": 0.01, "AGAIN": 0}.items():
        monkeypatch.setattr(module, name, seconds)


def put(unit: Unit, keyring: Keyring, owner: bytes, words: str = "her words", kind: str = "send") -> None:
    outbox.put(unit, keyring, owner, kind, "sms", "+923001112233", {"text": words}, datetime.now(UTC))


def calls(place: Place, more: str = "") -> list[tuple[Any, ...]]:
    with psycopg.connect(place.url) as connection:
        query = f"SELECT id, queue_name, lock, args, status FROM procrastinate_jobs {more} ORDER BY id"  # noqa: S608  # ours
        return connection.execute(query.encode()).fetchall()


class Carrier:
    """Notes what it is called for, and answers as told."""

    def __init__(self) -> None:
        self.carried: list[tuple[str, bytes]] = []
        self.answers: dict[bytes, list[Callable[[], datetime | None]]] = {}
        self.trouble: list[tuple[str, str]] = []
        self.news = Condition()

    def carry(self, channel: str, of: bytes) -> datetime | None:
        with self.news:
            self.carried.append((channel, of))
            self.news.notify_all()
            answers = self.answers.get(of)
        return answers.pop(0)() if answers else None

    def wait_for(self, count: int) -> list[tuple[str, bytes]]:
        with self.news:
            assert self.news.wait_for(lambda: len(self.carried) >= count, 60), self.carried
            return list(self.carried)


@contextmanager
def running(database: Database, carrier: Carrier) -> Iterator[Engine]:
    engine = Engine(
        database.engines[0].url, carrier.carry, ["sms", "telegram"], 2, lambda *one: carrier.trouble.append(one)
    )
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def gone(place: Place) -> bool:
    """Wait until no call is left."""
    with psycopg.connect(place.url, autocommit=True) as connection:
        for _ in range(600):
            if connection.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() == (0,):
                return True
            connection.execute("SELECT pg_sleep(0.05)")
    return False


def test_a_call_is_there_if_the_unit_was_kept_and_not_else(
    database: Database, postgresql: Place, keyring: Keyring
) -> None:
    def fails(unit: Unit) -> None:
        put(unit, keyring, A)
        raise LookupError

    with pytest.raises(LookupError):
        database.work(fails)
    assert calls(postgresql) == []

    database.work(lambda unit: put(unit, keyring, B))
    ((_, queue, lock, args, status),) = calls(postgresql)
    assert (queue, lock, args, status) == ("sms", B.hex(), {"of": B.hex()}, "todo")


def test_the_engines_tables_hold_ids_and_no_words(database: Database, postgresql: Place, keyring: Keyring) -> None:
    database.work(lambda unit: put(unit, keyring, A))
    database.work(lambda unit: put(unit, keyring, A, kind="wipe"))

    with psycopg.connect(postgresql.url) as connection:
        names = connection.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'procrastinate%'").fetchall()
        rows = [
            connection.execute(f"SELECT row_to_json(t) FROM {name} t".encode()).fetchall()  # noqa: S608  # its own names
            for (name,) in names
        ]

    said = json.dumps(rows)
    assert len(calls(postgresql)) == 2
    assert "her words" not in said and "3001112233" not in said


def test_each_call_is_carried_once_a_conversations_one_after_the_other(
    database: Database, postgresql: Place, keyring: Keyring
) -> None:
    carrier = Carrier()
    for owner in (A, B, A, A):
        database.work(lambda unit, owner=owner: put(unit, keyring, owner))  # type: ignore[misc]  # typed above

    with running(database, carrier), running(database, carrier):
        carrier.wait_for(4)
        assert gone(postgresql)

    assert sorted(carrier.carried) == [("sms", A)] * 3 + [("sms", B)]


def test_a_wake_is_heard_by_the_workers_of_every_process(
    database: Database, postgresql: Place, keyring: Keyring
) -> None:
    carrier = Carrier()
    with running(database, carrier) as engine, psycopg.connect(postgresql.url, autocommit=True) as other:
        other.execute('LISTEN "procrastinate_queue_v1#sms"')
        for _ in range(600):
            engine.wake("sms")
            engine.wake("whatsapp")  # off here: nobody is told
            if heard := list(other.notifies(timeout=0.1, stop_after=1)):
                break

    assert (heard[0].channel, json.loads(heard[0].payload)["type"]) == ("procrastinate_queue_v1#sms", "job_inserted")


def test_a_worker_that_is_woken_comes_at_once(
    database: Database, postgresql: Place, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "POLL", 3600)
    carrier = Carrier()
    with running(database, carrier) as engine, psycopg.connect(postgresql.url, autocommit=True) as other:
        registered = "SELECT count(*) FROM procrastinate_workers"
        while other.execute(registered.encode()).fetchone() != (2,):  # both looked once, and found nothing
            other.execute("SELECT pg_sleep(0.05)")
        database.work(lambda unit: put(unit, keyring, A))
        while not carrier.carried:  # it listens from some moment on
            engine.wake("sms")
            other.execute("SELECT pg_sleep(0.05)")

    assert carrier.carried == [("sms", A)]


def test_one_that_may_not_go_now_is_carried_again_at_its_time_and_holds_back_its_conversation(
    database: Database, postgresql: Place, keyring: Keyring
) -> None:
    carrier = Carrier()
    carrier.answers[A] = [lambda: datetime.now(UTC) + timedelta(hours=1)]
    database.work(lambda unit: put(unit, keyring, A))
    database.work(lambda unit: put(unit, keyring, A))
    database.work(lambda unit: put(unit, keyring, B))

    with running(database, carrier):
        carrier.wait_for(2)
        with psycopg.connect(postgresql.url, autocommit=True) as connection:
            waits = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND scheduled_at > now()"
            for _ in range(600):
                if connection.execute(waits.encode()).fetchone() == (1,):
                    break
                connection.execute("SELECT pg_sleep(0.05)")
            assert sorted(carrier.carried) == [("sms", A), ("sms", B)]
            connection.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
        carrier.wait_for(4)
        assert gone(postgresql)


def test_a_call_whose_carrying_failed_is_carried_again(database: Database, postgresql: Place, keyring: Keyring) -> None:
    def away() -> datetime | None:
        raise OSError("her words")

    carrier = Carrier()
    carrier.answers[A] = [away, away]
    database.work(lambda unit: put(unit, keyring, A))

    with running(database, carrier):
        carrier.wait_for(3)
        assert gone(postgresql)

    assert carrier.trouble == [("call failed", "OSError")] * 2


def test_a_call_of_a_worker_that_died_is_carried_by_another(
    database: Database, postgresql: Place, keyring: Keyring
) -> None:
    database.work(lambda unit: put(unit, keyring, A))
    with psycopg.connect(postgresql.url) as connection:
        connection.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
        connection.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT max(id) FROM procrastinate_workers)"
        )
    carrier = Carrier()

    with running(database, carrier):
        carrier.wait_for(1)
        assert gone(postgresql)


def test_a_call_that_ended_while_the_database_was_away_does_not_stand_as_under_way_for_ever(
    database: Database, postgresql: Place, keyring: Keyring
) -> None:
    names: list[int] = []

    def looks() -> datetime | None:
        with psycopg.connect(postgresql.url) as connection:
            names.extend(*connection.execute("SELECT worker_id FROM procrastinate_jobs").fetchall())
        return None

    carrier = Carrier()
    carrier.answers[A] = [looks]
    database.work(lambda unit: put(unit, keyring, A))

    with running(database, carrier):
        assert gone(postgresql)
        with psycopg.connect(postgresql.url) as connection:  # as it stands when nobody could write down that it ended
            connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args, status, worker_id) "
                "VALUES ('sms', 'deliver', %s, %s, 'doing', %s)",
                [B.hex(), json.dumps({"of": B.hex()}), names[0]],
            )
        assert gone(postgresql)

    assert carrier.carried == [("sms", A), ("sms", B)]


def test_the_schema_that_is_migrated_to_is_that_of_the_engine_that_is_installed() -> None:
    ours = Path(migrations.__file__).parent / "main" / "procrastinate_3_10_0.sql"

    assert ours.read_text() == (resources.files("procrastinate") / "sql" / "schema.sql").read_text()
