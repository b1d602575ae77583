"""Fetching a file from a provider: bounded in bytes and in time, and from its own hosts only.

The account's password goes to the first address and nowhere else: where that one points on
to a storage host, the next request carries none. Nothing points us at a host of its choosing.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Sequence
from functools import cache
from ipaddress import ip_address

import httpx

from bot.media import MediaGone, MediaTooBig
from handlers.channel import SendLater

MOST_HOPS = 3
SLOWEST_STEP = 5.0  # seconds to connect, or between two pieces


def streamed(url: str, limit: int, patience: float, hosts: Sequence[str], auth: tuple[str, str] | None = None) -> bytes:
    """The file's bytes, at most `limit`.

    patience  seconds in all
    hosts     names that may be pointed on to, with all below them ("twilio.com")
    Raises MediaTooBig, MediaGone or SendLater.
    """
    until = time.monotonic() + patience
    first = here = httpx.URL(url)
    for _ in range(MOST_HOPS):
        try:
            timeout = min(SLOWEST_STEP, patience)
            with httpx.stream("GET", here, auth=auth, timeout=timeout, verify=_trusted()) as response:
                if not response.is_redirect:
                    return _body(response, limit, until)
                here = here.join(response.headers.get("Location", ""))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SendLater(type(error).__name__) from None  # its text holds the address
        if not _allowed(here, first, hosts):
            raise MediaGone("it points to another host")
        auth = None
    raise MediaGone("it points in circles")


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates we believe; reading them takes longer than all else in a fetch."""
    return httpx.create_ssl_context()


def _body(response: httpx.Response, limit: int, until: float) -> bytes:
    if response.status_code in (404, 410):
        raise MediaGone("not there any more")
    if response.status_code != 200:
        raise SendLater(f"media answered {response.status_code}")
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > limit:
            raise MediaTooBig(f"over {limit} bytes")
        if time.monotonic() > until:
            raise SendLater("too slow")
    return bytes(body)


def _allowed(target: httpx.URL, first: httpx.URL, hosts: Sequence[str]) -> bool:
    if target.scheme == "https":
        return any(target.host == one or target.host.endswith(f".{one}") for one in hosts)
    # A stand-in on this machine (tests, the demo) may point to another of its own.
    return target.scheme == "http" and _this_machine(first.host) and _this_machine(target.host)


def _this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
