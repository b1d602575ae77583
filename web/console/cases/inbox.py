"""The inbox: codes, urgency, language, channel, how long somebody waits. Never a word of a case."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, g, request

from casework.casefile import asking
from casework.cases import board
from casework.cases.board import Wanted
from casework.cases.standings import Standing
from casework.shifts.keeping import PLANNERS
from casework.staff import sharing
from casework.triage import Level
from web.console.cases import moments
from web.console.cases.live import Stream
from web.console.pages import Console, page, person, to, whole


def inbox(console: Console) -> Response:
    """The list as she wants it."""
    wanted, position = _wanted(), console.live.position()
    shown = board.look(console.room, person().id, wanted)
    now = console.clock()
    return page(
        "cases/inbox",
        shown=shown,
        wanted=wanted,
        tabs=board.TABS,
        risks=list(Level),
        own_names=own_names(console),
        filtered=bool(wanted.risk or wanted.language or wanted.channel),
        waits=lambda one: moments.since(g.words, one.waits, now),
        state=lambda one: state_of(one, shown.names),
        link=lambda **more: _link(wanted, **more),
        stream=Stream(_link(wanted, page=wanted.page), position),
        owed=sharing.owed(console.office),
        asked=_asked(console),
        nobody=person().role in PLANNERS and is_nobody_on_call(console),
    )


def own_names(console: Console) -> dict[str, tuple[str, str]]:
    """What each language of reporters calls itself, and its direction."""
    return {one.code: (one.own_name, one.direction) for one in console.room.phrasebook.languages}


def state_of(one: Standing, names: Mapping[bytes, str]) -> str:
    """How a case stands, for whoever looks."""
    if one.status != "held":
        text: str = g.words(f"state.{one.status}")
        return text
    if one.holder == person().id:
        return str(g.words("state.held_mine"))
    name = names.get(one.holder or b"")
    if not name:
        return str(g.words("state.held_left"))
    return str(g.words("state.joined" if one.is_among(person().id) else "state.held_by", name=name))


def is_nobody_on_call(console: Console) -> bool:
    """Whether a red case would wake nobody now."""
    return not console.room.read(console.room.rota).on_call(console.clock())


def _asked(console: Console) -> int:
    """How often a colleague waits for her second yes."""
    reader = person().reader
    return 0 if reader is None else len(asking.waiting_for(console.room, reader, console.clock()))


def _wanted() -> Wanted:
    asked = request.args
    return Wanted(
        tab=asked.get("tab", "mine"),
        risk=asked.get("risk", ""),
        language=asked.get("of", ""),
        channel=asked.get("channel", ""),
        page=whole(asked.get("page", ""), digits=5, otherwise=1),
    )


def _link(wanted: Wanted, **more: object) -> str:
    values = {"tab": wanted.tab, "risk": wanted.risk, "of": wanted.language, "channel": wanted.channel} | more
    return to("/cases", **{name: str(value) for name, value in values.items() if value})
