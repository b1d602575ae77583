"""Letting a draft hold, and going back. Proved before, one of two clicks, on record; nothing of a published edition changes.

Where the team wants two, one asks and another admin says the second yes within a day. Going back to what held before is
one admin's: two have seen it already, and it may be urgent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from casework.staff.roles import Role
from casework.studio import drafts, dues, proving, shelf
from casework.studio.drafts import Draft
from casework.studio.dues import Due
from casework.studio.refusals import (
    AnotherMust,
    BadForm,
    FlowMeanwhile,
    NoDraft,
    NoSuchHour,
    NothingAsked,
    NothingDiffers,
    NotProved,
    TooFewAdmins,
    WantsYes,
)
from casework.studio.room import StudioRoom, Walk
from casework.studio.shelf import SHIPPED, Standing
from flows.editing.values import as_flow
from flows.errors import BrokenFlow
from flows.findings import Finding
from flows.published import FINISH, POLICIES
from flows.shape import Flow
from storage import papers, publications, walkthroughs
from storage.database import Unit
from storage.papers import Paper
from storage.publications import Publication
from storage.staff import people

ASKED, RULES = "flow asked", "flow rules"  # kinds of papers
LATEST = timedelta(days=366)  # nobody remembers what she planned for a later day
AGREED_WITHIN = timedelta(days=1)
ALONE = "alone"  # asked: that one admin be enough again


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for a second yes."""

    name: str  # of the flow; ALONE
    token: str  # which draft, at which version
    policy: str
    by: bytes = field(repr=False)
    at: int  # seconds since 1970
    due: int = 0  # when it is to hold, in the same way; 0: at once


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a click did."""

    what: str  # "published", "already", "asked", "planned"
    number: int = 0


def look(room: StudioRoom, name: str, policy: str, now: datetime) -> list[Finding]:
    """Everything that is wrong with a draft, and with letting it hold by this policy. Raises NoSuchFlow, BadForm."""
    return _looked(room, name, policy, now)[2]


def look_closely(room: StudioRoom, name: str, policy: str, now: datetime) -> tuple[list[Finding], Walk | None]:
    """The same, and what walking through it shows: only where nothing else is wrong with it. Raises NoSuchFlow, BadForm."""
    flow, flows, found = _looked(room, name, policy, now)
    if any(one.code.startswith("E") for one in found):
        return found, None
    walk = proving.walked(room, flow, flows)
    return [*found, *(walk.findings() if walk is not None else ())], walk


def _looked(
    room: StudioRoom, name: str, policy: str, now: datetime
) -> tuple[Flow, Mapping[str, Standing], list[Finding]]:
    def read(unit: Unit) -> tuple[Draft, dict[str, Standing]]:
        flows = shelf.standing(unit, room)
        return drafts.seen(unit, room, flows, name), flows

    draft, flows = room.read(read)
    flow = _flow(draft)
    found = proving.findings(room, flow, flows)
    if name not in flows:
        return flow, flows, found
    renamed = draft.steps.renamed() if draft.over == flows[name].flow.hash else {}
    stranded = room.read(lambda unit: proving.strands(unit, room, flows[name], flow, renamed, policy, now))
    return flow, flows, [*stranded, *found]


def publish(
    room: StudioRoom,
    by: bytes,
    name: str,
    token: str,
    policy: str,
    seen: bool,
    now: datetime,
    due: datetime | None = None,
) -> Outcome:
    """Let the draft hold from now on, or from a certain hour on; or ask for the second yes.

    seen  she says yes to what is worth a look
    Raises NotProved, WantsYes, FlowMeanwhile, NoDraft, NothingDiffers, NoSuchFlow, BadForm, NoSuchHour, NotHers.
    """
    if due is not None and not now < due <= now + LATEST:
        raise NoSuchHour
    policy = policy if policy in POLICIES else FINISH
    already = room.read(lambda unit: _published(unit, room, name, token))
    if already is not None:
        return already
    walk = prove(room, name, policy, seen, now)

    def work(unit: Unit) -> Outcome:
        again = _published(unit, room, name, token)
        if again is not None:
            return again
        draft = same(unit, room, name, token)
        if two(unit, room):
            when = 0 if due is None else int(due.timestamp())
            _ask(unit, room, Asked(name, token, policy, by, int(now.timestamp()), when), now)
            room.log(unit, "asked", name, by, now)
            return Outcome("asked")
        if due is not None:
            _plan(unit, room, Due(name, token, policy, seen, int(due.timestamp()), by), now)
            return Outcome("planned")
        return Outcome("published", let_hold(unit, room, draft, walk, policy, by, b"", now))

    return room.work(by, work)


def agree(room: StudioRoom, by: bytes, name: str, token: str, now: datetime) -> Outcome:
    """The second yes. Raises NothingAsked, AnotherMust, NotProved, FlowMeanwhile, NoDraft, NotHers."""
    asked = room.read(lambda unit: _asked(unit, room, name, now))
    if asked is None or asked.token != token:
        raise NothingAsked
    walk = prove(room, name, asked.policy, True, now) if name != ALONE else None

    def work(unit: Unit) -> Outcome:
        waits = _asked(unit, room, name, now)
        if waits is None or waits.token != token:
            raise NothingAsked
        if waits.by == by:
            raise AnotherMust
        _drop_asked(unit, room, name)
        if name == ALONE:
            _set_two(unit, room, False, now)
            room.log(unit, "one is enough", "", by, now)
            return Outcome("published")
        draft = same(unit, room, name, token)
        if waits.due > now.timestamp():
            _plan(unit, room, Due(name, token, waits.policy, True, waits.due, waits.by, by), now)
            return Outcome("planned")
        return Outcome("published", let_hold(unit, room, draft, walk, waits.policy, waits.by, by, now))

    return room.work(by, work)


def refuse(room: StudioRoom, by: bytes, name: str, now: datetime) -> None:
    """A no, or taken back; the draft stays. Raises NotHers."""

    def work(unit: Unit) -> None:
        if _drop_asked(unit, room, name):
            room.log(unit, "refused", name, by, now)

    room.work(by, work)


def go_back(room: StudioRoom, by: bytes, name: str, number: int, over: int, policy: str, now: datetime) -> Outcome:
    """Let an earlier edition hold again, or what comes with Hamraz (0).

    over  the number that held when the page was shown
    Raises NoSuchFlow, NoSuchEdition, FlowMeanwhile, NothingDiffers, NotProved, NotHers.
    """
    policy = policy if policy in POLICIES else FINISH

    def earlier(unit: Unit) -> Outcome | tuple[dict[str, Standing], Flow]:
        """Everything that holds, and what is to hold again; or that it does already."""
        flows = shelf.standing(unit, room)
        present = shelf.among(flows, name)
        flow = shelf.edition(unit, room, present.past, number, name)
        if present.number != over:
            if present.past and present.past[-1].back_to == number:
                return Outcome("already", present.number)
            raise FlowMeanwhile
        if present.readable and present.sound and present.flow.hash == flow.hash and number == over:
            raise NothingDiffers
        return flows, flow

    found = room.read(earlier)
    if isinstance(found, Outcome):
        return found
    _prove_back(room, *found, number, policy, now)

    def work(unit: Unit) -> Outcome:
        again = earlier(unit)
        if isinstance(again, Outcome):
            return again
        flows, flow = again
        line = _line(room, name, flow, by, b"", policy, _back(flows[name], number))
        back = replace(line, follows=number == SHIPPED, back_to=number)
        kept = publications.add(unit, room.keyring, back, flow.source, now)
        room.log(unit, "gone back", f"{name} {kept.number} to {number}", by, now)
        return Outcome("published", kept.number)

    return room.work(by, work)


def asked_of(room: StudioRoom, name: str, now: datetime) -> Asked | None:
    """What waits for a second yes; None where nothing does, or the draft went on since."""
    return room.read(lambda unit: _asked(unit, room, name, now))


def wants_two(room: StudioRoom) -> bool:
    """Whether two must agree."""
    return room.read(lambda unit: two(unit, room))


def want_two(room: StudioRoom, by: bytes, wanted: bool, now: datetime) -> Outcome:
    """Let two be needed, or ask that one be enough again: that, too, takes two. Raises TooFewAdmins, NotHers."""

    def work(unit: Unit) -> Outcome:
        if two(unit, room) == wanted:
            return Outcome("already")
        if wanted:
            everybody = people.everybody(unit, room.keyring)
            if sum(one.role == Role.ADMIN and one.status == people.ACTIVE for one in everybody) < 2:
                raise TooFewAdmins
            _set_two(unit, room, True, now)
            room.log(unit, "two must agree", "", by, now)
            return Outcome("published")
        _ask(unit, room, Asked(ALONE, ALONE, FINISH, by, int(now.timestamp())), now)
        room.log(unit, "asked", ALONE, by, now)
        return Outcome("asked")

    return room.work(by, work)


def two(unit: Unit, room: StudioRoom) -> bool:
    """The same within a unit of work."""
    return any(paper.body["two"] for paper in papers.every(unit, room.keyring, RULES))


def _plan(unit: Unit, room: StudioRoom, due: Due, now: datetime) -> None:
    dues.plan(unit, room, due, now)
    room.log(unit, "planned", due.name, due.second or due.by, now)


def prove(room: StudioRoom, name: str, policy: str, seen: bool, now: datetime) -> Walk | None:
    """Raises NotProved, WantsYes, NoSuchFlow, BadForm."""
    found, walk = look_closely(room, name, policy, now)
    if any(one.code.startswith("E") for one in found):
        raise NotProved(found)
    if found and not seen:
        raise WantsYes(found)
    return walk


def _prove_back(
    room: StudioRoom, flows: Mapping[str, Standing], flow: Flow, number: int, policy: str, now: datetime
) -> None:
    present = flows[flow.name]
    renamed = _back(present, number)
    stranded = room.read(lambda unit: proving.strands(unit, room, present, flow, renamed, policy, now))
    wrong = [*stranded, *(one for one in proving.findings(room, flow, flows) if one.code.startswith("E"))]
    if wrong:
        raise NotProved(wrong)


def same(unit: Unit, room: StudioRoom, name: str, token: str) -> Draft:
    """The draft, as it was seen, over what holds now. Raises NoDraft, FlowMeanwhile, NothingDiffers."""
    draft = drafts.held(unit, room, name)
    present = shelf.standing(unit, room).get(name)
    if draft.token != token or (present is not None and draft.over != present.flow.hash):
        raise FlowMeanwhile
    if present is not None and _flow(draft).hash == present.flow.hash:
        raise NothingDiffers
    return draft


def let_hold(
    unit: Unit, room: StudioRoom, draft: Draft, walk: Walk | None, policy: str, by: bytes, second: bytes, now: datetime
) -> int:
    """Let it hold from this unit of work on; the number of its publication."""
    flow = _flow(draft)
    line = _line(room, draft.name, flow, by, second, policy, draft.steps.renamed(), draft.token)
    kept = publications.add(unit, room.keyring, line, flow.source, now)
    if walk is not None:
        walkthroughs.keep(unit, flow.hash, walk.kept())
    drafts.remove(unit, draft)
    dues.drop(unit, room, draft.name)
    room.log(unit, "published", f"{draft.name} {kept.number}", second or by, now)
    return kept.number


def _line(
    room: StudioRoom,
    name: str,
    flow: Flow,
    by: bytes,
    second: bytes,
    policy: str,
    renamed: Mapping[str, str],
    token: str = "",
) -> Publication:
    shipped = room.shipped[name].hash if name in room.shipped else ""
    return Publication(name, 0, flow.hash, 0, by, second, policy, renamed, shipped, draft=token)


def _published(unit: Unit, room: StudioRoom, name: str, token: str) -> Outcome | None:
    """Whether this very draft is what holds: the second of two clicks."""
    present = shelf.standing(unit, room).get(name)
    if present is None or not present.past or present.past[-1].draft != token:
        return None
    return Outcome("already", present.number)


def _back(present: Standing, number: int) -> dict[str, str]:
    """New names since an earlier edition, taken back."""
    names = proving.composed([one.renamed for one in present.past if one.number > number])
    return {new: old for old, new in names.items()}


def _ask(unit: Unit, room: StudioRoom, asked: Asked, now: datetime) -> None:
    _drop_asked(unit, room, asked.name)
    body = {"flow": asked.name, "token": asked.token, "policy": asked.policy, "by": asked.by.hex(), "at": asked.at}
    body["due"] = asked.due
    papers.add(unit, room.keyring, ASKED, body, now)


def _asked(unit: Unit, room: StudioRoom, name: str, now: datetime) -> Asked | None:
    for paper in _waiting(unit, room, name):
        body = paper.body
        asked = Asked(
            body["flow"], body["token"], body["policy"], bytes.fromhex(body["by"]), body["at"], body.get("due", 0)
        )
        if now.timestamp() - asked.at > AGREED_WITHIN.total_seconds():
            return None
        if name == ALONE:
            return asked
        try:
            return asked if drafts.held(unit, room, name).token == asked.token else None
        except NoDraft:
            return None
    return None


def _drop_asked(unit: Unit, room: StudioRoom, name: str) -> bool:
    found = _waiting(unit, room, name)
    for paper in found:
        papers.remove(unit, paper.id)
    return bool(found)


def _waiting(unit: Unit, room: StudioRoom, name: str) -> list[Paper]:
    return [paper for paper in papers.every(unit, room.keyring, ASKED) if paper.body["flow"] == name]


def _set_two(unit: Unit, room: StudioRoom, wanted: bool, now: datetime) -> None:
    for paper in papers.every(unit, room.keyring, RULES):
        papers.remove(unit, paper.id)
    papers.add(unit, room.keyring, RULES, {"two": wanted}, now)


def _flow(draft: Draft) -> Flow:
    try:
        return as_flow(draft.data)
    except BrokenFlow as broken:  # kept by an earlier version that knew another form
        raise BadForm(broken) from None
