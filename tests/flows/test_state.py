"""A state is a value: whatever moves her place leaves the rest as it was."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

from flows.state import Frame, State, Worded, from_json, to_json

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
FRAME = Frame("report", "e", "when")
FULL = State(
    "ur",
    (FRAME, FRAME),
    7,
    2,
    1,
    "red",
    NOON,
    NOON,
    "resume",
    "held",
    "inst027",
    "ab12",
    {"report": Worded("e", 3, True)},
    NOON,
)
MOVES = ("frames", "misreads", "page")


def test_every_field_of_the_example_is_another_than_by_itself() -> None:
    plain = State("en")

    assert [one.name for one in fields(State) if getattr(FULL, one.name) == getattr(plain, one.name)] == []


def test_moving_keeps_all_but_the_place() -> None:
    for moved in (FULL.push(FRAME), FULL.pop(), FULL.on_top(FRAME), FULL.settled(FRAME)):
        changed = {one.name for one in fields(State) if getattr(FULL, one.name) != getattr(moved, one.name)}
        assert changed <= set(MOVES)


def test_it_comes_back_from_the_sealed_session_as_it_was_and_one_of_before_too() -> None:
    assert from_json(to_json(FULL)) == FULL
    older = {name: value for name, value in to_json(FULL).items() if name not in ("preset", "talk", "worded")}
    assert (from_json(older).preset, from_json(older).worded) == ("", {})
