"""Deliveries and chores: what one process does beside answering."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.media import MediaTrouble
from bot.message import Address, MediaReference
from casework.chat import posting
from casework.chat.spots import Spots
from casework.chores import CHORES, counting_of, holding_of, paging_of, telling_of, tending_of, weighing_of
from casework.community.round import Round
from casework.pulse import Noting
from handlers.catching_up import CatchingUp
from handlers.channel import WANTS_NOTHING, Channel, StatusUpdate
from handlers.delivery import LANES, Delivery, Surroundings, Waiting
from handlers.looping import Loop
from handlers.webhooks import FILES
from operating.clock import now
from operating.parts import Hamraz
from operating.providers import approved
from storage import marks, outbox
from storage.database import Database, Unit
from storage.errors import StorageAway
from storage.vault.randomness import new_id

TRY_AGAIN = timedelta(minutes=5)
HOLD = 8.0  # seconds between renewals of leases; a lease must outlast three
SWEEP = 10.0  # seconds between looks for what the engine forgot
FORGOTTEN = timedelta(seconds=15)  # so long after its time an item counts as forgotten


class Mover(Protocol):
    """Has items delivered that wait."""

    def start(self) -> None: ...
    def wake(self, channel: str) -> None:
        """Something waits on this channel."""
        ...

    def stop(self) -> None: ...


def make_worker(hamraz: Hamraz) -> Worker:
    """Deliveries and chores of one process."""
    database = hamraz.database
    channels: dict[str, Channel] = {**hamraz.channels.on}
    spots, noting = Spots(database, hamraz.keyring), Noting(database)
    if hamraz.channels.staff is not None:
        channels[hamraz.channels.staff.name] = hamraz.channels.staff

    def sent(item: Waiting, name: str) -> None:
        if item.channel == posting.CHANNEL:
            spots.sent(item.payload, name)
            return
        stays = channels[item.channel].her_copy_stays
        hamraz.afterwards.sent(
            item.owner,
            Address(item.channel, item.address),
            name,
            her_copy_stays=stays,
            now=now(),
            about=str(item.payload.get("about", "")),
        )

    def arrived(item: Waiting, reference: MediaReference, found: bytes | MediaTrouble) -> None:
        address, limits = Address(item.channel, item.address), channels[item.channel].limits
        hamraz.afterwards.arrived(address, str(item.payload["id"]), reference, found, limits, now())

    def may_ask(item: Waiting) -> bool | None:
        about = str(item.payload.get("about", ""))
        return hamraz.afterwards.may_ask(Address(item.channel, item.address), item.id, now(), about)

    def enclosed(item: Waiting) -> bytes | None:
        file = database.work(lambda unit: outbox.enclosed(unit, hamraz.keyring, item.id, now()))
        return None if file is None else file.content

    def address(item: Waiting) -> str | None:
        end = database.work(lambda unit: outbox.link_to(unit, hamraz.keyring, item.id, now()))
        return None if end is None else f"{hamraz.settings.public_url.rstrip('/')}{FILES}/{end}"

    surroundings = Surroundings(
        clock=now,
        jitter=lambda: new_id()[0] / 256,
        sent=sent,
        arrived=arrived,
        may_ask=may_ask,
        enclosed=enclosed,
        address=address,
        away=(StorageAway,),
        spots=spots,
        went=lambda channel, why: noting.went(channel, why, now()),
    )
    delivery = Delivery(_Outbox(hamraz, new_id().hex()[:8]), channels, surroundings, hamraz.counters)
    movers = _movers(hamraz, delivery)
    conversation = hamraz.conversation
    catching_up = CatchingUp(
        hamraz.channels.on,
        _Marks(database),
        conversation.took,
        conversation.converse,
        hamraz.counters,
        (StorageAway,),
    )
    return Worker(hamraz, delivery, movers, catching_up)


def _movers(hamraz: Hamraz, delivery: Delivery) -> Sequence[Mover]:
    """What moves items. On SQLite a loop; on PostgreSQL the engine, and a loop behind it that finds what that forgot."""
    if hamraz.database.kind != "postgresql":
        return [Loop(delivery)]
    from storage.outbox.engine import Engine  # here: nobody else needs to load it

    log = structlog.get_logger()
    main, _ = hamraz.database.engines
    engine = Engine(
        main.url, delivery.carry, delivery.channels, LANES, lambda what, error: log.warning(what, error=error)
    )
    return [engine, Loop(delivery, poll=SWEEP, overdue=FORGOTTEN)]


def told(hamraz: Hamraz, update: StatusUpdate) -> None:
    """A provider says what became of a message that we sent."""
    nothing = update.reason in WANTS_NOTHING
    why = f"{update.code} {update.reason}" if update.reason else ""
    hamraz.afterwards.told(update.address, update.id, update.state, wants_nothing=nothing, now=now(), why=why)


def fetched(hamraz: Hamraz, end: str) -> tuple[str, str, bytes] | None:
    """A file that a provider fetches: its type, its name and its bytes."""
    file = hamraz.database.work(lambda unit: outbox.fetched(unit, hamraz.keyring, end, now()))
    return None if file is None else (file.type, file.name, file.content)


class _Marks:
    """Until when each channel's log was read, as catching up sees it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def turn(self, channel: str, every: timedelta, now: datetime) -> datetime | None:
        until: datetime | None = self._database.work(lambda unit: marks.turn(unit, f"{channel} log", every, now))
        return until

    def read_until(self, channel: str, moment: datetime) -> None:
        self._database.work(lambda unit: marks.done(unit, f"{channel} log", moment))


