"""The web application over the parts, and the processes that serve it."""

from __future__ import annotations

import ctypes
import gc
import signal
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

import structlog
from flask import Flask

from bot.settings import Settings, hand_down, passphrase, read_settings, refuse_team_passphrase
from casework.cases.live import SEATS
from casework.chat.taking import take
from casework.resources import warm_up
from handlers.commands import CommandError
from handlers.front import Front
from handlers.webhooks import Inside, make_doors, make_webhooks
from operating.clock import now
from operating.keys import ask, open_keyring
from operating.logs import name_crashes, set_up_logs
from operating.parts import Hamraz, build, is_ready
from operating.worker import fetched, make_worker, told
from storage.errors import StorageAway
from storage.vault.keyring import Keyring
from storage.vault.memory import leave_no_dump
from web.console.roots import ROOT, SHARED
from web.console.words import languages
from web.headers import protect
from web.later import Later
from web.security_txt import make_security_txt

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

    from web.simulator.demo import Demo

# Each may be held up by a body that trickles in, or a provider's slow file; what they compute takes turns anyway.
# A page that is open at the console holds one, as long as it is open: those come on top.
THREADS = 64 + SEATS


def make_app(hamraz: Hamraz, demo: Demo | None = None) -> Flask:
    """The web application over these parts."""
    from operating.console import add_console_to  # here: see make_served

    app = _ground(hamraz)
    console = add_console_to(app, hamraz, now)
    if demo is not None:
        from web.simulator.views import make_simulator  # here: the demo's alone

        app.register_blueprint(make_simulator(demo, console))
    return app


def make_served(hamraz: Hamraz) -> Flask:
    """The same, as a process serves it: the console, a tenth of its memory, is loaded and made when somebody first opens a page."""
    if not hamraz.settings.serves_console:
        return _ground(hamraz)
    languages()  # what is wrong with its words must show at the start
    return _ground(hamraz, partial(Later, (ROOT, SHARED), lambda: make_app(hamraz).wsgi_app))


