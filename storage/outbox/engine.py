"""The engine on PostgreSQL: procrastinate brings each call to one worker of one process, on whatever machine.

It moves calls; the truth stays in the outbox. Whoever is called twice finds an item leased or gone, and a call that the
engine forgets is found by the sweep that stands behind it. Two things it forgets by itself are mended here: calls whose
worker died, and calls that ended while the database was away, which the engine believes to be under way for ever.

Its own trigger that notifies of every call is left off (see the migration): PostgreSQL lets only one transaction that
notifies commit at a time. Whoever put something in says so afterwards, once for many (`wake`).
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

from procrastinate import App, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ProcrastinateException
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy
from sqlalchemy import URL

from storage.outbox.calls import TASK

Carry = Callable[[str, bytes], datetime | None]  # channel, of whom → when to come again

POLL = 2.0  # seconds between looks for calls that nobody announced: those put off, mostly
HEARTBEAT, DEAD_AFTER = 5.0, 20.0  # seconds; a worker without a heartbeat for so long is dead
MEND = 15.0  # seconds between looks for calls that were forgotten
COALESCE = 0.05  # seconds in which many wakes become one
AGAIN = 5  # seconds until a call is tried again whose carrying failed
_NOTIFY = "SELECT pg_notify(%(name)s, %(what)s)"
_INSERTED = json.dumps({"type": "job_inserted", "job_id": 0})  # what its own trigger would say; the id is not read


class Engine:
    """Runs in a thread of its own, with an event loop; `carry` is called in other threads, a few at once a channel."""

    def __init__(
        self, url: URL, carry: Carry, channels: Iterable[str], lanes: int, say: Callable[[str, str], None]
    ) -> None:
        """
        carry  delivers what waits of one conversation
        lanes  calls at once, a channel
        say    hears of trouble: what, and the class of its error
        """
        for name in ("procrastinate", "psycopg.pool"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # they write tracebacks; what matters is said by us
        self._carry, self._channels, self._lanes, self._say = carry, tuple(channels), lanes, say
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda loop, about: say("engine stumbled", _class(about.get("exception"))))
        self._loop.set_default_executor(
            ThreadPoolExecutor(max(1, lanes * len(self._channels)), thread_name_prefix="delivery")
        )
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._app = self._made(url)
        self._working: list[asyncio.Task[None]] = []
        self._stopping = False
        self._announced: set[str] = set()  # channels that a wake is under way for
        self._under_way: set[int] = set()  # calls that this process carries now
        self._names: set[int] = set()  # by which the engine knows this process's workers
        self._suspects: set[int] = set()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def wake(self, channel: str) -> None:
        """Say to the workers of every process that something waits on this channel."""
        if channel in self._channels and not self._stopping:
            with suppress(RuntimeError):  # its loop ends in this moment
                self._loop.call_soon_threadsafe(self._announce, channel)

    def stop(self, patience: float = 10) -> None:
        """Finish what is under way and end."""
        self._stopping = True
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._end)
        self._thread.join(patience)

    def _made(self, url: URL) -> App:
        plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
        app = App(connector=PsycopgConnector(conninfo=plain, min_size=1, max_size=4, timeout=10))

        @app.task(name=TASK, pass_context=True, retry=_ComeAgain())
        def deliver(context: JobContext, *, of: str) -> None:
            self._deliver(context.job, bytes.fromhex(of))

        return app

    def _deliver(self, call: Job, of: bytes) -> None:
        assert call.id is not None
        self._under_way.add(call.id)
        if call.worker_id is not None:
            self._names.add(call.worker_id)
        try:
            when = self._carry(call.queue, of)
        except Exception as error:
            self._say("call failed", _class(error))
            raise
        finally:
            self._under_way.discard(call.id)
        if when is not None:
            raise _Later(when)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        finally:
            self._loop.close()

    async def _live(self) -> None:
        while not self._stopping:
            try:
                async with self._app.open_async():
                    self._working = [asyncio.ensure_future(self._work(channel)) for channel in self._channels]
                    self._working.append(asyncio.ensure_future(self._mend()))
                    await asyncio.gather(*self._working, return_exceptions=True)
            except Exception as error:  # noqa: BLE001  # the database was away when it began
                self._say("engine fell", _class(error))
                await asyncio.sleep(1)

    async def _work(self, channel: str) -> None:
        """One worker a channel: a provider that hangs takes no lane of another's."""
        while not self._stopping:
            try:
                await self._app.run_worker_async(
                    queues=[channel],
                    name=channel,
                    concurrency=self._lanes,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    fetch_job_polling_interval=POLL,
                    abort_job_polling_interval=3600,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=DEAD_AFTER,
                    shutdown_graceful_timeout=DEAD_AFTER,
                )
            except Exception as error:  # noqa: BLE001  # the database went away; it begins anew
                self._say("engine fell", _class(error))
            await asyncio.sleep(1)

    async def _mend(self) -> None:
        while not self._stopping:
            await asyncio.sleep(MEND)
            try:
                for call in await self._forgotten():
                    with suppress(ProcrastinateException):  # another process was first
                        await self._app.job_manager.retry_job(call)
            except Exception as error:  # noqa: BLE001  # the next look finds them
                self._say("engine not mended", _class(error))

    async def _forgotten(self) -> list[Job]:
        """Calls of dead workers; and of our own what stands as under way, is not, and was not a look ago either."""
        manager = self._app.job_manager
        dead = list(await manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER))
        ours = [one for one in await manager.list_jobs_async(status="doing") if one.worker_id in self._names]
        idle = {one.id: one for one in ours if one.id is not None and one.id not in self._under_way}
        stuck = [one for number, one in idle.items() if number in self._suspects]
        self._suspects = set(idle)
        return [*dead, *stuck]

    def _announce(self, channel: str) -> None:
        if channel not in self._announced:
            self._announced.add(channel)
            self._loop.create_task(self._notify(channel))

    async def _notify(self, channel: str) -> None:
        await asyncio.sleep(COALESCE)
        self._announced.discard(channel)
        with suppress(ProcrastinateException):  # then it is found at the next look
            await self._app.connector.execute_query_async(
                _NOTIFY, name=f"procrastinate_queue_v1#{channel}", what=_INSERTED
            )

    def _end(self) -> None:
        for task in self._working:
            task.cancel()


class _Later(Exception):
    """It may not go now."""

    def __init__(self, when: datetime) -> None:
        super().__init__("later")
        self.when = when


class _ComeAgain(BaseRetryStrategy):
    """When a call is repeated. Never given up: once nothing waits any more, it ends by itself."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        if isinstance(exception, _Later):
            return RetryDecision(retry_at=exception.when)
        return RetryDecision(retry_in={"seconds": AGAIN})


def _class(error: object) -> str:
    return type(error).__name__