def outbox_of(hamraz: Hamraz, worker: str) -> _Outbox:
    """The outbox as a worker of this name works on it."""
    return _Outbox(hamraz, worker)


class _Outbox:
    """The outbox as delivery sees it: each call one unit of work."""

    def __init__(self, hamraz: Hamraz, worker: str) -> None:
        self._worker, self._counter = worker, hamraz.counter
        self._database, self._keyring = hamraz.database, hamraz.keyring

    def lease(
        self,
        channel: str,
        limit: int,
        now: datetime,
        per_second: float | None = None,
        overdue: timedelta = timedelta(0),
    ) -> Sequence[Waiting]:
        return self._database.work(
            lambda unit: outbox.lease(
                unit, self._keyring, self._worker, channel, limit, now, per_second=per_second, overdue=overdue
            )
        )

    def lease_behind(
        self, channel: str, of: bytes, now: datetime, per_second: float | None = None
    ) -> Waiting | datetime | None:
        return self._database.work(
            lambda unit: outbox.lease_behind(unit, self._keyring, self._worker, channel, of, now, per_second)
        )

    def done(self, item: Waiting) -> None:
        def work(unit: Unit) -> None:
            self._tell(unit, item, "sent")
            outbox.done(unit, item.id)

        self._database.work(work)

    def renew(self, item_ids: Collection[bytes]) -> None:
        self._database.work(lambda unit: outbox.renew(unit, self._worker, item_ids, now()))

    def rewrite(self, item: Waiting, payload: Mapping[str, object], per_second: float) -> datetime | None:
        def work(unit: Unit) -> datetime | None:
            moment = now()
            if not outbox.rewrite(unit, self._keyring, self._worker, item.id, item.address, payload, moment):
                return None
            starts = outbox.reserve(unit, item.channel, 1, per_second, moment)
            return starts[0] if starts else moment + outbox.AHEAD

        return self._database.work(work)

    def retry(self, item: Waiting, when: datetime, *, tried: bool) -> None:
        self._database.work(lambda unit: outbox.retry_at(unit, self._worker, item.id, when, tried=tried))

    def pause(self, channel: str, until: datetime) -> None:
        self._database.work(lambda unit: outbox.pause(unit, channel, until))

    def dead(self, item: Waiting, code: str, reason: str) -> None:
        def work(unit: Unit) -> None:
            self._tell(unit, item, "failed", f"{code} {reason}")
            outbox.dead(unit, item.id, f"{code} {reason}")
            if reason in WANTS_NOTHING:
                outbox.stop(unit, item.owner, item.channel, now())

        self._database.work(work)

    def _tell(self, unit: Unit, item: Waiting, state: str, why: str = "") -> None:
        # The case first, then the item: in this order everybody holds them.
        about = item.payload.get("about")
        if about and item.kind in ("send", "ask"):
            self._counter.told(unit, str(about), state, now(), why)


class Worker:
    """Delivers what waits, catches up and does the chores, in threads of its own."""

    def __init__(self, hamraz: Hamraz, delivery: Delivery, movers: Sequence[Mover], catching_up: CatchingUp) -> None:
        self._hamraz, self._delivery, self._movers, self._catching_up = hamraz, delivery, movers, catching_up
        told = Round(hamraz.room, frozenset(hamraz.channels.on), approved(hamraz.settings))
        studio = (holding_of(hamraz.studio), weighing_of(hamraz.studio))
        counted = counting_of(hamraz.tally)
        self._desk = (tending_of(hamraz.room), paging_of(hamraz.pager), telling_of(told), counted, *studio)
        self._due: dict[str, datetime] = {}  # by a chore's name
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for name, work in (("chores", self._chores), ("leases", self._hold))
        ]

    def start(self) -> None:
        self._hamraz.database.called = self._movers[0].wake
        for mover in self._movers:
            mover.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._delivery.stop()
        for mover in self._movers:
            mover.stop()

    def _chores(self) -> None:
        while not self._stopping.wait(5):
            self.round(now())

    def _hold(self) -> None:
        while not self._stopping.wait(HOLD):
            try:
                self._delivery.hold()
            except StorageAway:
                continue  # nobody else is given anything either
            except Exception as error:  # noqa: BLE001  # without this thread what takes long would be sent twice
                structlog.get_logger().error("leases not held", error=type(error).__name__)

    def round(self, moment: datetime) -> None:
        """Do every chore whose turn has come; one that fails is tried again in five minutes, and stops no other."""
        log = structlog.get_logger()
        self._hamraz.conversation.expire(moment)
        try:
            self._catching_up.run(moment)  # it knows itself when its turn has come
        except Exception as error:  # noqa: BLE001  # the chores must still run
            log.error("chore failed", chore="catch up after an outage", error=type(error).__name__)
        for chore in (*CHORES, *self._desk):
            if moment < self._due.get(chore.name, moment):
                continue
            self._due[chore.name] = moment + chore.every
            try:
                for fault in chore.work(self._hamraz.database, self._hamraz.keyring, moment):
                    log.error("not as it should be", chore=chore.name, found=fault)
            except Exception as error:  # noqa: BLE001  # the other chores must still run
                self._due[chore.name] = moment + min(chore.every, TRY_AGAIN)
                log.error("chore failed", chore=chore.name, error=type(error).__name__)
