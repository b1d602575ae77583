"""An application that is made when somebody first opens one of its pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Later:
    """A WSGI application for all below some addresses, and another one for the rest."""

    def __init__(self, roots: Sequence[str], make: Callable[[], WSGIApplication], rest: WSGIApplication) -> None:
        """make: called once; where it raises, the one who asked is told so, and the next one tries again"""
        self._roots, self._make, self._rest = tuple(f"{root}/" for root in roots), make, rest
        self._made: WSGIApplication | None = None
        self._one_makes = Lock()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = "/" + environ["PATH_INFO"].lstrip("/") + "/"  # Flask too takes many slashes for one
        below = path.startswith(self._roots)
        return (self._application() if below else self._rest)(environ, start)

    def _application(self) -> WSGIApplication:
        if self._made is None:
            with self._one_makes:  # those who come meanwhile wait for it
                if self._made is None:
                    self._made = self._make()
        return self._made
