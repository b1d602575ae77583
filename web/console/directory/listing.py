"""The rows of the directory, searched and filtered; fifty on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, request

from casework.directory.choosing import today
from casework.directory.listing import SORTS, STATES, Wanted, listed, states_of
from casework.directory.room import Row
from casework.directory.tending import tries
from web.console.directory import names
from web.console.directory.framing import framed
from web.console.pages import Console, to, whole

A_PAGE = 50
_SAID = ("done", "taken", "none")


@dataclass(frozen=True, slots=True)
class Shown:
    """One row as the list shows it."""

    row: Row
    states: tuple[str, ...]


def rows(console: Console) -> Response:
    """The list as she wants it."""
    room, wanted = console.directory, wanted_of(request.args)
    day, unanswered = today(console.clock()), tries(room)
    found = listed(room.stock().offices, wanted, unanswered, day)
    pages = max(1, -(-len(found) // A_PAGE))
    at = max(1, min(whole(request.args.get("page", ""), digits=5, otherwise=1), pages))
    return framed(
        console,
        "list",
        shown=[Shown(row, states_of(row, unanswered, day)) for row in found[(at - 1) * A_PAGE : at * A_PAGE]],
        count=len(found),
        wanted=wanted,
        at=at,
        pages=pages,
        states=STATES,
        sorts=SORTS,
        kinds=names.kinds(),
        districts=names.districts(room),
        asked_district=_asked(wanted.district),
        link=lambda number: to("/directory", **_values(wanted), page=number),
        filtered=wanted != Wanted(sort=wanted.sort),
        asked={name: value for name, value in _values(wanted).items() if name != "sort"},
        said=request.args.get("said", "") if request.args.get("said") in _SAID else "",
        changed=whole(request.args.get("changed", ""), digits=5, otherwise=1),
    )


def wanted_of(asked: Mapping[str, str]) -> Wanted:
    """What the address asks for; what it could not mean is no wish."""
    district = asked.get("district", "")
    state, sort = asked.get("state", ""), asked.get("sort", "")
    return Wanted(
        text=asked.get("text", "")[:100],
        kind=asked.get("kind", ""),
        district=None if not district else "" if district == names.NATIONAL else district,
        state=state if state in STATES else "",
        sort=sort if sort in SORTS else SORTS[0],
    )


def _values(wanted: Wanted) -> dict[str, str]:
    said = {
        "text": wanted.text,
        "kind": wanted.kind,
        "district": _asked(wanted.district),
        "state": wanted.state,
        "sort": wanted.sort if wanted.sort != SORTS[0] else "",
    }
    return {name: value for name, value in said.items() if value}


def _asked(district: str | None) -> str:
    return "" if district is None else district or names.NATIONAL
