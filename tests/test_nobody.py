"""That the guard against calling real providers holds, or the contracts prove less than they seem to."""

from __future__ import annotations

import socket

import httpx
import pytest
import requests

from tests.nobody import is_here, nobody_outside


def test_a_call_that_leads_out_of_this_machine_is_refused_and_remembered() -> None:
    with nobody_outside() as tried:
        with pytest.raises(requests.RequestException):
            requests.post("https://api.twilio.com/", timeout=1, proxies={"https": "", "http": ""})
        with pytest.raises(httpx.HTTPError):
            httpx.Client(trust_env=False).get("https://api.telegram.org/")
        with pytest.raises(OSError):
            socket.create_connection(("192.0.2.1", 443), timeout=1)

    assert tried == ["api.twilio.com", "api.telegram.org", "192.0.2.1"]


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("", True),
        ("api.telegram.org", False),
        ("8.8.8.8", False),
    ],
)
def test_here_is_this_machine_alone(host: str, here: bool) -> None:
    assert is_here(host) is here
