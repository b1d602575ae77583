"""What changes while a page is open, as server-sent events: the ids of cases, and no word. The page fetches itself anew.

The browser's EventSource does all that is needed on its side: it comes back after a cut and names what it had last. So
the pages have a few lines of their own (static/live.js) and no library: what htmx would add, we would not use.

    event: case        one that she can open is another than before; data: its id
    event: everything  what changed meanwhile is not known here: look at everything
    event: ended       her login has ended, and so does this
    event: elsewhere   she has opened so many pages that the oldest hear nothing by themselves any more
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from flask import Response, request

from casework.cases.live import Live, Seat
from casework.staff.entering import who
from web.console.pages import Console, page, person

LOOKS_AT_LOGIN = 5.0  # seconds; each time it writes, too: only so does the server notice that the browser is gone
COME_BACK = 3_000  # milliseconds after a cut
EVENTS = "text/event-stream"  # what the browser's EventSource asks for
_ENDED = "event: ended\ndata:\n\n"


@dataclass(frozen=True, slots=True)
class Stream:
    """What a page that keeps itself fresh knows of itself."""

    page: str  # its own address
    after: str  # where the changes begin that it does not show yet
    case: str = ""  # the only case that it shows
    reads: bool = False  # whether its words stand there


def live(console: Console) -> Response:
    """The stream. 503 when this process has no place left: the page tries again, and looks by itself meanwhile."""
    seat = console.live.sit(person().id)
    if seat is None:
        response = page("problem", status=503, what="away")
        response.headers["Retry-After"] = "10"
        return response
    named = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    cookie = request.cookies.get(console.login_cookie, "")
    response = Response(
        _told(console, seat, cookie, console.live.number_of(named)), content_type=f"{EVENTS}; charset=utf-8"
    )
    response.headers["X-Accel-Buffering"] = "no"  # a proxy that keeps it back would make it useless
    response.call_on_close(lambda: console.live.leave(seat))
    return response


def ended() -> Response:
    """A stream that has nothing more to tell."""
    return Response(_ENDED, content_type=f"{EVENTS}; charset=utf-8")


def _told(console: Console, seat: Seat, cookie: str, after: int | None) -> Iterator[str]:
    yield f"retry: {COME_BACK}\n\n"
    looked = 0.0
    while True:
        if monotonic() - looked >= LOOKS_AT_LOGIN:
            looked = monotonic()
            try:
                there = who(console.office, cookie, console.clock(), touch=False)
            except console.away:
                return  # the browser comes back by itself
            if there is None:
                yield _ENDED
                return
        heard = console.live.hear(seat, after, LOOKS_AT_LOGIN)
        if seat.taken:
            yield "event: elsewhere\ndata:\n\n"
            return
        if heard.everything:
            yield _event(console.live, heard.upto, "everything", "")
        for number, case in heard.changed:
            yield _event(console.live, number, "case", case.hex())
        if heard.upto == after:
            yield ":\n\n"
        after = heard.upto


def _event(live: Live, number: int, name: str, data: str) -> str:
    return f"id: {live.name_of(number)}\nevent: {name}\ndata: {data}\n\n"
