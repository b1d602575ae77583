"""Starts real Hamraz processes at once, so that hundreds of them can be killed.

Everything is loaded and the keyring opened a single time; each start is a fork that builds its own parts, opens its own
databases and serves them, as a worker process of `serve` does. `python -m tests.whole.zygote PORT` reads its settings from
the environment, and a line from standard input a start; each process says "started" and later "ready", with its number.
"""

from __future__ import annotations

import os
import signal
import sys
from threading import Thread

from werkzeug.serving import WSGIRequestHandler, make_server

from bot.settings import Settings, read_settings
from operating.keys import open_keyring
from operating.parts import build
from operating.serving import make_served
from operating.worker import make_worker
from storage.vault.keyring import Keyring


class Quiet(WSGIRequestHandler):
    """Logs no request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...


def main(port: int) -> None:
    settings = read_settings().without_surprises()
    keyring = open_keyring(settings)
    warm = build(settings, keyring)  # what is read once a process is read before the first fork
    warm.counter.close()
    warm.database.close()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed leave nothing behind
    for _ in sys.stdin:
        if not os.fork():
            serve(settings, keyring, port)


def serve(settings: Settings, keyring: Keyring, port: int) -> None:
    print("started", os.getpid(), flush=True)
    Thread(target=die_with_parent, args=(os.getppid(),), daemon=True).start()
    hamraz = build(settings, keyring)
    worker = make_worker(hamraz)
    worker.start()
    server = make_server("127.0.0.1", port, make_served(hamraz), threaded=True, request_handler=Quiet)
    print("ready", os.getpid(), flush=True)
    server.serve_forever()


def die_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        signal.sigtimedwait([], 0.5)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(int(sys.argv[1]))
