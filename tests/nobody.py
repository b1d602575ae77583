"""Nobody outside this machine is called by a test: a real provider would take it for real."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import pytest

NAMES = ("", "localhost", "0.0.0.0")  # noqa: S104  # an address asked about, not listened at


@contextmanager
def nobody_outside() -> Iterator[list[str]]:
    """Refuse every connection and look-up that leads out of this machine; yield the list of those tried."""
    tried: list[str] = []
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def checked(host: object) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        if not is_here(name):
            tried.append(name)
            raise OSError("a test called somebody outside this machine")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple):
            checked(address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if isinstance(address, tuple):
            checked(address[0])
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *more: Any, **named: Any) -> Any:
        checked(host)
        return look_up(host, *more, **named)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket.socket, "connect", guarded_connect)
        patched.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patched.setattr(socket, "getaddrinfo", guarded_look_up)
        yield tried


def is_here(host: str) -> bool:
    """Whether this host is this machine."""
    if host in NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
