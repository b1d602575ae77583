"""The web application over the parts, and the processes that serve it."""

from __future__ import annotations

import signal
from collections.abc import Callable
from functools import partial

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from bot.settings import hand_down, passphrase, read_settings, refuse_team_passphrase
from handlers.webhooks import Inside, make_webhooks
from operating.clock import now
from operating.keys import ask, open_keyring
from operating.parts import Hamraz, build, is_ready
from operating.worker import make_worker, told
from storage.errors import StorageAway
from web.simulator.views import Demo, make_simulator


def make_app(hamraz: Hamraz, wake: Callable[[str], None], demo: Demo | None = None) -> Flask:
    """The web application over these parts."""
    app = Flask("hamraz", static_folder=None)
    inside = Inside(
        converse=hamraz.conversation.converse,
        apologise=hamraz.conversation.apologise,
        told=partial(told, hamraz),
        wake=wake,
        clock=now,
        ready=lambda: is_ready(hamraz),
        away=(StorageAway,),
    )
    app.register_blueprint(
        make_webhooks(
            hamraz.channels.on,
            hamraz.channels.status,
            inside,
            hamraz.counters,
            metrics_token=hamraz.settings.metrics_token.get_secret_value(),
        )
    )
    if demo is not None:
        app.register_blueprint(make_simulator(demo))
    return app


def create_app() -> Flask:
    """What the web server loads in each worker process."""
    settings = read_settings().without_surprises()
    refuse_team_passphrase()
    hamraz = build(settings, open_keyring(settings))
    worker = make_worker(hamraz)
    worker.start()
    return make_app(hamraz, worker.wake)


def serve(host: str, port: int, workers: int) -> None:
    settings = read_settings().without_surprises()
    refuse_team_passphrase()
    word = passphrase("HAMRAZ_KEYRING_PASSPHRASE") or ask("Passphrase of the keyring: ")
    hamraz = build(settings, open_keyring(settings, word))  # refuse now, in one line, not in each worker
    for name, missing in hamraz.channels.off.items():
        print(f"{name} is off: set {', '.join(missing)}", flush=True)
    hamraz.counter.close()
    hamraz.database.close()
    _hand_down(word)
    Granian(
        "webhook_app:create_app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=8,
        factory=True,
        log_access=False,
    ).serve()


def _hand_down(word: str) -> None:
    """Workers are processes of their own: a passphrase typed at the prompt reaches them by their environment."""
    hand_down("HAMRAZ_KEYRING_PASSPHRASE", word)


def deliver() -> None:
    settings = read_settings().without_surprises()
    refuse_team_passphrase()
    worker = make_worker(build(settings, open_keyring(settings)))
    worker.start()
    print("delivering; Ctrl-C ends", flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    worker.stop()
