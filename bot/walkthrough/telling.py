"""A conversation of a walk-through held in one language on one channel, as a phone shows it.

She taps where there are buttons and writes where there are none. What only a conversation knows (a receipt, a list) is shown
as the phrase's own note says it may be at its longest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bot.fitting import samples
from bot.limits import SMS, TELEGRAM, WHATSAPP_WITH_BUTTONS, Limits
from bot.message import Reply
from bot.rendering import MORE_NUMBER, page_of, render
from bot.walkthrough.cover import Course
from bot.walkthrough.desk import STAFFED, UNSTAFFED
from bot.walkthrough.ground import Step, offered
from bot.walkthrough.stage import OWN, Company, Rest, Says, Stage, Stranded, filled, rest_of
from flows import walking
from flows.nodes.kind import other_wording
from flows.prompt import Choice, Prompt
from flows.scene import Heard
from flows.shape import Flow
from locales.pofile import WordsError
from locales.segments import cost

LIMITS: Mapping[str, Limits] = {"telegram": TELEGRAM, "whatsapp": WHATSAPP_WITH_BUTTONS, "sms": SMS}
_STEERING = {"skip": "skip", "back": "back", "done": "done"}


class WentOtherwise(Stranded):
    """A message came to rest elsewhere than in the walk-through."""


@dataclass(frozen=True, slots=True)
class Line:
    """One message, or what happened meanwhile."""

    who: str  # "her", "us"; "below", "with", "desk", "unread", "later": what happened meanwhile; "or": the same in another wording
    text: str
    tapped: bool = False
    buttons: tuple[tuple[str, ...], ...] = ()  # rows of labels
    parts: int = 0  # of an SMS
    flow: str = ""  # where it came to rest
    node: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """One conversation."""

    channel: str
    language: str
    right_to_left: bool
    lines: tuple[Line, ...]
    forced: bool = False  # held here since nowhere else is the way taken
    nodes: tuple[str, ...] = field(default=())  # that it passes, in order


def held(course: Course, flow: Flow, company: Company, channel: str, language: str) -> Transcript:
    """Hold a conversation. Raises Stranded."""
    return _Holding(course, flow, company, course.channel or channel, course.language or language).told()


class _Holding:
    """One conversation under way."""

    def __init__(self, course: Course, flow: Flow, company: Company, channel: str, language: str) -> None:
        self._course, self._book, self._limits = course, company.book, LIMITS[channel]
        self._stage = Stage(flow, company, channel, language, partial(_page, self._limits))
        self._values = company.paper.values(language)
        self._lines: list[Line] = []
        self._replies: tuple[Reply, ...] = ()
        self._met: dict[str, None] = {}

    def told(self) -> Transcript:
        how = self._course.begins
        if how.below:
            self._lines.append(Line("below", how.below))
        brought = [*how.slots, *(["preset"] if how.preset else []), *(["danger"] if how.danger != "none" else [])]
        self._lines += [Line("with", name) for name in brought]
        self._note(self._course.script)
        self._taken = self._stage.begin(how, self._course.script)
        self._answer(self._course.first)
        steps = list(self._course.steps)
        while steps:
            steps = steps[self._next(steps) :]
        language = self._stage.language
        return Transcript(
            self._stage.channel,
            language,
            self._book.language(language).right_to_left,
            tuple(self._lines),
            bool(self._course.channel or self._course.language),
            tuple(self._met),
        )

    def _next(self, steps: Sequence[tuple[Step, Rest]]) -> int:
        """Send what comes next; how many steps that was."""
        step, rest = steps[0]
        says = step.says
        choices = {"choice": self._choose, "mend": self._mend}.get(says.what)
        if choices is not None:
            several = self._several(steps)
            if several:
                taps = next(number for number, (one, _) in enumerate(steps) if one.says.what == "done")
                self._write(",".join(several), steps[taps])
                return taps + 1
            choices(says, step, rest)
        elif says.what in _STEERING:
            self._steer(says, step, rest)
        elif says.what == "photo":
            self._lines.append(Line("her", "▣", tapped=True))
            self._take(says, step, rest)
        else:
            if says.what == "later":
                self._lines.append(Line("later", ""))
            self._lines.append(Line("her", self._stage.text_of(says, self._stage.moment(self._taken.state, says))))
            self._take(says, step, rest, written=True)
        return 1

    # --- her messages ---------------------------------------------------------------------------

    def _choose(self, says: Says, step: Step, rest: Rest) -> None:
        choice = self._stage.language if says.choice == OWN else says.choice
        label = self._button(choice)
        if label:
            self._lines.append(Line("her", label, tapped=True))
            self._take(says, step, rest)
            return
        while (number := self._number(choice)) == MORE_NUMBER:
            self._write(str(number), (Step(says), rest_of(self._taken)))
        self._write(str(number), (step, rest))

    def _mend(self, says: Says, step: Step, rest: Rest) -> None:
        node = walking.node_of(self._taken.state, self._stage.library)
        self._write(str(filled(node, self._taken.state).index(says.choice) + 2), (step, rest))

    def _several(self, steps: Sequence[tuple[Step, Rest]]) -> list[str]:
        """The numbers of several answers written in one message, where there is nothing to tap."""
        state = self._taken.state
        if not state.frames or state.pending or self._button(steps[0][0].says.choice):
            return []
        node = walking.node_of(state, self._stage.library)
        if node.kind != "multi" or steps[0][0].says.what != "choice":
            return []
        chosen = [*state.top.slots.get(node.slot, ()), *(step.says.choice for step, _ in steps)]
        return [str(self._number(one)) for one in chosen[: chosen.index("")]]

    def _steer(self, says: Says, step: Step, rest: Rest) -> None:
        label = self._button(f"/{says.what}")
        if label:
            self._lines.append(Line("her", label, tapped=True))
            self._take(says, step, rest)
            return
        self._write(self._book.shown(says.what, self._stage.language), (step, rest))

    def _write(self, text: str, to: tuple[Step, Rest]) -> None:
        step, rest = to
        self._lines.append(Line("her", text))
        state = self._taken.state
        message = self._stage.message(self._stage.moment(state, step.says), text)
        self._note(step.script)
        self._taken = self._stage.took(state, message, Heard(text=text), step.script, hears=False)
        self._answer(rest)

    def _take(self, says: Says, step: Step, rest: Rest, *, written: bool = False) -> None:
        self._note(step.script)
        self._taken = self._stage.take(self._taken.state, says, step.script, written=written)
        self._answer(rest)

    # --- our answers ----------------------------------------------------------------------------

    def _note(self, script: Sequence[str]) -> None:
        """What the desk answers, where it is not the plainest."""
        for said in script:
            if said == UNSTAFFED:
                self._lines.append(Line("unread", ""))
            elif said != STAFFED and not said.endswith(": ok"):
                self._lines.append(Line("desk", said))

    def _answer(self, rest: Rest) -> None:
        now = rest_of(self._taken)
        if now.place != rest.place:
            raise WentOtherwise(
                f"she came to {now.node or 'the end'}, and to {rest.node or 'the end'} in the walk-through"
            )
        self._met[rest.node if rest.flow == self._stage.flow.name else ""] = None
        state = self._taken.state
        language = state.language
        prompts = [
            replace(prompt, values=samples(prompt, language, self._limits, self._book, self._values, "…"))
            for prompt in self._taken.prompts
        ]
        self._replies = self._said(prompts, rest)
        other = self._other(prompts[-1]) if prompts else None
        if other is not None:
            self._lines.append(Line("or", ""))
            self._said([other], rest)

    def _other(self, prompt: Prompt) -> Prompt | None:
        """The same question in the wording that half of the people get; None where there is one wording only."""
        state = self._taken.state
        node = walking.node_of(state, self._stage.library) if state.frames else None
        found = other_wording(node) if node is not None and prompt.phrase == node.text("ask") else {}
        return replace(prompt, phrase=str(found["ask"])) if found else None

    def _said(self, prompts: Sequence[Prompt], rest: Rest) -> tuple[Reply, ...]:
        state = self._taken.state
        try:
            replies = render(prompts, state.language, self._limits, self._book, self._values, state.epoch, state.page)
        except WordsError as error:
            raise Stranded(str(error)) from error
        for reply in replies:
            rows = tuple(tuple(button.label for button in row) for row in reply.buttons)
            parts = cost(reply.text).parts if self._limits.counts == "parts" else 0
            self._lines.append(Line("us", reply.text, False, rows, parts, rest.flow, rest.node))
        return replies

    def _button(self, choice: str) -> str:
        """The label of the button that says it; "" where there is none."""
        buttons: Iterator[tuple[str, str]] = (
            (button.data.partition(":")[2], button.label)
            for reply in self._replies
            for row in reply.buttons
            for button in row
        )
        return dict(buttons).get(choice, "")

    def _number(self, choice: str) -> int:
        """What she writes to choose: its number on this page, or the one that turns it."""
        choices = offered(self._taken.prompts)
        page = page_of(choices, self._limits, self._taken.state.page)
        found = next((number for number, one in enumerate(page, 1) if one.id == choice), 0)
        if not found and all(one.id != choice for one in choices):
            raise WentOtherwise(f"{choice!r} is not offered")
        return found or MORE_NUMBER


def _page(limits: Limits, choices: tuple[Choice, ...], page: int) -> tuple[Choice, ...]:
    return page_of(choices, limits, page)
