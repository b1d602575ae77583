"""Every kind of fault that is injected, by its name: it strikes while something is done, and says whether it struck."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Timer

import psycopg
from sqlalchemy import make_url

from bot.message import Address
from handlers.payloads import reply_from
from operating.worker import outbox_of
from storage import outbox
from storage.errors import StorageAway
from tests.chaos.provider import ANSWERS, TAKEN
from tests.chaos.storage_faults import AT_COMMIT
from tests.chaos.world import World
from tests.databases import full_disk

Act = Callable[[], object]
Strike = Callable[[World, random.Random, Act], bool]  # does the act under the fault; whether the fault struck

MOST_STATEMENTS = 14  # of what is done at once, about
_EVERYBODY_OUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def _aimed(world: World, act: Act, statement: int = 0, after: bool = False, commit: str = "") -> bool:
    world.fault.aim(statement, after, commit)
    _tolerant(act)
    struck = world.fault.struck
    world.fault.aim()
    return struck


def statement_fails(world: World, rng: random.Random, act: Act) -> bool:
    return _aimed(world, act, statement=rng.randint(1, MOST_STATEMENTS))


def statement_done_but_unheard(world: World, rng: random.Random, act: Act) -> bool:
    return _aimed(world, act, statement=rng.randint(1, MOST_STATEMENTS), after=True)


def commit_refused(world: World, rng: random.Random, act: Act) -> bool:
    return _aimed(world, act, commit=AT_COMMIT[0])


def keys_kept_main_not(world: World, rng: random.Random, act: Act) -> bool:
    return _aimed(world, act, commit=AT_COMMIT[1])


def commit_done_but_unheard(world: World, rng: random.Random, act: Act) -> bool:
    return _aimed(world, act, commit=AT_COMMIT[2])


def nothing_can_be_written(world: World, rng: random.Random, act: Act) -> bool:
    """The disk is full (SQLite), or the server went over to reading only (PostgreSQL)."""
    with _full(world):
        _tolerant(act)
    return True


def connections_cut(world: World, rng: random.Random, act: Act) -> bool:
    """The server throws everybody out, as a restart does. SQLite has no server: whoever else writes holds it up."""
    if world.place.kind == "postgresql":
        for url in (world.place.url, world.place.keys_url):
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(_EVERYBODY_OUT)
        _tolerant(act)
        return True
    held = sqlite3.connect(make_url(world.place.url).database or "", isolation_level=None, check_same_thread=False)
    held.execute("BEGIN IMMEDIATE")
    let_go = Timer(0.02, held.execute, ["ROLLBACK"])
    let_go.start()
    _tolerant(act)
    let_go.join()
    held.close()
    return True


def clock_leaps(world: World, rng: random.Random, act: Act) -> bool:
    world.clock.forward(minutes=rng.choice([1, 5, 9]))
    act()
    return True


def clock_goes_back(world: World, rng: random.Random, act: Act) -> bool:
    world.clock.forward(minutes=-rng.choice([1, 4]))
    act()
    world.clock.forward(minutes=5)
    return True


# --- at the provider ----------------------------------------------------------------------------


def _provider(how: str) -> Strike:
    def strike(world: World, rng: random.Random, act: Act) -> bool:
        provider = world.provider
        before, taken = provider.struck, len(provider.taken)
        provider.fails = how
        act()
        provider.fails = ""
        if provider.struck == before:
            return False
        if how in TAKEN:
            world.unheard.add(provider.taken[taken][2])
        return True

    return strike


def worker_dies_before_sending(world: World, rng: random.Random, act: Act) -> bool:
    held = outbox_of(world.team.hamraz, "dies").lease(world.channel, 20, world.clock())
    act()
    return bool(held)


def worker_dies_after_sending(world: World, rng: random.Random, act: Act) -> bool:
    held = outbox_of(world.team.hamraz, "dies").lease(world.channel, 20, world.clock())
    channel = world.team.hamraz.channels.on[world.channel]
    sends = [item for item in held if item.kind == "send" and "text" in item.payload]
    for item in sends:
        channel.send(Address(world.channel, item.address), reply_from(item.payload)[0])
        world.unheard.add(str(item.payload["text"]))
    act()
    return bool(sends)


def poisoned_job(world: World, rng: random.Random, act: Act) -> bool:
    """What nobody can send lies before all else in the outbox; it must hold up nobody."""
    hamraz = world.team.hamraz
    hamraz.database.work(
        lambda unit: outbox.put(
            unit,
            hamraz.keyring,
            rng.randbytes(16),
            "send",
            world.channel,
            {"sms": "+923009999999", "whatsapp": "whatsapp:+923009999999", "telegram": "999999999"}[world.channel],
            {"tap": rng.random()},
            world.clock(),
        )
    )
    act()
    return True


def _tolerant(act: Act) -> None:
    with suppress(StorageAway):  # a counsellor's own call; webhooks and workers say it in their own ways
        act()


@contextmanager
def _full(world: World) -> Iterator[None]:
    database = world.team.hamraz.database
    if database.kind == "sqlite":
        with full_disk(database):
            yield
        return
    name = make_url(world.place.url).database
    for reading in ("on", "off"):
        with psycopg.connect(world.place.url, autocommit=True, options="-c default_transaction_read_only=off") as one:
            one.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {reading}'.encode())
            one.execute(_EVERYBODY_OUT)
        if reading == "on":
            yield


OF_STORAGE: dict[str, Strike] = {
    strike.__name__.replace("_", " "): strike
    for strike in (
        statement_fails, statement_done_but_unheard, commit_refused, keys_kept_main_not, commit_done_but_unheard,
        nothing_can_be_written, connections_cut, clock_leaps, clock_goes_back,
    )
}  # fmt: skip
OF_DELIVERY: dict[str, Strike] = {
    **{f"provider {how}": _provider(how) for how in ANSWERS},
    **{
        strike.__name__.replace("_", " "): strike
        for strike in (worker_dies_before_sending, worker_dies_after_sending, poisoned_job)
    },
}
