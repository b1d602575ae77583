"""Where a conversation about one flow can stand, and every way on from there, found by going it.

Two states are one place where they stand at the same step and look the same to every guard that may still be asked. A flow
that is called is gone through by its shortest way back; what it offers besides is in its own walk-through.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.walkthrough.desk import NotPromised
from bot.walkthrough.goals import EDGE, Goal
from bot.walkthrough.moves import Move, Tests, moves
from bot.walkthrough.stage import Beginning, Says, Stage, Stranded, Taken
from flows import promises
from flows.graph import closure
from flows.nodes import KINDS
from flows.prompt import Choice, Prompt
from flows.shape import Flow, Node
from flows.state import Frame, State

_MOST_BEGINNINGS = 64
_MOST_ASIDE = 400  # places looked at for the way back from a called flow
_MOST_PLACES = 2_500  # of one flow that are looked at; ours have under 600
_MOST_SCRIPTS = 400  # of what the desk may answer on the way of one message
Place = int  # numbered as they are found
OVER: Place = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One message of hers, and what the desk answers meanwhile."""

    says: Says
    script: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """From one place to the next."""

    steps: tuple[Step, ...]
    to: Place
    meets: frozenset[Goal]
    begins: Beginning | None = None
    script: tuple[str, ...] = ()  # of the beginning


Led = tuple[tuple[Step, ...], Taken, frozenset[Goal]]  # the messages, where they led, what was met


