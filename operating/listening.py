"""A port to listen on, and serving there until somebody ends it. For the demo: `serve` has granian."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable
from types import FrameType

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from handlers.commands import CommandError

LAST_PORT = 65_535
TRIES = 100  # ports looked at before giving up


class Quiet(WSGIRequestHandler):
    """Says nothing: a request line would show what is typed."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None: ...


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens at this port or, where that is taken, at the next free one. Port 0: any.

    It is held from here on, so that nobody else takes the port while the rest is made ready: who
    calls early waits and is then answered. Raises CommandError.
    """
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise CommandError(f"{host} is no address of this machine") from None
    for candidate in range(port, min(port + TRIES, LAST_PORT + 1)):
        held = socket.socket(family, kind)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((address[0], candidate, *address[2:]))
            held.listen()
            return held
        except OSError as error:
            held.close()
            if error.errno != errno.EADDRINUSE:
                raise CommandError(f"cannot listen at {host}, port {candidate}: {error.strerror}") from None
    raise CommandError(f"no free port from {port} on; name another with --port")


def url_of(held: socket.socket) -> str:
    """What to call this socket by, in a browser on this machine."""
    host, port = held.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared, not listened at
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve_until_told(app: Flask, held: socket.socket, ready: Callable[[], None]) -> None:
    """Answer at this socket until Ctrl-C or SIGTERM. `ready` is called once whoever calls is answered."""
    host, port = held.getsockname()[:2]
    server = make_server(host, port, app, threaded=True, request_handler=Quiet, fd=held.fileno())
    ready()
    server.serve_forever(poll_interval=0.1)  # ends at KeyboardInterrupt, and closes


def end_alike() -> None:
    """SIGTERM ends as Ctrl-C does, and both do so even where a shell started us with them ignored."""

    def end(signal_number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
