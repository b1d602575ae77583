"""A walk-through as plain values, to be kept with its edition as its test; and held against the edition again.

Kept are her answers, what the desk answered, and where each message came to rest: names of steps and keys of phrases, no
words, so that words may still change. On the way through a called flow only that it comes back is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.walkthrough.cover import Course
from bot.walkthrough.desk import NotPromised
from bot.walkthrough.ground import Ground, Step
from bot.walkthrough.stage import Beginning, Company, Rest, Says, Stage, Stranded, Taken, rest_of
from bot.walkthrough.whole import Walkthrough
from flows.shape import Flow
from flows.state import from_json, to_json

VERSION = 1
_ASIDE = Says("aside")  # through the flow that is called, whichever way it goes by then


class NotReadable(Exception):
    """It was kept by a version that writes it otherwise."""


def written(walk: Walkthrough) -> str:
    """The walk-through as canonical JSON."""
    values = {
        "v": VERSION,
        "channel": walk.channel,
        "language": walk.language,
        "courses": [_course(course, walk.flow.name) for course in walk.courses],
    }
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def replayed(kept: str, flow: Flow, company: Company) -> tuple[int, list[str]]:
    """How many conversations were held again, and in plain words what went otherwise. Raises NotReadable."""
    try:
        values = json.loads(kept)
        if values["v"] != VERSION:
            raise NotReadable
        courses = [_read(one) for one in values["courses"]]
        channel, language = str(values["channel"]), str(values["language"])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise NotReadable from error
    troubles = []
    for number, course in enumerate(courses, 1):
        stage = Stage(flow, company, course.channel or channel, course.language or language)
        troubles += [f"conversation {number}, {said}" for said in _Replay(stage, course).troubles()]
    return len(courses), troubles


class _Replay:
    """One conversation again; it ends at the first thing that goes otherwise."""

    def __init__(self, stage: Stage, course: Course) -> None:
        self._stage, self._course = stage, course

    def troubles(self) -> Iterator[str]:
        where = "at its beginning"
        try:
            taken = self._stage.begin(self._course.begins, self._course.script)
            trouble = self._differs(taken, self._course.first)
            for number, (step, rest) in enumerate(self._course.steps, 1):
                if trouble:
                    break
                where = f"message {number} ({taken.state.top.node if taken.state.frames else 'the end'})"
                taken = self._taken(_kept(taken), step)
                trouble = self._differs(taken, rest, aside=step.says == _ASIDE)
        except Stranded as stranded:
            trouble = str(stranded)
        except NotPromised as gone:
            trouble = f"the desk does not answer {str(gone)!r} any more"
        if trouble:
            yield f"{where}: {trouble}"

    def _taken(self, taken: Taken, step: Step) -> Taken:
        if not taken.state.frames and not taken.state.talk:
            raise Stranded("all is over already")
        if step.says != _ASIDE:
            return self._stage.take(taken.state, step.says, step.script)
        led = Ground(self._stage).back(taken)
        if led is None:
            raise Stranded("the flow that it calls never comes back")
        return led[1]

    def _differs(self, taken: Taken, rest: Rest, *, aside: bool = False) -> str:
        now = rest_of(taken)
        if rest.flow not in ("", self._stage.flow.name):  # within a called flow: which one is all that counts
            return "" if now.flow == rest.flow else f"she came to {now.flow or 'the end'}, not into {rest.flow}"
        if now.place != rest.place:
            return f"she came to {now.node or 'the end'}, not to {rest.node or 'the end'}"
        said, was = now.phrases, rest.phrases
        if aside:  # what the called flow says at its end is its own; the question that stands is not
            said, was = (said[-1:], was[-1:]) if rest.flow else ((), ())
        return "" if said == was else f"she is told {', '.join(said) or 'nothing'}, not {', '.join(was) or 'nothing'}"


def _kept(taken: Taken) -> Taken:
    """As a session would find her again: through JSON."""
    return replace(taken, state=from_json(json.loads(json.dumps(to_json(taken.state)))))


# --- as values ----------------------------------------------------------------------------------


def _course(course: Course, own: str) -> dict[str, Any]:
    how = course.begins
    return {
        "with": dict(how.slots),
        "preset": how.preset,
        "danger": how.danger,
        "below": how.below,
        "script": list(course.script),
        "first": _rest(course.first),
        "steps": [_step(step, rest) for step, rest in _without_asides(course, own)],
        "channel": course.channel,
        "language": course.language,
    }


def _without_asides(course: Course, own: str) -> Iterator[tuple[Step, Rest]]:
    """The messages sent to the flow itself; those sent to one that it calls as one."""
    before, aside = course.first, False
    for step, rest in course.steps:
        if before.flow in ("", own):
            yield step, rest
        else:
            aside = True
        if aside and rest.flow in ("", own):
            yield Step(_ASIDE), rest
            aside = False
        before = rest


def _step(step: Step, rest: Rest) -> list[Any]:
    return [step.says.what, step.says.choice, list(step.script), *_rest(rest)]


def _rest(rest: Rest) -> list[Any]:
    return [rest.flow, rest.node, rest.pending, list(rest.phrases)]


def _read(one: Mapping[str, Any]) -> Course:
    how = Beginning(one["with"], one["preset"], one["danger"], one["below"])
    steps = tuple(
        (Step(Says(what, choice), tuple(script)), _rest_of(rest)) for what, choice, script, *rest in one["steps"]
    )
    first = _rest_of(one["first"])
    nothing: frozenset[Any] = frozenset()
    return Course(how, tuple(one["script"]), first, steps, nothing, nothing, one["channel"], one["language"])


def _rest_of(values: Sequence[Any]) -> Rest:
    flow, node, pending, phrases = values
    return Rest(flow, node, pending, tuple(phrases))
