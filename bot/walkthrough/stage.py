"""One message of hers taken by the real turn, on a stage: what it passed, where it rests, what was said.

The machine is the real one with a pencil beside it: each way taken is noted as it is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from bot.danger import Danger
from bot.listening import Listening
from bot.message import Address, InboundMessage, Tap
from bot.turn import PAUSE, Surroundings, Turn, begin, take_turn
from bot.walkthrough.desk import PlayedDesk
from bot.walkthrough.goals import EDGE, NODE, SKIP, Goal
from flows.desk import Desk
from flows.errors import FlowError
from flows.guards import Facts
from flows.library import Library
from flows.machine import FlowMachine
from flows.prompt import Choice, Prompt
from flows.scene import Heard, Scene
from flows.shape import ANY, Flow, Node
from flows.state import State
from locales.phrasebook import Phrasebook

BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # a Monday; nothing depends on it
_SOON = timedelta(minutes=1)
_STALE = "say.edition_changed"  # said by the turn where a way on is missing
_CELL = "8842b2c5ddfffff"
UNCLEAR = "???"  # no question understands it
OWN = "@own"  # the choice of her own language
_PHOTO = {"id": "00" * 16, "kind": "photo", "type": "image/jpeg", "size": 1, "sha256": "00" * 32}
_WORDS = {
    "en": "My own words",
    "ur": "میرے اپنے الفاظ",
    "sd": "منهنجا پنهنجا لفظ",
    "ur_Latn": "Mere apne alfaaz",
    "es": "Mis propias palabras",
}


Shown = Callable[[tuple[Choice, ...], int], tuple[Choice, ...]]  # a page of a long list


class Stranded(Exception):
    """She was left without a way on, or without an answer."""


@dataclass(frozen=True, slots=True)
class Says:
    """One message of hers, whatever its language and channel."""

    what: str  # "choice", "mend", "skip", "back", "done", "words", "unclear", "asks", "date", "photo", "later"
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one message, or the beginning, caused."""

    state: State
    passed: tuple[Goal, ...]
    prompts: tuple[Prompt, ...]
    given: tuple[str, ...]  # what the desk answered
    others: tuple[tuple[str, ...], ...]  # what it could have answered instead
    over: bool = False  # nothing of hers is left standing


@dataclass(frozen=True, slots=True)
class Beginning:
    """How the flow is entered."""

    slots: Mapping[str, object] = field(default_factory=dict)
    preset: str = ""
    danger: str = "none"
    below: str = ""  # the flow that it was opened from


@dataclass(frozen=True, slots=True)
class Rest:
    """Where a message leaves her, and what was said: names and keys, no words."""

    flow: str
    node: str
    pending: str
    phrases: tuple[str, ...]

    @property
    def place(self) -> tuple[str, str, str]:
        return self.flow, self.node, self.pending


def rest_of(taken: Taken) -> Rest:
    """Where she stands by now."""
    state = taken.state
    frame = state.top if state.frames else None
    phrases = tuple(prompt.phrase for prompt in taken.prompts)
    return Rest(frame.flow if frame else "", frame.node if frame else "", state.pending, phrases)


def filled(node: Node, state: State) -> list[str]:
    """The answers that a review lists, in its order."""
    return [name for name in node.names("of") if state.top.slots.get(name) not in (None, "", [], {})]


class Company:
    """What a flow is walked among: all flows, in whose words, and who serves paper. Made once for many walks."""

    def __init__(self, flows: Iterable[Flow], book: Phrasebook, paper: Desk) -> None:
        self.flows = {flow.name: flow for flow in flows}
        self.book, self.paper = book, paper
        self.library = Library(self.flows.values())

    def listening(self) -> Listening:
        """What is heard whatever is asked."""
        return _listening(self.book, self.book.edition)


class Pencil(Library):
    """A library whose machines note every way that is taken."""

    def __init__(self, current: Sequence[Flow], known: Library) -> None:
        super().__init__(current, known=known)
        self.noted: list[tuple[Flow, str, str, int]] = []  # flow, node, outcome, way

    def machine(self, name: str, edition: str) -> FlowMachine:
        return _Noting(super().machine(name, edition), self.noted)


class _Noting(FlowMachine):
    def __init__(self, machine: FlowMachine, noted: list[tuple[Flow, str, str, int]]) -> None:
        self.flow, self._of, self._noted = machine.flow, machine, noted

    def advance(self, node: str, outcome: str, scene: Scene) -> str:
        target = self._of.advance(node, outcome, scene)
        self._noted.append((self.flow, node, outcome, way_of(self.flow, node, outcome, scene)))
        return target


def way_of(flow: Flow, node: str, outcome: str, facts: Facts) -> int:
    """Which of its rules leads on."""
    rules = flow.nodes[node].rules
    return next(
        number
        for number, rule in enumerate(rules)
        if rule.outcome in (ANY, outcome) and (rule.guard is None or rule.guard.holds(facts))
    )


