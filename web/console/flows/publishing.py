"""What a draft changes, in words; everything wrong with it; and letting it hold."""

from __future__ import annotations

from flask import Response, request

from casework.staff.refusals import Refusal
from casework.studio import comparing, drafts, scheduling, shelf
from casework.studio import publishing as studio
from flows.editing.merging import differences
from flows.editing.values import of_flow
from flows.nodes.kind import OTHER_WORDING
from flows.published import FINISH, POLICIES
from web.console.flows.framing import asked, draft_of, shown, wrong_closely
from web.console.pages import Console, go, person, typed


def changes(console: Console, refusal: Refusal | None = None) -> Response:
    """What becomes of the flow."""
    draft = draft_of(console)
    present = shelf.everything(console.studio).get(draft.name)
    policy = request.args.get("policy", "") or typed("policy")
    policy = policy if policy in POLICIES else FINISH
    before = of_flow(present.flow) if present is not None else {"name": draft.name, "begins": "", "node": []}
    current = present is None or present.flow.hash == draft.over
    return shown(
        console,
        "publish",
        refusal,
        draft=draft,
        standing=present,
        current=current,
        differences=differences(before, draft.data, draft.steps.renamed() if current else {}),
        wrong=wrong_closely(console, draft.name, policy),
        ends=present is not None and comparing.goes_on(console.studio, present),
        begins=[node["name"] for node in draft.data["node"] if OTHER_WORDING in node],
        policy=policy,
        policies=POLICIES,
        two=studio.wants_two(console.studio),
        waits=studio.asked_of(console.studio, draft.name, console.clock()),
        me=person().id,
        due=(due := scheduling.planned(console.studio).get(draft.name)),
        fits=due is None or scheduling.fits(console.studio, due),
        zone=console.room.hours.zone,
        hour=typed("due"),
    )


def publish(console: Console) -> Response:
    """Let it hold, or ask."""
    seen = typed("seen") == "yes"
    try:
        done = studio.publish(console.studio, person().id, asked(), typed("at"), typed("policy"), seen, console.clock())
    except Refusal as refusal:
        return changes(console, refusal)
    return _settled(done)


def agree(console: Console) -> Response:
    """The second yes."""
    try:
        done = studio.agree(console.studio, person().id, asked(), typed("at"), console.clock())
    except Refusal as refusal:
        return changes(console, refusal)
    return _settled(done)


def refuse(console: Console) -> Response:
    """A no."""
    try:
        studio.refuse(console.studio, person().id, asked(), console.clock())
    except Refusal as refusal:
        return changes(console, refusal)
    return go("/flows/publish", flow=asked(), said="refused")


def discard(console: Console) -> Response:
    """Take the draft away."""
    try:
        drafts.discard(console.studio, person().id, asked(), typed("at"), console.clock())
    except Refusal as refusal:
        return changes(console, refusal)
    return go("/flows", said="discarded")


def carry(console: Console) -> Response:
    """Put it over what holds by now."""
    try:
        drafts.carry_over(console.studio, person().id, asked(), typed("at"), console.clock())
    except Refusal as refusal:
        return changes(console, refusal)
    return go("/flows/publish", flow=asked(), said="carried")


def _settled(done: studio.Outcome) -> Response:
    if done.what == "asked":
        return go("/flows/publish", flow=asked(), said="asked")
    if done.what == "planned":
        return go("/flows/publish", flow=asked(), said="planned")
    return go("/flows/editions", flow=asked(), said=done.what)
