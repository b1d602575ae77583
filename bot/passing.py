"""Passing: what one turn did at the questions of a flow, as counts that say nothing of anybody.

A process counts in memory and keeps the counts now and then; one that is killed loses what it had not kept.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from bot.turn import Turn
from flows.state import Frame, State, Worded
from storage.passages import (
    ANSWERED,
    LEFT,
    MISREAD,
    REACHED,
    SKIPPED,
    TOOK,
    TOOK_LONGER,
    Passage,
    of_wording,
    to,
    week_of,
)
from storage.sessions import Place, Shown

Edition = tuple[int, str]  # a week, and an edition by its hash
AT_FIRST = timedelta(days=1)  # an answer to a compared question that comes later is none at the first go


def passed(before: State | None, turn: Turn, channel: str, now: datetime) -> Iterator[tuple[str, Passage]]:
    """Each edition and what to count there. before: where she stood when she wrote; None for a stranger."""
    here = before.top if before is not None and before.frames else None
    then = turn.state.top if turn.state is not None and turn.state.frames else None
    spoke = before.language if before is not None else ""

    def at(frame: Frame, language: str, what: str) -> tuple[str, Passage]:
        return frame.edition, Passage(frame.node, channel, language, what)

    if here is not None and before is not None:
        if turn.answered:
            yield at(here, spoke, SKIPPED if turn.answered == "skip" else ANSWERED)
            yield at(here, spoke, _took(before, now))
        elif turn.forgotten:
            yield at(here, spoke, LEFT)
        elif turn.misread == (here.flow, here.node):
            yield at(here, spoke, MISREAD)
    if then is not None and turn.state is not None and (turn.answered or here is None or not _same(here, then)):
        yield at(then, turn.state.language, REACHED)
    for edition, node, target in turn.ways:
        yield edition, Passage(node, channel, turn.state.language if turn.state is not None else spoke, to(target))


def compared(before: State | None, turn: Turn, channel: str, now: datetime) -> Iterator[tuple[Edition, Passage]]:
    """What to count where two wordings are compared: whom one was asked, once a talk, and whether she answered it at once.

    Both in the week in which she was asked, so that a week is settled a day after its end.
    """

    def at(frame: Frame, language: str, held: Worded, what: str, when: datetime) -> tuple[Edition, Passage]:
        counted = of_wording(what, held.run, other=held.other)
        return (week_of(when), held.edition), Passage(frame.node, channel, language, counted)

    if before is not None and before.frames and before.first_asked is not None:
        held = before.worded.get(before.top.flow)
        understood = turn.answered not in ("", "skip") and now - before.first_asked <= AT_FIRST
        if held is not None and held.run and understood:
            yield at(before.top, before.language, held, ANSWERED, before.first_asked)
    state = turn.state
    if state is not None and state.frames and state.first_asked is not None:
        held = state.worded.get(state.top.flow)
        if held is not None and held.run and (before is None or before.worded.get(state.top.flow) != held):
            yield at(state.top, state.language, held, REACHED, state.first_asked)


def shown(state: State, channel: str) -> Shown:
    """What a session shows of where she stands: for these counts, and for whoever publishes meanwhile."""
    if not state.frames:
        return Shown()
    places = [Place(one.edition, one.node, tuple(sorted(one.slots))) for one in state.frames]
    return Shown(*places[-1], tuple(places[:-1]), channel, state.language)


class Tally:
    """What this process has counted and not kept yet. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[Edition, Counter[Passage]] = {}

    def count(self, before: State | None, turn: Turn, channel: str, now: datetime) -> None:
        """One turn that was kept."""
        week = week_of(now)
        found = [((week, edition), passage) for edition, passage in passed(before, turn, channel, now)]
        found += compared(before, turn, channel, now)
        with self._lock:
            for edition, passage in found:
                self._counted.setdefault(edition, Counter())[passage] += 1

    def take(self) -> Mapping[Edition, Counter[Passage]]:
        """All of it; it is the caller's from now on."""
        with self._lock:
            taken, self._counted = self._counted, {}
        return taken

    def give_back(self, taken: Mapping[Edition, Counter[Passage]]) -> None:
        """What could not be kept."""
        with self._lock:
            for edition, counted in taken.items():
                self._counted.setdefault(edition, Counter()).update(counted)


def _took(before: State, now: datetime) -> str:
    seconds = (now - before.last_at).total_seconds() if before.last_at is not None else float("inf")
    return next((name for most, name in TOOK.items() if seconds <= most), TOOK_LONGER)


def _same(one: Frame, other: Frame) -> bool:
    return (one.edition, one.node) == (other.edition, other.node)
