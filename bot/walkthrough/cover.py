"""Few conversations over all of a flow.

Each goes to the nearest thing that no other has met, and on from there, and ends only where nothing new can be reached any
more; then those whose every find another has made as well are taken out. Deterministic. Beside the answers it sends at each
question, once, what is not understood, goes back and answers again, comes back after an hour, and mends from the review.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bot.walkthrough.desk import NotPromised
from bot.walkthrough.goals import BACK, MEND, MISREAD, PAUSE, Goal, can_be_misread
from bot.walkthrough.ground import OVER, Ground, Place, Step, Way
from bot.walkthrough.stage import Beginning, Rest, Says, Stranded, Taken, filled, rest_of
from flows import walking

_UNCLEAR, _BACK, _LATER, _GO_ON = Says("unclear"), Says("back"), Says("later"), Says("choice", "continue")
_OPENING: Place = -1
Finder = Callable[[Ground, set[Goal]], "list[Way] | None"]


@dataclass(frozen=True, slots=True)
class Course:
    """One conversation: how it begins, what she sends, where each message comes to rest, and what all that meets."""

    begins: Beginning
    script: tuple[str, ...]  # of the beginning
    first: Rest
    steps: tuple[tuple[Step, Rest], ...]
    meets: frozenset[Goal]
    tried: frozenset[Goal]  # detours, whether they led back or not
    channel: str = ""  # the only one where it can be held; "" for any that is asked for
    language: str = ""


def courses(ground: Ground, wanted: Iterable[Goal]) -> list[Course]:
    """Conversations that meet as much of what is wanted as can be met, then the detours on their way."""
    goals = frozenset(wanted)
    most_at_once = partial(_most_at_once, onward=_onward(ground))
    covers = (_cover(ground, goals, (_nearest_first,)), _cover(ground, goals, (most_at_once, _nearest_first)))
    detours = _Detours(ground)
    return [detours.walked(path) for path in min(covers, key=len)]


def _cover(ground: Ground, wanted: frozenset[Goal], finders: Sequence[Finder]) -> list[list[Way]]:
    left = set(wanted)
    found: list[list[Way]] = []
    for finder in finders:
        while (path := finder(ground, left)) is not None:
            for way in path:
                left -= way.meets
            found.append(path)
    return _needed(found, wanted)


def _most_at_once(ground: Ground, left: set[Goal], onward: Sequence[tuple[Place, list[Way]]]) -> list[Way] | None:
    """The conversation that meets most in one go, where none goes in a circle; None where it meets nothing new."""
    best: dict[Place, tuple[int, Way | None]] = {OVER: (0, None)}
    for place, ways in onward:
        led = [(best[way.to][0] + len(way.meets & left), -number) for number, way in enumerate(ways) if way.to in best]
        if led:
            worth, number = max(led)
            best[place] = worth, ways[-number]
    if best.get(_OPENING, (0, None))[0] == 0:
        return None
    path: list[Way] = []
    taken = best[_OPENING][1]
    while taken is not None:
        path.append(taken)
        taken = best[taken.to][1]
    return path


def _onward(ground: Ground) -> list[tuple[Place, list[Way]]]:
    """Places, each after all that it leads to, with its ways but those that close a circle."""
    order: list[tuple[Place, list[Way]]] = []
    done: dict[Place, bool] = {OVER: True, _OPENING: False}
    stack: list[tuple[Place, Iterator[Way], list[Way]]] = [(_OPENING, iter(ground.begun), [])]
    while stack:
        place, ways, onward = stack[-1]
        way = next(ways, None)
        if way is None:
            done[place] = True
            order.append((place, onward))
            stack.pop()
        elif way.to not in done:
            done[way.to] = False
            onward.append(way)
            stack.append((way.to, iter(ground.ways(way.to)), []))
        elif done[way.to]:
            onward.append(way)
    return order


def _ways(ground: Ground, place: Place) -> list[Way]:
    return ground.begun if place == _OPENING else ground.ways(place)


def _nearest_first(ground: Ground, left: set[Goal]) -> list[Way] | None:
    """One conversation that meets something new, from its beginning to an end; None where there is none."""
    still = set(left)
    path: list[Way] = []
    place: Place = _OPENING
    while place != OVER:
        on = _nearest(ground, place, still, ending=False) or _nearest(ground, place, still, ending=True)
        if on is None:
            break
        for way in on:
            still -= way.meets
        path += on
        place = path[-1].to
    if not path:
        return None
    return path if place == OVER else path + (_to_an_end(ground, place) or [])


def _nearest(ground: Ground, place: Place, left: set[Goal], *, ending: bool) -> list[Way] | None:
    """The fewest answers to something new; of as many the one that meets most. `ending`: though all is over there."""
    return _search(ground, place, lambda way: len(way.meets & left) if ending or way.to != OVER else 0)


def _to_an_end(ground: Ground, place: Place) -> list[Way] | None:
    return _search(ground, place, lambda way: int(way.to == OVER))


def _search(ground: Ground, place: Place, worth: Callable[[Way], int]) -> list[Way] | None:
    came: dict[Place, tuple[Place, Way] | None] = {place: None}
    level = [place]
    while level:
        best: tuple[int, Place, Way] | None = None
        following: list[Place] = []
        for here in level:
            for way in _ways(ground, here):
                value = worth(way)
                if value and (best is None or value > best[0]):
                    best = (value, here, way)
                if way.to not in came and way.to != OVER:
                    came[way.to] = (here, way)
                    following.append(way.to)
        if best is not None:
            return [*_led(came, best[1]), best[2]]
        level = following
    return None


def _led(came: dict[Place, tuple[Place, Way] | None], place: Place) -> list[Way]:
    path: deque[Way] = deque()
    while (before := came[place]) is not None:
        place, way = before
        path.appendleft(way)
    return list(path)


def _needed(paths: Sequence[list[Way]], wanted: frozenset[Goal]) -> list[list[Way]]:
    """Without those that meet nothing that the others do not meet."""
    kept = list(paths)
    for path in sorted(paths, key=lambda one: sum(len(way.meets & wanted) for way in one)):
        others = {goal for other in kept if other is not path for way in other for goal in way.meets}
        if all(way.meets & wanted <= others for way in path):
            kept.remove(path)
    return kept


class _Detours:
    """What is sent beside the answers: each once a question, at the first conversation that comes by."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._met: set[Goal] = set()

    def walked(self, path: Sequence[Way]) -> Course:
        """The conversation with its detours."""
        first = path[0]
        assert first.begins is not None
        self._taken = self._ground.stage.begin(first.begins, first.script)
        opening = rest_of(self._taken)
        self._steps: list[tuple[Step, Rest]] = []
        self._tried: set[Goal] = set()
        self._answers: dict[str, tuple[Step, ...]] = {}  # by question, as it was answered last
        self._last: tuple[Step, ...] = ()
        fresh: set[Goal] = set()
        for step in first.steps:
            self._take(step)
        done = [first]
        for way in path[1:]:
            fresh |= self._around(way)
            self._answers[self._taken.state.top.node] = self._last = way.steps
            for step in way.steps:
                self._take(step)
            if self._ground.place_of(self._taken.state) != way.to:
                break  # she has brought along what makes it another place: what lies beyond is not met by this
            done.append(way)
        self._met |= fresh
        meets = frozenset(goal for way in done for goal in way.meets) | fresh
        return Course(first.begins, first.script, opening, tuple(self._steps), meets, frozenset(self._tried))

    def _take(self, step: Step) -> None:
        self._taken = self._ground.stage.take(self._taken.state, step.says, step.script)
        self._steps.append((step, rest_of(self._taken)))

    def _around(self, way: Way) -> set[Goal]:
        """Every detour that is due where she stands, on the way that she goes then."""
        met = set()
        for goal, steps in self._due():
            if goal in self._met or goal in self._tried:
                continue
            self._tried.add(goal)
            there, begun = self._taken, len(self._steps)
            try:
                for step in steps():
                    self._take(step)
                led_back = self._is_back(there, way)
            except (Stranded, NotPromised):
                led_back = False
            if led_back:
                met.add(goal)
            else:
                self._taken = there
                del self._steps[begun:]
        return met

    def _is_back(self, there: Taken, way: Way) -> bool:
        """Whether she stands where she stood, and goes on from there as she would have."""
        now = self._taken.state
        if (now.pending, bool(now.frames)) != (there.state.pending, bool(there.state.frames)):
            return False
        if not now.frames or now.top.node != there.state.top.node:
            return False
        if self._ground.place_of(now) == self._ground.place_of(there.state):
            return True
        then = self._taken
        for step in way.steps:
            then = self._ground.stage.take(then.state, step.says, step.script)
        return self._ground.place_of(then.state) == way.to

    def _due(self) -> Iterator[tuple[Goal, Callable[[], Iterator[Step]]]]:
        state = self._taken.state
        node = walking.node_of(state, self._ground.stage.library)
        if can_be_misread(node):
            yield Goal(MISREAD, node.name), lambda: iter((Step(_UNCLEAR),))
        if self._last and walking.gone_back(state, self._ground.stage.library) is not None:
            yield Goal(BACK, node.name), lambda: iter((Step(_BACK), *self._last))
        if state.top.log:
            yield Goal(PAUSE, self._ground.stage.flow.begins), lambda: iter((Step(_LATER), Step(_GO_ON)))
        if node.kind == "review" and filled(node, state):
            yield Goal(MEND, node.name), self._mended

    def _mended(self) -> Iterator[Step]:
        """The first answer that the review shows, given once more."""
        state = self._taken.state
        node = walking.node_of(state, self._ground.stage.library)
        yield Step(Says("mend", filled(node, state)[0]))
        yield from self._answers.get(self._taken.state.top.node, ())
