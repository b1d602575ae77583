"""The addresses that providers call all day, answered before Flask: its routing, sessions and hooks are for pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from werkzeug import Request, Response

from handlers.webhooks import Answering

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Front:
    """A WSGI application before another one, which answers all but a POST to one of the `doors`."""

    def __init__(
        self, behind: WSGIApplication, doors: Mapping[str, Answering], finish: Callable[[Response], Response]
    ) -> None:
        """finish: puts the headers on that every answer carries"""
        self._behind, self._doors, self._finish = behind, doors, finish

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        door = self._doors.get(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "POST" else None
        if door is None:
            return self._behind(environ, start)
        return self._finish(door(Request(environ)))(environ, start)
