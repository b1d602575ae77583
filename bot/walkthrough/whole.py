"""The walk-through of one flow: its conversations, what they meet, and in plain words what cannot be met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.walkthrough.cover import Course, courses
from bot.walkthrough.goals import EDGE, NODE, Goal, said, structure
from bot.walkthrough.ground import Ground
from bot.walkthrough.moves import Tests
from bot.walkthrough.stage import Company, Stage
from flows.findings import Finding
from flows.shape import Flow

CHANNELS = ("telegram", "whatsapp", "sms")


@dataclass(frozen=True, slots=True)
class Walkthrough:
    """One flow, walked."""

    flow: Flow
    courses: tuple[Course, ...]
    wanted: frozenset[Goal]
    met: frozenset[Goal]
    stranded: Mapping[str, str]  # step → what happens to her there
    channel: str
    language: str
    cut: bool  # there was more than can be looked at

    @property
    def missing(self) -> list[Goal]:
        """What no conversation meets, in the order of the flow."""
        order = list(self.flow.nodes)
        return sorted(self.wanted - self.met, key=lambda goal: (order.index(goal.node), goal.what, goal.way))

    @property
    def whole(self) -> bool:
        """Whether every step and every way is met, and nobody is left standing."""
        return not (self.stranded or self.missing or self.cut)

    def count(self, what: str) -> tuple[int, int]:
        """How many of a kind are met, and how many there are."""
        return sum(goal.what == what for goal in self.met & self.wanted), sum(goal.what == what for goal in self.wanted)

    def findings(self) -> list[Finding]:
        """What is wrong, as the checks say it."""
        return list(self._found())

    def _found(self) -> Iterator[Finding]:
        name = self.flow.name
        for node, trouble in self.stranded.items():
            yield Finding("E113", name, node, f"she is left standing here: {trouble}", "give every answer a way on")
        if self.cut:
            trouble = "there are more ways to answer than can be walked through: not all of it is proved"
            yield Finding("W115", name, "", trouble, "part it into flows that call each other")
        if self.stranded or self.cut:
            return  # what lies beyond is unmet because of it
        unmet = [goal for goal in self.missing if goal.what in (NODE, EDGE)]
        for goal in unmet:
            if goal.what == NODE:
                yield Finding(
                    "E102",
                    name,
                    goal.node,
                    "no answers lead here",
                    "mend the conditions that lead here, or take it out",
                )
            elif Goal(NODE, goal.node) not in unmet:
                trouble, mend = said(goal, self.flow), "mend its condition, or take this way out"
                yield Finding("W114", name, goal.node, trouble, mend)


def walked(flow: Flow, company: Company, channel: str = CHANNELS[0], language: str = "en") -> Walkthrough:
    """Walk through a flow. Its targets must be there (`flows.graph.targets`).

    channel  where the conversations are held; one that only another channel or language meets is held there
    """
    wanted, met = set(structure(flow)), set[Goal]()
    found: list[Course] = []
    stranded: dict[str, str] = {}
    cut = False
    for here, spoken in _places(flow, company, channel, language):
        ground = Ground(Stage(flow, company, here, spoken))
        stranded = ground.trapped() | stranded
        for course in courses(ground, wanted - met):
            found.append(
                replace(course, channel=here if here != channel else "", language=spoken if spoken != language else "")
            )
            wanted |= course.tried
            met |= course.meets
        cut = cut or ground.cut
    return Walkthrough(flow, tuple(found), frozenset(wanted), frozenset(met), stranded, channel, language, cut)


def _places(flow: Flow, company: Company, channel: str, language: str) -> list[tuple[str, str]]:
    """Where conversations are held: here; and where a guard looks at them, on each channel and in each language it names."""
    tests = list(Tests(flow).single())
    looks = [test for test in tests if test.name == "channel"]
    seen = {tuple(test.value == channel for test in looks)}
    channels = [channel]
    for other in CHANNELS:
        look = tuple(test.value == other for test in looks)
        if look not in seen:
            seen.add(look)
            channels.append(other)
    known = {one.code for one in company.book.languages}
    named = [test.value for test in tests if test.name == "language" and test.value in known]
    languages = list(dict.fromkeys((language, *named, *(["en"] if named else []))))
    return [(one, spoken) for spoken in languages for one in channels]