class Ground:
    """Lazily: a place is looked at when somebody asks for its ways."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._numbered: dict[Hashable, Place] = {}
        self._standing: dict[Place, Taken] = {}
        self._ways: dict[Place, list[Way]] = {}
        self._tests: dict[str, Tests] = {}
        self._back: dict[Hashable, tuple[Step, ...]] = {}
        self.stranded: dict[str, str] = {}  # step → what happened to her there
        self.cut = False  # whether there was more than could be looked at
        self.begun = list(self._begun())

    # --- places ---------------------------------------------------------------------------------

    def standing(self, place: Place) -> Taken:
        """One who stands there."""
        return self._standing[place]

    def place_of(self, state: State) -> Place:
        """Where she stands, as far as it matters."""
        if not any(self._is_ours(frame) for frame in state.frames):
            return OVER
        frames = tuple(self._seen(frame, state) for frame in state.frames)
        return self._numbered.setdefault(
            (state.pending, bool(state.talk), state.language, frames), len(self._numbered) + 1
        )

    def _seen(self, frame: Frame, state: State) -> Hashable:
        flow = self.stage.library.machine(frame.flow, frame.edition).flow
        facts = _Facts(
            {**frame.slots, "preset": state.preset, "danger": state.danger}, self.stage.channel, state.language
        )
        looks = tuple(unit.holds(facts) for unit in self.tests(flow).ahead[frame.node])
        return (frame.edition, frame.node, frame.digression, frame.editing, looks)

    def tests(self, flow: Flow) -> Tests:
        """What decides in a flow."""
        if flow.hash not in self._tests:
            self._tests[flow.hash] = Tests(flow)
        return self._tests[flow.hash]

    def _is_ours(self, frame: Frame) -> bool:
        return frame.edition == self.stage.flow.hash

    # --- ways -----------------------------------------------------------------------------------

    def ways(self, place: Place) -> list[Way]:
        """Every way on; none where everything is over."""
        if place == OVER:
            return []
        if place not in self._ways:
            if len(self._ways) >= _MOST_PLACES:
                self.cut = True
                return []
            self._ways[place] = list(self._found(self._standing[place]))
        return self._ways[place]

    def trapped(self) -> dict[str, str]:
        """Every step from which there is no way on, or none to an end: what happens there."""
        onward: dict[Place, set[Place]] = {}
        waiting = [way.to for way in self.begun]
        while waiting:
            place = waiting.pop()
            if place not in onward:
                onward[place] = {way.to for way in self.ways(place)}
                waiting += onward[place]
        if self.cut:
            return self.stranded  # whether an end lies beyond is not known
        backward: dict[Place, set[Place]] = {}
        for place, following in onward.items():
            for target in following:
                backward.setdefault(target, set()).add(place)
        ending = closure({OVER}, backward)
        lost = {self._standing[place].state.top.node for place in onward if place not in ending}
        return dict.fromkeys(sorted(lost), "no answers lead to an end") | self.stranded

    def _found(self, taken: Taken) -> Iterator[Way]:
        seen: set[tuple[Place, frozenset[Goal]]] = set()
        for move in self.moves(taken):
            for steps, then, met in self._gone(taken, move):
                way = self._led(steps, then, met)
                if way is not None and (way.to, way.meets) not in seen:
                    seen.add((way.to, way.meets))
                    yield way

    def moves(self, taken: Taken) -> list[Move]:
        """What may be sent there."""
        frame = taken.state.top
        flow = self.stage.library.machine(frame.flow, frame.edition).flow
        node, tests = flow.nodes[frame.node], self.tests(flow)
        return list(moves(node, tests, offered(taken.prompts), self.stage.language, frame.slots.get(node.slot)))

    def _gone(self, taken: Taken, move: Move) -> Iterator[Led]:
        """Send the messages of a move, whatever the desk answers."""
        waiting: list[Led] = [((), taken, frozenset())]
        for says in move:
            following = []
            for steps, there, met in waiting:
                for then in self._answered(there, says):
                    following.append(((*steps, Step(says, then.given)), then, met | frozenset(then.passed)))
            waiting = following
        yield from waiting

    def _answered(self, taken: Taken, says: Says) -> Iterator[Taken]:
        scripts: list[tuple[str, ...]] = [()]
        for _ in range(_MOST_SCRIPTS):
            if not scripts:
                return
            script = scripts.pop()
            try:
                then = self.stage.take(taken.state, says, script)
            except Stranded as stranded:
                self._note(taken.state.top, str(stranded))
                scripts += _others(script, self.stage.desk.given, self.stage.desk.others)
                continue
            scripts += _others(script, then.given, then.others)
            yield then
        self.cut = self.cut or bool(scripts)

    def _note(self, frame: Frame, trouble: str) -> None:
        self.stranded.setdefault(frame.node if self._is_ours(frame) else self.stage.flow.begins, trouble)

    def _led(self, steps: tuple[Step, ...], then: Taken, met: frozenset[Goal]) -> Way | None:
        """Where that leads: on, over, or through a called flow and back."""
        place = self.place_of(then.state)
        if place != OVER and not self._is_ours(then.state.top):
            back = self.back(then)
            if back is None:
                return None
            steps, then, met = (*steps, *back[0]), back[1], met | back[2]
            place = self.place_of(then.state)
        self._standing.setdefault(place, then)
        return Way(steps, place, met)

    # --- through a called flow ------------------------------------------------------------------

    def back(self, taken: Taken) -> Led | None:
        """A short way through the flows that are called, until this one goes on; None where it never does."""
        ours = next(number for number, frame in enumerate(taken.state.frames) if self._is_ours(frame))
        caller = taken.state.frames[ours].node
        above = tuple(self._seen(frame, taken.state) for frame in taken.state.frames[ours + 1 :])
        known = self._back.get(above)
        found = self._again(taken, caller, known) if known is not None else None
        found = found or self._search_back(taken, caller)
        if found is None:
            if not self.cut:
                self.stranded.setdefault(caller, "the flow that it calls never ends")
        else:
            self._back[above] = found[0]
        return found

    def _again(self, taken: Taken, caller: str, steps: Sequence[Step]) -> Led | None:
        met: frozenset[Goal] = frozenset()
        for step in steps:
            try:
                taken = self.stage.take(taken.state, step.says, step.script)
            except (Stranded, NotPromised):
                return None
            met |= frozenset(taken.passed)
        return (tuple(steps), taken, met) if _came_back(caller, met) else None

    def _search_back(self, taken: Taken, caller: str) -> Led | None:
        """The step that is nearest to an end is tried first. Where none comes back, all may be over: a person talks with her."""
        count = itertools.count()
        waiting: list[tuple[int, int, Led]] = [(0, next(count), ((), taken, frozenset()))]
        seen: set[Place] = {self.place_of(taken.state)}
        over: Led | None = None
        while waiting:
            if len(seen) > _MOST_ASIDE:
                self.cut = True
                break
            _, _, (steps, there, met) = heapq.heappop(waiting)
            for move in self.moves(there):
                for more, then, now in self._gone(there, move):
                    led = ((*steps, *more), then, met | now)
                    if _came_back(caller, now):
                        return led
                    place = self.place_of(then.state)
                    if place == OVER:
                        over = over or led
                    elif place not in seen and not self._is_ours(then.state.top):
                        seen.add(place)
                        heapq.heappush(waiting, (self._far(then.state), next(count), led))
        return over

    def _far(self, state: State) -> int:
        """How many steps at least until the flows that are called are over."""
        above = itertools.takewhile(lambda frame: not self._is_ours(frame), reversed(state.frames))
        flows = ((self.stage.library.machine(frame.flow, frame.edition).flow, frame.node) for frame in above)
        return sum(self.tests(flow).to_end[node] for flow, node in flows)

    # --- beginnings -----------------------------------------------------------------------------

    def _begun(self) -> Iterator[Way]:
        for how in self._beginnings():
            scripts: list[tuple[str, ...]] = [()]
            for _ in range(_MOST_SCRIPTS):
                if not scripts:
                    break
                script = scripts.pop()
                try:
                    then = self.stage.begin(how, script)
                except Stranded as stranded:
                    self.stranded.setdefault(self.stage.flow.begins, str(stranded))
                    scripts += _others(script, self.stage.desk.given, self.stage.desk.others)
                    continue
                scripts += _others(script, then.given, then.others)
                led = self._led((), then, frozenset(then.passed))
                if led is not None:
                    yield Way(led.steps, led.to, led.meets, how, then.given)
            self.cut = self.cut or bool(scripts)

    def _beginnings(self) -> list[Beginning]:
        """Every way to come in that could make a difference, the plainest first."""
        flow = self.stage.flow
        tested = list(self.tests(flow).single())
        names = {test.name for test in tested}
        given = {**self._handed(names), **promises.BEGUN_WITH.get(flow.name, {})}
        presets = ("", _preset(self.stage)) if "preset" in names else ("",)
        dangers = dict.fromkeys(("none", *(test.value for test in tested if test.name == "danger")))
        below = (
            ("", self._another()) if any("resume" in node.names("choose") for node in flow.nodes.values()) else ("",)
        )
        mixed = itertools.product(*([(name, value) for value in values] for name, values in sorted(given.items())))
        found = [
            Beginning({name: value for name, value in slots if value is not None}, preset, danger, under)
            for slots in mixed
            for under in below
            for preset in presets
            for danger in dangers
        ]
        return sorted(found, key=lambda one: (len(one.slots), bool(one.preset), bool(one.below)))[:_MOST_BEGINNINGS]

    def _handed(self, names: set[str]) -> dict[str, Sequence[object]]:
        """What other flows hand over, and what came before anybody asked, where a guard looks at it."""
        flow = self.stage.flow
        calls = [
            node for one in self.stage.flows.values() for node in one.nodes.values() if node.text("flow") == flow.name
        ]
        handed = {name for node in calls for field in ("gives", "with") for name in _table(node, field)}
        handed |= {node.slot for node in flow.nodes.values() if node.kind == "offer" or node.keys.get("gathers")}
        return {name: (None, *self._samples(name)) for name in sorted(handed & names)}

    def _samples(self, name: str) -> list[object]:
        compared = [
            test.value
            for test in self.tests(self.stage.flow).single()
            if test.name == name and test.relation in ("=", "!=")
        ]
        return list(dict.fromkeys(compared)) or [self._sample(name)]

    def _sample(self, name: str) -> object:
        asked = next(
            (one for one in self.stage.flow.nodes.values() if one.slot == name and KINDS[one.kind].waits), None
        )
        if asked is not None and asked.kind in ("text", "offer"):
            return {"words": ["…"], "media": []}
        if asked is not None and asked.text("choose_from"):
            return next((one.id for one in self.stage.desk.choices(asked.text("choose_from"), {})), "yes")
        return next(iter(asked.names("choose")), "yes") if asked is not None else "yes"

    def _another(self) -> str:
        """A flow that she may have come from: one that begins with a question."""
        flows = sorted(self.stage.flows.items(), key=lambda one: one[0] != "report")
        begun = (name for name, flow in flows if name != self.stage.flow.name and _asks_first(flow))
        return next(begun, "")


@dataclass(frozen=True, slots=True)
class _Facts:
    slots: Mapping[str, object]
    channel: str
    language: str
    staffed: bool = True


def _asks_first(flow: Flow) -> bool:
    return KINDS[flow.nodes[flow.begins].kind].waits


def _came_back(caller: str, met: frozenset[Goal]) -> bool:
    return any(goal.what == EDGE and goal.node == caller for goal in met)


def offered(prompts: Sequence[Prompt]) -> tuple[Choice, ...]:
    """What the question that stands offers."""
    return next((prompt.choices for prompt in reversed(prompts) if prompt.choices), ())


def _others(script: tuple[str, ...], given: Sequence[str], others: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Each script that differs from this turn's for the first time after its own end."""
    return [(*given[:place], other) for place in range(len(script), len(given)) for other in others[place]]


def _table(node: Node, name: str) -> Mapping[str, object]:
    found = node.keys.get(name, {})
    return found if isinstance(found, Mapping) else {}


def _preset(stage: Stage) -> str:
    """The one whose poster she came from."""
    chosen = stage.desk.choices("institution_chosen", {})
    return chosen[0].id if chosen else "one"