class Stage:
    """One flow among the others, in one language on one channel."""

    def __init__(
        self, flow: Flow, company: Company, channel: str, language: str, shown: Shown = lambda choices, page: choices
    ) -> None:
        self.flow, self.company, self.channel, self.language = flow, company, channel, language
        self.flows = {**company.flows, flow.name: flow}
        self.library = Pencil(list(self.flows.values()), company.library)
        self.desk = PlayedDesk(company.paper)
        listening, book = company.listening(), company.book
        self._around = Surroundings(
            self.library, book, listening.controls, listening.languages, self.desk, shown, lambda text: Danger("none")
        )

    def begin(self, how: Beginning, script: Sequence[str] = ()) -> Taken:
        """Enter the flow. Raises Stranded, NotPromised."""
        state = State(self.language, preset=how.preset, danger=how.danger)
        if how.below:
            below = self.library.current(how.below)
            frame = begin(state, how.below, {}, self.message(BEGAN), self._around).state
            assert frame is not None
            state = replace(frame, frames=frame.frames[:1])
            assert below.name == state.top.flow
        self.desk.begin(script, hears=False)
        self.library.noted.clear()

        def enter() -> Turn:
            return begin(
                state, self.flow.name, how.slots, self.message(BEGAN), self._around, digression=bool(how.below)
            )

        return self._taken(enter, (Goal(NODE, self.flow.begins),))

    def take(self, state: State, says: Says, script: Sequence[str] = (), *, written: bool = False) -> Taken:
        """One message. Raises Stranded, NotPromised.

        written  her words are written out, also where a pin is read faster
        """
        message, heard = self._said(state, says, written)
        return self.took(state, message, heard, script, hears=says.what == "asks")

    def moment(self, state: State, says: Says) -> datetime:
        """When she sends it."""
        return (state.last_at or BEGAN) + (PAUSE + _SOON if says.what == "later" else _SOON)

    def took(self, state: State, message: InboundMessage, heard: Heard, script: Sequence[str], *, hears: bool) -> Taken:
        """The same, of a message as it came."""
        self.desk.begin(script, hears=hears)
        self.library.noted.clear()
        return self._taken(lambda: take_turn(state, message, heard, None, self.language, self._around), ())

    def _taken(self, turn: Callable[[], Turn], passed: tuple[Goal, ...]) -> Taken:
        try:
            caused = turn()
        except (FlowError, LookupError, ValueError, TypeError, AttributeError) as error:
            # In life she would read an apology, and the same at her next message.
            said = (
                str(error)
                if isinstance(error, FlowError)
                else f"its answers do not fit ({type(error).__name__}: {error})"
            )
            raise Stranded(said) from error
        if any(prompt.phrase == _STALE for prompt in caused.prompts):
            raise Stranded("a step has no way on for her answer")
        state = caused.state or State(self.language)
        met = [*passed, *self._met()]
        over = not state.frames and not state.pending
        if not caused.prompts and not state.talk and not state.frames:
            raise Stranded("she gets no answer")
        return Taken(state, tuple(met), caused.prompts, tuple(self.desk.given), tuple(self.desk.others), over)

    def _met(self) -> list[Goal]:
        met = []
        for flow, node, outcome, way in self.library.noted:
            if flow is not self.flow and flow.hash != self.flow.hash:
                continue
            met += [Goal(EDGE, node, way), Goal(NODE, flow.nodes[node].rules[way].target)]
            if outcome == "skip":
                met.append(Goal(SKIP, node))
        return met

    def message(self, at: datetime, text: str = "", tap: Tap | None = None) -> InboundMessage:
        return InboundMessage("walk", self.channel, at, Address(self.channel, ""), text, tap)

    def _said(self, state: State, says: Says, written: bool) -> tuple[InboundMessage, Heard]:
        at = self.moment(state, says)
        match says.what:
            case "choice" | "mend":
                choice = self.language if says.choice == OWN else says.choice
                return self.message(at, tap=Tap(state.epoch, choice)), Heard(choice=choice)
            case "skip" | "back" | "done":
                return self.message(at, tap=Tap(state.epoch, f"/{says.what}")), Heard(choice=f"/{says.what}")
            case "photo":
                return self.message(at), Heard(media=(_PHOTO,))
            case "asks" if not written:  # a pin, which is read faster than words and means as much here
                return self.message(at), Heard(cell=_CELL)
        text = self.text_of(says, at)
        return self.message(at, text), Heard(text=text)

    def text_of(self, says: Says, at: datetime) -> str:
        """What she writes where no button says it."""
        match says.what:
            case "words" | "asks":
                return _WORDS.get(self.language, _WORDS["en"])
            case "date":
                return (at - timedelta(days=3)).strftime("%d/%m/%Y")
        return UNCLEAR


@lru_cache(maxsize=2)
def _listening(book: Phrasebook, edition: object) -> Listening:
    return Listening.to(book)
