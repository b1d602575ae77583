"""Where a reporter stands: a stack of frames, each one flow at one node with its slots.

A state is a value. It travels as JSON inside the sealed session and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class Answered:
    """One line of the answer log: which question was answered, and how it went on."""

    node: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Frame:
    """One flow under way."""

    flow: str
    edition: str  # hash of the flow this frame is pinned to
    node: str
    slots: Mapping[str, Any] = field(default_factory=dict, repr=False)
    log: tuple[Answered, ...] = ()
    digression: bool = False  # opened from elsewhere; ending it returns to the question below
    editing: bool = False  # an answer is being mended from the review

    def fill(self, slots: Mapping[str, Any]) -> Frame:
        return replace(self, slots={**self.slots, **slots}) if slots else self

    def empty(self, *names: str) -> Frame:
        kept = {name: value for name, value in self.slots.items() if name not in names}
        return self if len(kept) == len(self.slots) else replace(self, slots=kept)


@dataclass(frozen=True, slots=True)
class Worded:
    """Which wording of the question that a flow compares somebody has."""

    edition: str  # hash
    run: int  # the number of the publication in which she counts; 0: in none
    other: bool


@dataclass(frozen=True, slots=True)
class State:
    """One reporter's place in the talk."""

    language: str
    frames: tuple[Frame, ...] = ()
    epoch: int = 0  # counts questions; buttons of earlier ones are stale
    misreads: int = 0  # in a row, at this question
    page: int = 0  # of a long list of choices
    danger: str = "none"  # the highest level heard so far
    carded_at: datetime | None = None  # when the emergency card was last shown
    last_at: datetime | None = None
    pending: str = ""  # "", "resume" or "again": a question of the engine's own
    held: str = field(default="", repr=False)  # her words while we ask whether to go on
    preset: str = field(default="", repr=False)  # the institution whose poster she came from
    talk: str = field(default="", repr=False)  # the case in which a person talks with her: id, hexadecimal
    worded: Mapping[str, Worded] = field(default_factory=dict, repr=False)  # by flow
    first_asked: datetime | None = (
        None  # when the compared question on top was asked; None once she did else than answer
    )

    @property
    def top(self) -> Frame:
        return self.frames[-1]

    def on_top(self, frame: Frame) -> State:
        """The same state with its top frame replaced."""
        return self._with((*self.frames[:-1], frame), self.misreads, self.page)

    def settled(self, frame: Frame) -> State:
        """The same with its top frame replaced by one that is understood: nothing misread, at the first page."""
        return self._with((*self.frames[:-1], frame), 0, 0)

    def push(self, frame: Frame) -> State:
        return self._with((*self.frames, frame), 0, 0)

    def pop(self) -> State:
        return self._with(self.frames[:-1], 0, 0)

    def _with(self, frames: tuple[Frame, ...], misreads: int, page: int) -> State:
        # By name: `dataclasses.replace` takes five times as long, and every message does this several times.
        return State(
            language=self.language,
            frames=frames,
            epoch=self.epoch,
            misreads=misreads,
            page=page,
            danger=self.danger,
            carded_at=self.carded_at,
            last_at=self.last_at,
            pending=self.pending,
            held=self.held,
            preset=self.preset,
            talk=self.talk,
            worded=self.worded,
            first_asked=self.first_asked,
        )


def to_json(state: State) -> dict[str, Any]:
    """The state as plain JSON values."""
    return {
        "v": VERSION,
        "language": state.language,
        "epoch": state.epoch,
        "misreads": state.misreads,
        "page": state.page,
        "danger": state.danger,
        "carded_at": _stamp(state.carded_at),
        "last_at": _stamp(state.last_at),
        "pending": state.pending,
        "held": state.held,
        "preset": state.preset,
        "talk": state.talk,
        "worded": {flow: [one.edition, one.run, one.other] for flow, one in state.worded.items()},
        "first_asked": _stamp(state.first_asked),
        "frames": [
            {
                "flow": frame.flow,
                "edition": frame.edition,
                "node": frame.node,
                "slots": dict(frame.slots),
                "log": [[line.node, line.outcome] for line in frame.log],
                "digression": frame.digression,
                "editing": frame.editing,
            }
            for frame in state.frames
        ],
    }


def from_json(data: Mapping[str, Any]) -> State:
    """The state again. Raises KeyError or TypeError when it is not one of ours."""
    return State(
        language=data["language"],
        epoch=data["epoch"],
        misreads=data["misreads"],
        page=data["page"],
        danger=data["danger"],
        carded_at=_time(data["carded_at"]),
        last_at=_time(data["last_at"]),
        pending=data["pending"],
        held=data["held"],
        preset=data.get("preset", ""),  # a state of before knows none
        talk=data.get("talk", ""),  # a state of before knows none
        worded={flow: Worded(*one) for flow, one in data.get("worded", {}).items()},  # nor these
        first_asked=_time(data.get("first_asked")),
        frames=tuple(
            Frame(
                flow=frame["flow"],
                edition=frame["edition"],
                node=frame["node"],
                slots=frame["slots"],
                log=tuple(Answered(node, outcome) for node, outcome in frame["log"]),
                digression=frame["digression"],
                editing=frame["editing"],
            )
            for frame in data["frames"]
        ),
    )


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _time(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None
