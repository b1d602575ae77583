"""The fewest conversations that go every way of a flow, as a phone shows them: the draft's, or those of what holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask import Response, request

from bot.walkthrough.goals import KINDS_OF_GOALS, said
from bot.walkthrough.stage import Stranded
from bot.walkthrough.telling import Transcript
from bot.walkthrough.whole import Walkthrough
from casework.studio import shelf
from casework.studio.refusals import BadForm
from flows.editing.values import Data, as_flow
from flows.errors import BrokenFlow
from flows.findings import Finding
from flows.shape import Flow
from web.console.flows.framing import draft_of, shown, wrong_with
from web.console.flows.trying import CHANNELS
from web.console.pages import Console
from web.console.phrases.languages import asked as language_asked
from web.console.phrases.languages import html, spoken

_HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class Held:
    """One conversation; or why it could not be held."""

    number: int
    transcript: Transcript | None = field(repr=False)
    trouble: str = ""


def walk(console: Console) -> Response:
    """All of them, in one language on one channel."""
    draft, of = draft_of(console), language_asked(console)
    standing = shelf.everything(console.studio)
    channel = request.args.get("channel", "")
    channel = channel if channel in CHANNELS else next(iter(CHANNELS))
    holds = draft.name in standing and (not draft.id or request.args.get("which") == _HOLDS)
    flow, wrong = (standing[draft.name].flow, []) if holds else _drafted(console, draft.name, draft.data)
    flows = {name: one.flow for name, one in standing.items()}
    walked = None if flow is None else console.walks.of(flow, {**flows, flow.name: flow}, channel, of.code)
    return shown(
        console,
        "walk",
        draft=draft,
        flow=draft.name,
        steps=flow.nodes if flow is not None else (),
        others={name: one.nodes for name, one in flows.items()},
        wrong=wrong if walked is None else walked.findings(),
        walk=walked,
        goals=_goals(walked),
        beside=_beside(walked),
        held=[] if walked is None else list(_held(console, walked, flows, channel, of.code)),
        channels=CHANNELS,
        channel=channel,
        spoken=spoken(console).values(),
        of=of,
        html=html,
        holds=holds,
        both=bool(draft.id) and draft.name in standing,
    )


def _drafted(console: Console, name: str, data: Data) -> tuple[Flow | None, list[Finding]]:
    """The draft as a flow; None where something must be mended first, and what that is."""
    wrong = [one for one in wrong_with(console, name) if one.code.startswith("E")]
    try:
        return (None if wrong else as_flow(data)), wrong
    except BrokenFlow as broken:
        raise BadForm(broken) from None


def _held(
    console: Console, walked: Walkthrough, flows: Mapping[str, Flow], channel: str, language: str
) -> Iterator[Held]:
    everything = {**flows, walked.flow.name: walked.flow}
    for number in range(len(walked.courses)):
        try:
            yield Held(number + 1, console.walks.told(walked, number, everything, channel, language))
        except Stranded as stranded:
            yield Held(number + 1, None, str(stranded))


def _goals(walked: Walkthrough | None) -> list[tuple[str, int, int]]:
    """Each kind of thing to meet: how many are, and how many there are."""
    found = [] if walked is None else [(what, *walked.count(what)) for what in KINDS_OF_GOALS]
    return [(what, met, there) for what, met, there in found if there]


def _beside(walked: Walkthrough | None) -> list[str]:
    """What is unmet and no finding."""
    return (
        []
        if walked is None
        else [f"{goal.node}: {said(goal, walked.flow)}" for goal in walked.missing if goal.what not in ("node", "edge")]
    )