def _ground(hamraz: Hamraz, around: Callable[[WSGIApplication], WSGIApplication] = lambda flask: flask) -> Flask:
    """What there is without a console. around: what stands around Flask, behind the front."""
    app = Flask("hamraz", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # nobody of ours asks what may be asked
    inside = Inside(
        converse=hamraz.conversation.converse,
        apologise=hamraz.conversation.apologise,
        told=partial(told, hamraz),
        clock=now,
        fetched=partial(fetched, hamraz),
        ready=lambda: is_ready(hamraz),
        away=(StorageAway,),
        staff=lambda update: take(hamraz.chat, hamraz.office, update, now()),
    )
    channels = hamraz.channels
    token = hamraz.settings.metrics_token.get_secret_value()
    webhooks = make_webhooks(
        channels.on, channels.status, inside, hamraz.counters, staff=channels.staff, metrics_token=token
    )
    app.register_blueprint(webhooks)
    doors = make_doors(channels.on, channels.status, inside, hamraz.counters, staff=channels.staff)
    public_url = hamraz.settings.public_url.rstrip("/")
    headers = protect(app, secure=public_url.startswith("https://"))
    app.wsgi_app = Front(around(app.wsgi_app), doors, headers)  # type: ignore[assignment, method-assign]  # as Flask tells one to
    if hamraz.settings.security_contact:
        app.register_blueprint(make_security_txt(hamraz.settings.security_contact, public_url, now))
    return app


def create_app() -> Flask:
    """What the web server loads in each worker process."""
    settings = _server_settings()
    hamraz = build(settings, _held(settings))
    set_up_logs(settings.log_level)
    name_crashes()
    worker = make_worker(hamraz)
    worker.start()
    threading.Thread(target=get_warm, args=(hamraz,), name="warmth", daemon=True).start()
    return make_served(hamraz)


def get_warm(hamraz: Hamraz) -> None:
    """Build what finds places, and open how each case stands, so that nobody who writes or looks first waits for it."""
    warm_up()
    with suppress(StorageAway):  # then whoever looks first opens them, as she would have done without this
        hamraz.room.read(lambda unit: hamraz.room.standings.all(unit, hamraz.keyring))
    keep_for_good()


def keep_for_good() -> None:
    """What was built at the start (words, lists, places: a million objects) stays as long as the process: the collector
    need not go through it each time somebody opens ten thousand cases, which took a quarter of a second. What was only
    needed to build it, some 4 MiB, goes back to the system, where the C library knows how.
    """
    gc.collect()
    gc.freeze()
    with suppress(AttributeError):  # glibc's alone
        ctypes.CDLL(None).malloc_trim(0)


def serve(host: str, port: int, workers: int) -> None:
    """Serve the webhooks until SIGINT or SIGTERM. Raises CommandError, SettingsError when it cannot."""
    from granian import Granian  # here: the demo and `worker` are served by none
    from granian.constants import Interfaces
    from granian.log import LogLevels

    settings = _server_settings()
    leave_no_dump()  # it holds the passphrase that it hands down
    word = passphrase("HAMRAZ_KEYRING_PASSPHRASE") or ask("Passphrase of the keyring: ")
    off = _lacking(settings, word)  # refuse now, in one line, not in each worker
    if not settings.serves_console:
        print("the console is off: HAMRAZ_PUBLIC_URL must be an https:// address", flush=True)
    for name, missing in off.items():
        print(f"{name} is off: set {', '.join(missing)}", flush=True)
    print(f"serving on http://{host}:{port} ({workers} {'process' if workers == 1 else 'processes'})", flush=True)
    hand_down("HAMRAZ_KEYRING_PASSPHRASE", word)  # each worker is a process of its own and opens the keyring itself
    with tempfile.TemporaryDirectory(prefix="hamraz-counts-") as counts:
        if workers > 1 and not settings.counts_folder:
            hand_down("PROMETHEUS_MULTIPROC_DIR", counts)
        gc.freeze()  # the workers are forked: what their collector leaves alone lies in memory once for all of them
        Granian(
            "webhook_app:create_app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            factory=True,
            log_access=False,
            log_level=LogLevels.error,
            respawn_failed_workers=True,
            respawn_interval=0.5,
            workers_kill_timeout=5,  # seconds; nothing that was answered can be lost, the provider brings the rest again
        ).serve()


def _lacking(settings: Settings, word: str) -> Mapping[str, Sequence[str]]:
    """What the channels that are off lack. Raises CommandError where a worker could not start.

    In a process of its own: what it builds to see that would stay in this one, which only watches over the workers.
    """
    with ProcessPoolExecutor(1, get_context("fork")) as once:
        return once.submit(_built_once, settings, word).result()


def _built_once(settings: Settings, word: str) -> Mapping[str, Sequence[str]]:
    hamraz = build(settings, open_keyring(settings, word))
    hamraz.counter.close()
    hamraz.database.close()
    return hamraz.channels.off


def deliver(metrics_host: str, metrics_port: int) -> None:
    """Only deliver and do the chores, until SIGINT or SIGTERM. metrics_port: where it shows what it counts; 0 for nowhere."""
    settings = _server_settings()
    hamraz = build(settings, _held(settings))
    worker = make_worker(hamraz)
    set_up_logs(settings.log_level)
    name_crashes()
    if metrics_port:
        try:
            hamraz.counters.listen(metrics_host, metrics_port)
        except OSError as error:
            raise CommandError(f"cannot listen on {metrics_host}:{metrics_port}: {error.strerror}") from None
    worker.start()
    print("delivering; Ctrl-C ends", flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    worker.stop()


def _held(settings: Settings) -> Keyring:
    """The keyring, opened in a process that writes nothing of its memory down."""
    leave_no_dump()
    keyring = open_keyring(settings)
    if not keyring.hold():
        structlog.get_logger().warning(
            "the keys may be swapped out", mend="no swap, or a higher limit of locked memory"
        )
    return keyring


def _server_settings() -> Settings:
    """The settings of a process that serves: one that must not hold the team's passphrase."""
    settings = read_settings().without_surprises()
    refuse_team_passphrase()
    return settings
