"""An application that is made when one of its pages is first opened: once, and again where making it failed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from werkzeug import Response
from werkzeug.test import Client

from web.later import Later

REST = Response("the rest")


def test_where_it_could_not_be_made_the_next_one_tries_again_and_the_rest_is_served_all_the_while() -> None:
    broken = iter([OSError("no such file"), None, AssertionError("made twice")])

    def make() -> Response:
        if (error := next(broken)) is not None:
            raise error
        return Response("made")

    client = Client(Later(("/pages",), make, REST))

    assert client.get("/").text == "the rest"
    with pytest.raises(OSError, match="no such file"):
        client.get("/pages/one")
    assert client.get("/pagesque").text == "the rest"
    assert [client.get(path).text for path in ("/pages", "/pages/one")] == ["made"] * 2


def test_those_who_come_while_it_is_made_wait_and_it_is_made_once() -> None:
    begun, go_on, times = Event(), Event(), []

    def make() -> Response:
        times.append(1)
        begun.set()
        assert go_on.wait(20)
        return Response("made")

    later = Later(("/pages",), make, REST)
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(lambda: Client(later).get("/pages/").text) for _ in range(4)]
        assert begun.wait(20)
        assert Client(later).get("/").text == "the rest"
        go_on.set()
        assert [one.result(20) for one in waiting] == ["made"] * 4

    assert times == [1]
