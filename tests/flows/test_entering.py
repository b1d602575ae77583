"""Calling a flow from anywhere: what is half written is never cut off."""

from __future__ import annotations

import pytest

from flows.library import Library, shipped_flows
from flows.state import Frame, State
from flows.walking import enter

LIBRARY = Library(shipped_flows())
STORY = {"story": {"text": "every morning at the gate", "media": []}}


def frame(flow: str, node: str = "", slots: dict[str, object] | None = None, *, digression: bool = False) -> Frame:
    found = LIBRARY.current(flow)
    return Frame(flow, found.hash, node or found.begins, slots or {}, digression=digression)


@pytest.mark.parametrize(
    ("below", "wanted"),
    [
        ([frame("menu", "human"), frame("human", "write")], "human"),
        ([frame("menu", "tips"), frame("tips", "tip"), frame("menu", "report", digression=True)], "tips"),
    ],
    ids=["a person", "tips"],
)
def test_a_report_half_written_above_the_same_flow_is_come_back_to(below: list[Frame], wanted: str) -> None:
    report = frame("report", "story", STORY)
    state = State("en", (*below, report, frame("menu", wanted, digression=True)))

    entered = enter(state, wanted, {}, LIBRARY)

    assert report in entered.frames
    assert entered.top.flow == wanted


def test_a_flow_that_is_under_way_is_gone_back_to_where_nothing_would_be_lost() -> None:
    state = State(
        "en", (frame("menu", "report"), frame("report", "story", STORY), frame("menu", "report", digression=True))
    )

    entered = enter(state, "report", {}, LIBRARY)

    assert entered.top == frame("report", "story", STORY)
    assert len(entered.frames) == 2
