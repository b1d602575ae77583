"""From one edition into another, in the middle of a talk: who may, and where she stands then.

What was asked in the old edition is answered there: where the new one would read her answer otherwise, it is asked anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flows.errors import StaleEdition
from flows.library import Library
from flows.nodes import KINDS
from flows.published import FINISH, RESTART
from flows.shape import Flow, Node
from flows.state import Answered, Frame, State, Worded

_READ_BY = ("choose", "choose_from", "choose_if", "also", "hears", "of", "purpose")  # fields that read an answer


def moved(state: State, library: Library) -> tuple[State, bool]:
    """Where she stands now, and whether what she was asked must be asked anew.

    Raises StaleEdition where an edition was published that everybody begins anew in.
    """
    frames = tuple(_moved(frame, library) for frame in state.frames)
    if frames == state.frames:
        return state, False
    fresh = [one for one, was in zip(frames, state.frames, strict=True) if one.edition != was.edition]
    # She was asked before in other words, perhaps: of what is compared there now she gets the first, and is not counted.
    state = replace(state, worded={**state.worded, **{one.flow: Worded(one.edition, 0, False) for one in fresh}})
    anew = _reads_otherwise(state.top, frames[-1], library)
    if not anew:
        return replace(state, frames=frames), False
    return replace(state, frames=frames, page=0, held="", epoch=state.epoch + 1), True


def trouble(old: Flow, node: str, slots: Iterable[str], new: Flow, renamed: Mapping[str, str]) -> tuple[str, str]:
    """Why whoever stands here cannot go on in another edition: E401 or E402 and what it is about; "" and "" when she can."""
    before, after = old.nodes.get(node), new.nodes.get(renamed.get(node, node))
    if before is None:
        return "", ""  # an edition that is gone: she is told so anyway
    if after is None or not _alike(before, after):
        return "E401", node
    types_before, types_after = _types(old), _types(new)
    for slot in slots:
        if slot in types_before and slot in types_after and not types_before[slot] & types_after[slot]:
            return "E402", slot
    return "", ""


def _moved(frame: Frame, library: Library) -> Frame:
    way = library.since(frame.flow, frame.edition)
    last = max((place for place, one in enumerate(way) if one.policy != FINISH), default=-1)
    if last < 0:
        return frame
    way = way[: last + 1]
    if any(one.policy == RESTART for one in way):
        raise StaleEdition(frame.flow, frame.node)
    renamed = {name: name for name in (frame.node, *(line.node for line in frame.log))}
    for one in way:
        renamed = {old: one.renamed.get(new, new) for old, new in renamed.items()}
    old = library.machine(frame.flow, frame.edition).flow
    new = library.machine(frame.flow, way[-1].edition).flow
    if any(trouble(old, frame.node, frame.slots, new, renamed)):
        return frame  # nobody is stranded: she finishes where she is
    log = (Answered(renamed[line.node], line.outcome) for line in frame.log)
    return replace(
        frame,
        edition=new.hash,
        node=renamed[frame.node],
        log=tuple(line for line in log if line.node in new.nodes),
    )


def _alike(one: Node, other: Node) -> bool:
    kinds = KINDS[one.kind], KINDS[other.kind]
    return (
        kinds[0].waits == kinds[1].waits
        and kinds[0].slot_type == kinds[1].slot_type
        and (one.kind == "call") == (other.kind == "call")
        and (one.slot == other.slot or not kinds[0].slot_type)
    )


def _types(flow: Flow) -> dict[str, set[str]]:
    types: dict[str, set[str]] = {}
    for node in flow.nodes.values():
        if KINDS[node.kind].slot_type:
            types.setdefault(node.slot, set()).add(KINDS[node.kind].slot_type)
    return types


def _reads_otherwise(before: Frame, after: Frame, library: Library) -> bool:
    if before.edition == after.edition:
        return False
    old = library.machine(before.flow, before.edition).flow.nodes.get(before.node)
    new = library.machine(after.flow, after.edition).flow.nodes[after.node]
    if old is None or (old.kind, old.labels) != (new.kind, new.labels):
        return True
    return any(old.keys.get(key) != new.keys.get(key) for key in _READ_BY)
