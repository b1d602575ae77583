"""Everything that is wrong with a draft before anybody meets it: the checks of the command line, in their very words, and
what it would be for whoever is talking with us now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from casework.studio import shelf
from casework.studio.refusals import BadForm
from casework.studio.room import StudioRoom, Walk
from casework.studio.shelf import Standing
from flows.definition import from_source
from flows.editing.values import Data, as_flow
from flows.errors import BrokenFlow, FlowError
from flows.findings import Finding
from flows.moving import trouble
from flows.published import MIGRATE
from flows.shape import Flow
from storage import editions, sessions
from storage.database import Unit


def findings(room: StudioRoom, flow: Flow, flows: Mapping[str, Standing]) -> list[Finding]:
    """What `hamraz flows check` says of this flow among the others, and what it breaks in those that call it."""
    room.read(room.renew)
    everything = {name: one.flow for name, one in flows.items()} | {flow.name: flow}
    return sorted(room.prove([flow], everything), key=lambda one: (one.code[0] == "W", one.code, one.node))


def typed(room: StudioRoom, data: Data) -> list[Finding]:
    """The same of a flow as it is being typed. Raises BadForm."""
    try:
        flow = as_flow(data)
    except BrokenFlow as broken:
        raise BadForm(broken) from None
    return findings(room, flow, shelf.everything(room))


def walked(room: StudioRoom, flow: Flow, flows: Mapping[str, Standing]) -> Walk | None:
    """The conversations that go every way of a flow without errors. Takes a second for the largest."""
    if room.walk is None:
        return None
    return room.walk(flow, {name: one.flow for name, one in flows.items()} | {flow.name: flow})


def live(unit: Unit, room: StudioRoom, now: datetime) -> Counter[str]:
    """How many conversations stand in each edition, by its hash: one that is in two flows counts in both."""
    found: Counter[str] = Counter()
    for shown in sessions.standing(unit, room.keyring, now):
        found.update({place.edition for place in shown.places})
    return found


def conversations(room: StudioRoom, now: datetime) -> Counter[str]:
    """How many conversations stand in each flow, by its name."""

    def read(unit: Unit) -> Counter[str]:
        known: dict[str, Flow | None] = {}
        counted: Counter[str] = Counter()
        for edition, count in live(unit, room, now).items():
            flow = _edition(unit, known, edition)
            if flow is not None:
                counted[flow.name] += count
        return counted

    return room.read(read)


def strands(
    unit: Unit, room: StudioRoom, present: Standing, flow: Flow, renamed: Mapping[str, str], policy: str, now: datetime
) -> list[Finding]:
    """E401 and E402: whoever could not go on in a new edition at her next message; nobody where nobody is moved.

    renamed  nodes of the edition that holds now, by their new names
    """
    if policy != MIGRATE:
        return []
    known: dict[str, Flow | None] = {present.flow.hash: present.flow}
    counted: Counter[tuple[str, str]] = Counter()
    for shown in sessions.standing(unit, room.keyring, now):
        for place in shown.places:
            old = _edition(unit, known, place.edition)
            if old is not None and old.name == flow.name and old.hash != flow.hash:
                own = max((one.number for one in present.past if one.edition == place.edition), default=0)
                names = composed([*(one.renamed for one in present.past if one.number > own), renamed])
                if any(found := trouble(old, place.node, place.slots, flow, names)):
                    counted[found] += 1
    return list(_told(flow.name, counted))


def composed(steps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """New names, given one after the other: what each node is called in the end."""
    names: dict[str, str] = {}
    for step in steps:
        fresh = {old: new for old, new in step.items() if old not in names and old not in names.values()}
        names = {old: step.get(new, new) for old, new in names.items()} | fresh
    return {old: new for old, new in names.items() if old != new}


def _told(name: str, counted: Counter[tuple[str, str]]) -> Iterator[Finding]:
    for (code, about), count in sorted(counted.items()):
        people = f"{count} {'conversation' if count == 1 else 'conversations'}"
        if code == "E401":
            said = f"{people} would stand at {about!r}, which is no such node any more"
            yield Finding(code, name, about, said, "let them finish, or keep a node of its kind under this name")
        else:
            said = f"{people} answered {about!r} when it was of another kind"
            yield Finding(code, name, "", said, "let them finish, or give the new question a slot of its own")


def _edition(unit: Unit, known: dict[str, Flow | None], edition: str) -> Flow | None:
    if edition not in known:
        try:
            known[edition] = from_source(editions.fetch(unit, edition) or "")
        except FlowError:
            known[edition] = None
    return known[edition]
