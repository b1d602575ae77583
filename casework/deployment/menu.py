"""The order of the main menu. It is an edition of its flow: published as the studio publishes, so that whoever is in the middle
of the menu ends it with the numbers she was shown, two must agree where the team wants two, and going back is a click.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.deployment.refusals import MenuElsewhere, MenuPlaces
from casework.studio import drafts, publishing, shelf
from casework.studio.publishing import Outcome
from casework.studio.refusals import FlowMeanwhile, NotProved
from casework.studio.room import StudioRoom
from casework.studio.shelf import Standing
from flows.editing import operations
from flows.published import FINISH
from flows.shape import Flow

FLOW, NODE = "menu", "choose"
FIRST = "resume"  # shown only to whoever came from somewhere, and then above all else
SAME = "same"


@dataclass(frozen=True, slots=True)
class Menu:
    """As reporters see it."""

    over: str  # hash of the edition
    ids: tuple[str, ...]  # without the way back, which stays first
    number: int  # of the publication; 0: what comes with Hamraz
    plain: bool  # it can be ordered here
    drafted: bool  # somebody is writing at it under Flows
    past: tuple[tuple[int, bytes, int], ...]  # each publication: number, by whom, when; the latest first


def look(room: StudioRoom) -> Menu:
    """The menu as it holds."""
    standing = shelf.one(room, FLOW)
    ids = _ids(standing.flow)
    begun = bool(drafts.of(room, FLOW).id)
    return Menu(
        standing.flow.hash,
        tuple(one for one in ids if one != FIRST),
        standing.number,
        len(ids) > 1 and standing.sound and standing.readable,
        begun,
        tuple((one.number, one.by, one.at) for one in reversed(standing.past)),
    )


def order(room: StudioRoom, by: bytes, ids: Sequence[str], over: str, now: datetime) -> Outcome:
    """Show it in this order from now on; or ask for the second yes, where two must agree.

    over  the edition that she saw
    Raises MenuPlaces, MenuElsewhere, FlowMeanwhile, NotProved, NotHers.
    """
    standing = shelf.one(room, FLOW)
    present = _ids(standing.flow)
    wanted = [FIRST, *ids] if FIRST in present else list(ids)
    if wanted == list(present):
        return Outcome(SAME, standing.number)
    draft = drafts.of(room, FLOW)
    if draft.id or not present:
        raise MenuElsewhere
    if standing.flow.hash != over:
        raise FlowMeanwhile
    if sorted(wanted) != sorted(present):
        raise MenuPlaces
    draft = drafts.take(room, by, FLOW, draft.token, operations.change(NODE, {"choose": wanted}), now)
    try:
        # Whatever is worth a look was so before: an order says nothing anew.
        return publishing.publish(room, by, FLOW, draft.token, FINISH, True, now)
    except NotProved:
        drafts.discard(room, by, FLOW, draft.token, now)
        raise


def undo(room: StudioRoom, by: bytes, number: int, now: datetime) -> Outcome:
    """Let what held before hold again.

    number  of the publication that she saw hold
    Raises FlowMeanwhile, NoSuchEdition, NothingDiffers, NotProved, NotHers.
    """
    return publishing.go_back(room, by, FLOW, _before(shelf.one(room, FLOW), number), number, FINISH, now)


def _before(standing: Standing, number: int) -> int:
    """What held before a publication: of one that went back, what that left."""
    return max((one.number for one in standing.past if one.number < number), default=shelf.SHIPPED)


def _ids(flow: Flow) -> tuple[str, ...]:
    node = flow.nodes.get(NODE)
    return node.names("choose") if node is not None and node.kind in ("find", "choice") else ()
