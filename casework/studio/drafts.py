"""What is being written: one draft a flow, saved with every step, whoever takes it.

A form says which draft and which version of it she saw ("at"). Where a colleague went on meanwhile, her step is put on
top if they touched different nodes; if not, nothing is overwritten and she is shown what differs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from casework.studio import dues, shelf
from casework.studio.refusals import BadForm, CannotEdit, FlowMeanwhile, NoDraft, NoSuchFlow
from casework.studio.room import StudioRoom
from casework.studio.shelf import Standing
from flows.definition import NAME
from flows.editing.merging import EditedMeanwhile, differences, merged, taken_over
from flows.editing.operations import Step, whole
from flows.editing.steps import Steps, from_values
from flows.editing.values import Data, EditRefused, of_flow
from flows.errors import BrokenFlow
from storage import papers
from storage.database import Unit
from storage.papers import Paper

PAPER = "flow draft"


@dataclass(frozen=True, slots=True)
class Draft:
    """One draft; also what there is to edit before anybody has begun one."""

    name: str
    id: str  # "" while nothing was changed
    over: str  # hash of the edition that it began from
    steps: Steps = field(repr=False)
    by: bytes = field(default=b"", repr=False)  # who changed it last
    at: int = 0  # seconds since 1970

    @property
    def data(self) -> Data:
        return self.steps.now

    @property
    def token(self) -> str:
        """What a form says it saw."""
        return f"{self.id or self.over[:32]}.{self.steps.version}"


def of(room: StudioRoom, name: str) -> Draft:
    """The draft of a flow; where there is none, one that nobody has begun. Raises NoSuchFlow."""
    return room.read(lambda unit: seen(unit, room, shelf.standing(unit, room), name))


def every(room: StudioRoom) -> dict[str, Draft]:
    """The drafts that were begun, by flow."""
    return {draft.name: draft for draft in room.read(lambda unit: begun(unit, room))}


def begun(unit: Unit, room: StudioRoom) -> list[Draft]:
    """The same within a unit of work."""
    return [_draft(paper) for paper in papers.every(unit, room.keyring, PAPER)]


def take(room: StudioRoom, by: bytes, name: str, token: str, step: Step, now: datetime) -> Draft:
    """Take a step, and keep it. Raises NoSuchFlow, FlowMeanwhile, CannotEdit, BadForm, NotHers."""

    def work(unit: Unit) -> Draft:
        draft = seen(unit, room, shelf.standing(unit, room), name)
        steps = _taken(draft, token, step)
        return keep(unit, room, Draft(name, draft.id, draft.over, steps, by, int(now.timestamp())), now)

    return room.work(by, work)


def tried(draft: Draft, token: str, step: Step) -> Data:
    """What a step would make of it. Keeps nothing. Raises FlowMeanwhile, CannotEdit, BadForm."""
    return _taken(draft, token, step).now


def saw(draft: Draft, token: str) -> Data | None:
    """What a form that brings this token was filled in over; None where that is not known any more."""
    return draft.steps.at(_version(draft, token))


def begin(room: StudioRoom, by: bytes, name: str, number: int, now: datetime) -> Draft:
    """Write on from an earlier edition, or from what came with Hamraz. Raises NoSuchFlow, NoSuchEdition, FlowMeanwhile, NotHers.

    A draft that is there stays: it is discarded first.
    """

    def work(unit: Unit) -> Draft:
        flows = shelf.standing(unit, room)
        present = shelf.among(flows, name)
        if _paper(unit, room, name) is not None:
            raise FlowMeanwhile
        start = of_flow(shelf.edition(unit, room, present.past, number, name))
        return keep(unit, room, Draft(name, "", present.flow.hash, Steps(start), by, int(now.timestamp())), now)

    return room.work(by, work)


def create(room: StudioRoom, by: bytes, name: str, now: datetime) -> Draft:
    """A new flow, which nobody meets before it is published and another leads to it. Raises CannotEdit, NotHers."""

    def work(unit: Unit) -> Draft:
        if not NAME.fullmatch(name):
            raise CannotEdit(EditRefused("bad_node_name", node=name))
        if name in shelf.standing(unit, room) or _paper(unit, room, name) is not None:
            raise CannotEdit(EditRefused("name_is_there", node=name))
        start = {"name": name, "begins": "done", "node": [{"name": "done", "kind": "end"}]}
        return keep(unit, room, Draft(name, "", "", Steps(start), by, int(now.timestamp())), now)

    return room.work(by, work)


def carry_over(room: StudioRoom, by: bytes, name: str, token: str, now: datetime) -> Draft:
    """Put what was written on top of what holds now, where that became another edition meanwhile. Both keep what they did;
    where both changed one node, the draft's counts, and the page of what changes shows it.

    Raises NoDraft, NoSuchFlow, FlowMeanwhile, BadForm, NotHers.
    """

    def work(unit: Unit) -> Draft:
        draft, present = held(unit, room, name), shelf.among(shelf.standing(unit, room), name)
        if draft.token != token:
            raise FlowMeanwhile
        base, theirs = draft.steps.start, of_flow(present.flow)
        try:
            steps = Steps(theirs).take(whole(merged(base, draft.data, theirs)))
        except BrokenFlow as broken:
            raise BadForm(broken) from None
        moved = replace(draft, over=present.flow.hash, steps=replace(steps, first=draft.steps.version))
        return keep(unit, room, replace(moved, by=by, at=int(now.timestamp())), now)

    return room.work(by, work)


def discard(room: StudioRoom, by: bytes, name: str, token: str, now: datetime) -> bool:
    """Take the draft away; whether there was one. Raises FlowMeanwhile when somebody went on with it, NotHers."""

    def work(unit: Unit) -> bool:
        paper = _paper(unit, room, name)
        if paper is None:
            return False
        if _draft(paper).token != token:
            raise FlowMeanwhile
        papers.remove(unit, paper.id)
        dues.drop(unit, room, name)
        room.log(unit, "draft discarded", name, by, now)
        return True

    return room.work(by, work)


def held(unit: Unit, room: StudioRoom, name: str) -> Draft:
    """The draft as it is in this unit of work. Raises NoDraft."""
    paper = _paper(unit, room, name)
    if paper is None:
        raise NoDraft
    return _draft(paper)


def remove(unit: Unit, draft: Draft) -> None:
    """It was published."""
    papers.remove(unit, bytes.fromhex(draft.id))


def seen(unit: Unit, room: StudioRoom, flows: dict[str, Standing], name: str) -> Draft:
    """Raises NoSuchFlow."""
    paper = _paper(unit, room, name)
    if paper is not None:
        return _draft(paper)
    if name not in flows:
        raise NoSuchFlow
    flow = flows[name].flow
    return Draft(name, "", flow.hash, Steps(of_flow(flow)))


def keep(unit: Unit, room: StudioRoom, draft: Draft, now: datetime) -> Draft:
    """Keep it as it is now."""
    body: dict[str, Any] = {
        "flow": draft.name,
        "over": draft.over,
        "by": draft.by.hex(),
        "at": draft.at,
        "steps": draft.steps.as_values(),
    }
    if not draft.id:
        return _draft(papers.add(unit, room.keyring, PAPER, body, now))
    paper = _paper(unit, room, draft.name)
    if paper is None or paper.id.hex() != draft.id:
        raise FlowMeanwhile
    paper.body = body
    papers.save(unit, room.keyring, paper)
    return _draft(paper)


def _taken(draft: Draft, token: str, step: Step) -> Steps:
    version = _version(draft, token)
    try:
        return taken_over(draft.steps, step, version)
    except EditedMeanwhile as refused:
        before = draft.steps.at(version)
        differing = differences(before, draft.data) if before is not None else []
        raise FlowMeanwhile([one for one in differing if one.node in refused.nodes]) from None
    except EditRefused as refused:
        raise CannotEdit(refused) from None
    except BrokenFlow as broken:
        raise BadForm(broken) from None


def _version(draft: Draft, token: str) -> int:
    """The version that she saw; one that never was where she saw another draft."""
    begun, _, version = token.partition(".")
    known = begun == draft.id or (begun == draft.over[:32] and version == "0" and bool(begun))
    return int(version) if known and version.isascii() and version.isdigit() and len(version) < 10 else -1


def _paper(unit: Unit, room: StudioRoom, name: str) -> Paper | None:
    found = papers.every(unit, room.keyring, PAPER)
    return next((paper for paper in found if paper.body["flow"] == name), None)


def _draft(paper: Paper) -> Draft:
    body = paper.body
    steps = from_values(body["steps"])
    return Draft(body["flow"], paper.id.hex(), body["over"], steps, bytes.fromhex(body["by"]), body["at"])
