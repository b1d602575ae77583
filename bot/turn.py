"""One turn: a state and a message in, a state and prompts out. No database, no network.

The order of reading is the order of safety: panic, then STOP, then danger, then a receipt,
then the words that steer, then the question's own answers (design: flows, "One input").
It is one piece because that order must be seen whole. The desk is the only one asked, and it works inside the turn's unit of work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot import asides, talking
from bot.danger import Danger
from bot.message import InboundMessage
from flows import comparing, moving, telling, walking
from flows.controls import Controls
from flows.desk import ASK_YES, KEYWORD, UNSUBSCRIBE, Desk, Slots
from flows.errors import StaleEdition
from flows.library import Library
from flows.nodes import kind as kinds
from flows.prompt import Choice, Prompt, Value
from flows.reading.fold import fold
from flows.scene import Answer, Heard, Mend, Misread, More, Scene, Turned, Words
from flows.shape import Node
from flows.state import State

PAUSE = timedelta(minutes=60)  # after this long we ask before we go on
CARD_AGAIN = timedelta(minutes=10)  # the emergency card is not repeated sooner
_LONGEST_KEYWORD = 60  # characters of the word on a poster
_LEVELS = {"none": 0, "amber": 1, "red": 2}
_LIMITS_SAID: Mapping[str, Mapping[str, Value]] = {
    "say.too_long": {"n": 10_000},
    "say.media_large": {"size": "16 MB"},
}
_FOR_ITS_NUMBER = ("copy_word",)  # what she told us to do with a report before she sends its number once more
_STEERING_BUTTONS = {"/skip": "skip", "/back": "back", "/menu": "menu"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a 20-digit number in this message; looked up before the turn (slow, limited)."""

    outcome: str  # "open", "unknown", "bad" or "wait"
    slots: Mapping[str, object] = field(default_factory=dict, repr=False)  # for the follow-up flow
    values: Mapping[str, Value] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Since:
    """What came for her while she was away."""

    asked: Slots | None = None  # a question that was put to her: "rows" and "language"
    answered: Slots | None = None  # a person's answer to her: "talk" and "language"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All a turn needs besides state and message; nothing in it changes."""

    library: Library
    words: Words
    controls: Controls
    languages: tuple[Choice, ...]
    desk: Desk
    shown: Callable[[tuple[Choice, ...], int], tuple[Choice, ...]]  # a page of a long list, on this channel
    ring: Callable[[str], Danger]
    draw: comparing.Draw = comparing.never  # which wording somebody gets, where two are compared


@dataclass(frozen=True, slots=True)
class Turn:
    """What one message caused."""

    state: State | None  # None: the session is forgotten
    prompts: tuple[Prompt, ...] = ()
    forgotten: bool = False  # panic, STOP, or an end that forgets: wipe what can be wiped
    left: bool = False  # panic or STOP: a report already sent is marked "left"
    filed: bool = False  # the draft found its place: its key goes with this turn
    misread: tuple[str, str] | None = None  # flow and step at which her answer was not understood
    answered: str = ""  # how the question she stood at was answered: an outcome; "" where it was not
    ways: tuple[walking.Way, ...] = ()  # that were gone


def was_away(state: State | None, now: datetime) -> bool:
    """Whether she has not written for a while, so that a question may come, or its answer. Never while a person talks with her."""
    if state is None:
        return True
    return not state.talk and (state.last_at is None or now - state.last_at > PAUSE)


def may_answer(state: State | None, now: datetime) -> bool:
    """Whether her words may be for a person who answered her: she is asked nothing, or was and told nothing before she went away."""
    if state is None or not (state.talk or state.pending or state.frames):
        return True
    return was_away(state, now) and not (state.pending or any(frame.log for frame in state.frames))


def take_turn(
    state: State | None,
    message: InboundMessage,
    heard: Heard,
    receipt: Receipt | None,
    language: str,
    around: Surroundings,
    since: Since = Since(),
) -> Turn:
    """Return what this message causes.

    state     where she stands; None for a stranger
    language  of a stranger's first words, as guessed
    since     what came for her while she was away
    """
    turner = _Turner(message, heard, receipt, around, since)
    turn = turner.turn(state, language)
    return replace(turn, ways=tuple(turner.ways)) if turner.ways else turn


def begin(
    state: State,
    flow: str,
    slots: Mapping[str, object],
    message: InboundMessage,
    around: Surroundings,
    *,
    digression: bool = False,
) -> Turn:
    """Return what entering a flow causes, whatever led there: for whoever tries one out.

    message  only its channel and its moment count
    """
    return _Turner(message, Heard(), None, around, Since())._enter(state, flow, slots=slots, digression=digression)


def stand_at(state: State, message: InboundMessage, around: Surroundings) -> Turn:
    """The talk as it goes on from where a state stands, with nothing heard: what is walked through, and the question."""
    return _Turner(message, Heard(), None, around, Since()).stand(state)


class _Turner:
    """One turn under way."""

    def __init__(
        self, message: InboundMessage, heard: Heard, receipt: Receipt | None, around: Surroundings, since: Since
    ) -> None:
        self._message = message
        self._heard = heard
        self._receipt = receipt
        self._around = around
        self._since = since
        self._now: datetime = message.received
        self.ways: list[walking.Way] = []
        self._first_asked: datetime | None = None
        self._first: list[Prompt] = []  # said before anything else: the emergency card, an honest word on media

    def stand(self, state: State) -> Turn:
        return self._rest(self._walk(state))

    def turn(self, state: State | None, language: str) -> Turn:
        if state is not None and state.first_asked is not None:
            # Whatever comes now but her answer, or a part of it, is no answer at the first go.
            self._first_asked, state = state.first_asked, replace(state, first_asked=None)
        control = self._around.controls.read(self._heard.text)
        if control == "panic" or self._heard.choice == "/panic":
            speaks = state.language if state else language
            return Turn(State(speaks), (Prompt("say.panic"),), forgotten=True, left=True)
        if self._message.opt_out == "STOP":
            return Turn(None, forgotten=True, left=True)  # nothing is sent after it
        if control == "nonews":
            return self._unsubscribed(state, language)
        preset = self._poster()
        if self._message.opt_out == "HELP":
            return self._standing(state or State(language), Prompt("say.help"))
        if self._since.asked is not None and (answered := self._answer_question(state, self._since.asked)):
            return answered
        if self._since.answered is not None and not (control or preset or self._message.tap):
            return self._here_again(state, self._since.answered)
        if state is None:
            return self._stranger(State(language, preset=preset), control)
        if preset and not state.talk:
            return self._from_poster(replace(state, preset=preset))
        state = self._heed_danger(state)
        self._be_honest()
        try:
            return self._known(state, control)
        except StaleEdition:
            # Its edition is gone for good: say so, and begin at the menu rather than fail for ever.
            return self._enter(replace(state, frames=(), pending=""), "menu", Prompt("say.edition_changed"))

    def _unsubscribed(self, state: State | None, language: str) -> Turn:
        """One word, wherever she stands, also in a story: nothing is sent to her unasked any more."""
        self._unsubscribe()
        said = Prompt("news.ended.say")
        if state is None:
            return Turn(None, (said,))  # she wanted no more than that, and nothing is begun
        return Turn(self._heard_at(state), (said,))  # whatever was asked stands, and is not shown again now

    def _unsubscribe(self) -> bool:
        """Whether there was anything to end."""
        return self._around.desk.commit(UNSUBSCRIBE, {}, self._now).outcome == "ok"

    # --- who is writing -------------------------------------------------------------------------

    def _stranger(self, state: State, control: str) -> Turn:
        state = self._heed_danger(state)
        if control == "news":
            # She knows the word from what she is sent: only the safety message comes first.
            told = self._enter(state, "news")
            return replace(told, prompts=(Prompt("welcome.first"), *told.prompts))
        if self._receipt is not None and self._receipt.outcome == "open":
            # She is known by her number, and has answered the first questions before: only the safety message comes again.
            opened = self._with_receipt(state)
            return replace(opened, prompts=(Prompt("welcome.first"), *opened.prompts))
        state = state.push(walking.entered("welcome", self._around.library, self._told("welcome")))
        walked = self._walk(state)
        turn = self._rest(walked)
        if self._receipt is not None and turn.state is not None:
            # It opens nothing: the safety message, what is wrong with it, and then the gate.
            opened = self._with_receipt(turn.state)
            said = tuple(prompt for prompt in turn.prompts if not prompt.choices)
            return replace(opened, prompts=(*said, *opened.prompts))
        return turn

    def _answer_question(self, state: State | None, asked: Slots) -> Turn | None:
        """Her answer to what was asked while she was away; None where this is something else: then it is not asked again."""
        here = replace(state or State(str(asked["language"])), pending="", held="")
        meant = asides.read("question", self._scene(here), self._heard)
        if not meant:
            self._around.desk.commit("let_question_go", {}, self._now)
            return None
        slots = {"rows": asked["rows"], "may": "yes" if meant == ASK_YES else "no"}
        return self._enter(here, "answered", slots=slots, digression=bool(here.frames))

    def _here_again(self, state: State | None, talk: Slots) -> Turn:
        """She writes after a person has answered her: she is with that person, and hears so once."""
        here = self._heed_danger(replace(state or State(str(talk["language"])), frames=(), talk=str(talk["talk"])))
        self._be_honest()
        self._around.desk.commit("here_again", {**talk, "language": here.language}, self._now)
        self._first.append(Prompt("talk.here_again.say"))
        return self._talk(here, "")

    def _poster(self) -> str:
        """The institution whose poster she came from: its word is a message of its own; "" for any other message."""
        text = self._heard.text
        if len(text) > _LONGEST_KEYWORD or not any(letter.isdigit() for letter in text):
            return ""
        known = self._around.desk.understand(KEYWORD, text, "", {})
        return str(known.slots["preset"]) if known is not None else ""

    def _from_poster(self, state: State) -> Turn:
        """The same word again, or another, in the middle of a talk: it is remembered, and the talk goes on."""
        if state.pending:
            return self._aside(state, state.pending)
        return self._standing(state)

    def _known(self, state: State, control: str) -> Turn:
        state, anew = moving.moved(state, self._around.library)
        if self._message.late and self._heard.media and not state.frames and not state.talk:
            self._first.append(Prompt("say.media_not_here"))
        if self._receipt is not None:
            return self._with_receipt(state)
        if self._message.opt_out == "START":
            return self._standing(state, Prompt("say.started"))
        if self._is_stale_tap(state):
            return self._standing(state, Prompt("say.passed"))
        if state.pending:
            return self._answer_aside(state, control)
        if state.talk and not state.frames:
            return self._talk(state, control)
        if not state.frames and control in ("human", "news"):
            return self._enter(state, control)
        if not state.frames and control == "erase" and self._unsubscribe():
            return self._standing(state, Prompt("news.ended.say"))
        if not state.frames:
            return self._enter(state, "menu", slots=self._told("menu"))
        if state.last_at and self._now - state.last_at > PAUSE and state.top.log:
            return self._aside(replace(state, held=self._heard.text), "resume")
        if self._message.edited:
            return self._edited(state)
        steered = self._steer(state, _STEERING_BUTTONS.get(self._heard.choice, control))
        return steered or (self._anew(state) if anew else self._answer(state))

    def _anew(self, state: State) -> Turn:
        """Other answers are offered now than those that she was shown: hers is not guessed at. A story is kept, as ever."""
        kept = telling.gathered(state, self._heard, self._around.library) if self._tells() else None
        return self._standing(kept or state, Prompt("say.told_kept" if kept else "say.passed"))

    def _is_stale_tap(self, state: State) -> bool:
        tap = self._message.tap
        return tap is not None and tap.epoch != state.epoch

    # --- before anything else -------------------------------------------------------------------

    def _heed_danger(self, state: State) -> State:
        level = self._rung()
        higher = _LEVELS[level] > _LEVELS[state.danger]
        if level == "red" and (higher or state.carded_at is None or self._now - state.carded_at > CARD_AGAIN):
            self._first.append(Prompt("danger.card"))
            state = replace(state, carded_at=self._now)
        return replace(state, danger=level) if higher else state

    def _rung(self) -> str:
        """How loud her own words are. What stands on a button is ours, and may have been cut short to fit there."""
        if self._message.tap is not None or not self._heard.text:
            return "none"
        return self._around.ring(self._heard.text).level

    def _be_honest(self) -> None:
        problem = {
            "unknown_media": "say.media_unknown",
            "too_long": "say.too_long",
            "unreadable": "say.unreadable",
            "media_large": "say.media_large",
            "media_lost": "say.media_failed",
            "media_later": "say.media_later",
        }.get(self._message.problem)
        if problem:
            self._first.append(Prompt(problem, _LIMITS_SAID.get(problem, {})))

    # --- words that steer -----------------------------------------------------------------------

    def _steer(self, state: State, control: str) -> Turn | None:
        """Do what a control word asks; None when this message steers nothing."""
        if not control:
            return None
        node = walking.node_of(state, self._around.library)
        marked = self._heard.text.lstrip()[:1] in ("/", "#") or self._heard.choice.startswith("/")
        begun = bool(state.top.slots.get(node.slot)) and not node.keys.get("one")
        if node.kind == "text" and not marked and (begun or control != "skip"):
            return None  # inside a story her words are hers
        if control in ("erase", "again", "continue", "human", "language", "news") and self._is_own_option(state, node):
            return None
        match control:
            case "menu":
                return self._digress(state, "menu")
            case "back":
                return self._back(state)
            case "human" | "news":
                return self._digress(state, control)
            case "language":
                return self._aside(state, "language")
            case "repeat":
                return self._standing(state)
            case "continue":
                return self._standing(state.pop() if state.top.digression else state)
            case "again" | "erase":
                if not any(frame.log or frame.slots for frame in state.frames):
                    ended = control == "erase" and self._unsubscribe()
                    return self._standing(state, Prompt("news.ended.say" if ended else "say.nothing_to_erase"))
                return self._aside(state, control)
            case "skip" if node.skippable:
                return self._on(state, Answer("skip"))
        return None

    def _is_own_option(self, state: State, node: Node) -> bool:
        """Whether what was typed is one of the answers to the letter: a near one would shadow the control word."""
        if node.kind not in ("choice", "find", "gate"):
            return False
        control, typed = self._around.controls.read(self._heard.text), fold(self._heard.text)
        return any(
            option.id == control or typed in {fold(label) for label in option.labels.values()}
            for option in kinds.options(kinds.choices(node, self._scene(state)), self._scene(state))
        )

    def _digress(self, state: State, flow: str) -> Turn:
        carried = walking.carried(state, flow, self._around.library)
        top = state.top
        if top.flow == flow and top.digression:
            state = state.pop()  # from deeper in it, back to its beginning
        if not any(frame.log or frame.slots for frame in state.frames):
            state = replace(state, frames=())  # nothing was begun: there is nothing to come back to
        return self._enter(state, flow, slots=carried, digression=bool(state.frames))

    def _back(self, state: State) -> Turn:
        earlier = walking.gone_back(state, self._around.library)
        if earlier is not None:
            return self._standing(earlier)
        if len(state.frames) > 1 and (state.top.digression or not state.top.slots):
            below = state.pop()
            node = walking.node_of(below, self._around.library)
            if walking.question_of(node):
                return self._standing(below)
            earlier = walking.gone_back(below, self._around.library)
            if earlier is not None:
                return self._standing(earlier)
        return self._standing(state, Prompt("say.back_barrier" if state.top.log else "say.back_start"))

    # --- while a person talks with her ----------------------------------------------------------

    def _talk(self, state: State, control: str) -> Turn:
        """Her words go to the person, and the program is silent."""
        if control == "menu" or self._heard.choice == "/menu":
            return self._aside(state, "end_talk")
        scene = self._scene(state)
        if control == "repeat" and talking.is_asked(state.talk, scene):
            return Turn(self._heard_at(state), (*self._first, asides.ask("helped", scene)))
        match talking.hear(state.talk, scene, self._heard, state.danger):
            case "gone":
                return self._enter(replace(state, talk=""), "menu", Prompt("talk.gone.say"))
            case "helped":
                return self._enter(replace(state, talk=""), "menu", Prompt("talk.thanks.say"))
            case "again":
                return Turn(self._heard_at(state), (*self._first, Prompt("talk.again.say")))
        return Turn(self._heard_at(state), tuple(self._first))

    def _answer_in_talk(self, state: State, name: str, meant: str) -> Turn:
        scene = self._scene(state)
        if name == "end_talk" and meant == "yes":
            talking.end(state.talk, scene)
            return self._aside(state, "helped", Prompt("talk.ended.say"))
        if name == "end_talk":
            return Turn(self._heard_at(state), (*self._first, Prompt("talk.goes_on.say")))
        if meant:
            talking.helped(state.talk, scene, meant)
        else:  # not an answer: it is for the person, and the talk has ended all the same
            talking.hear(state.talk, scene, self._heard, state.danger)
        return self._enter(replace(state, talk=""), "menu", Prompt("talk.thanks.say" if meant else "talk.kept.say"))

    # --- the talk's own questions ---------------------------------------------------------------

    def _aside(self, state: State, name: str, *say: Prompt) -> Turn:
        state = self._heard_at(self._asked(replace(state, pending=name)))
        return Turn(state, (*self._first, *say, asides.ask(name, self._scene(state))))

    def _answer_aside(self, state: State, control: str) -> Turn:
        name = state.pending
        scene = self._scene(state)
        meant = asides.read(name, scene, self._heard)
        if control == "repeat" and not meant:
            return self._aside(state, name)
        if name == "helped" or (name == "end_talk" and meant):
            return self._answer_in_talk(replace(state, pending="", held="", misreads=0), name, meant)
        if not meant and control in ("menu", "back", "human"):
            meant = "no" if name in ("again", "erase") else "continue" if control == "back" else ""
            if not meant:
                free = replace(state, pending="", held="")
                return (self._steer(free, control) if free.frames else None) or self._enter(free, "menu")
        if not meant:
            if name == "way_out":  # she simply answers the question instead
                return self._answer(replace(state, pending=""))
            again = self._aside(replace(state, misreads=state.misreads + 1), name, Prompt("say.misread"))
            return replace(again, misread=("aside", name))
        free = replace(state, pending="", held="", misreads=0)
        match name, meant:
            case "resume", "continue":
                return self._resume(free, state.held)
            case ("resume", "again") | ("again", "yes"):
                return self._enter(replace(free, frames=(), danger="none"), "menu", Prompt("say.start_erased"))
            case ("resume", "erase") | ("erase", "yes"):
                self._unsubscribe()
                return Turn(State(state.language), (Prompt("say.start_erased"),), forgotten=True)
            case "language", code:
                changed = replace(free, language=code)
                return self._standing(changed, Prompt("say.language_changed"))
            case "way_out", "skip":
                node = walking.node_of(free, self._around.library)
                return self._on(free, Answer("skip")) if node.skippable else self._standing(free)
            case "way_out", "menu":
                return self._digress(free, "menu")
            case "way_out", "human":
                return self._digress(free, "human")
        return self._standing(free)

    def _resume(self, state: State, held: str) -> Turn:
        """Go on; what she wrote while we asked counts if it answers the question."""
        node = walking.node_of(state, self._around.library)
        question = walking.question_of(node)
        if held and question is not None and not (node.kind == "text" and len(held) < 15):
            reading = question.read(node, self._scene(state), Heard(text=held))
            if isinstance(reading, Answer):
                return self._on(state, reading)
            if isinstance(reading, More):
                return self._standing(state.on_top(state.top.fill(reading.slots)), *reading.say)
        return self._standing(state)

    # --- the question's own answers -------------------------------------------------------------

    def _answer(self, state: State) -> Turn:
        node = walking.node_of(state, self._around.library)
        question = walking.question_of(node)
        if question is None:
            return self._rest(self._walk(state))
        if self._first and not (self._heard.text or self._heard.media or self._heard.choice or self._heard.cell):
            return self._standing(state)  # a sticker: the honest word was said already
        reading = question.read(node, self._scene(state), self._heard)
        match reading:
            case Answer():
                return self._on(state, reading)
            case More(slots=slots, say=say, ask_again=again):
                state = replace(state.on_top(state.top.fill(slots)), misreads=0, first_asked=self._first_asked)
                if node.kind == "consent":
                    say = (Prompt("say.consent_again"),)
                if again:
                    return self._standing(state, *say)
                return Turn(self._heard_at(state), (*self._first, *say))
            case Turned(page=page):
                return self._standing(replace(state, page=page))
            case Mend(node=slot):
                return self._rest(self._walk(walking.mended(state, slot, self._around.library)))
            case Misread(hint=hint):
                return self._misread(state, node, hint)

    def _misread(self, state: State, node: Node, hint: str) -> Turn:
        if self._first and self._rung() == "red":
            return self._standing(state)  # a cry for help is not a wrong answer
        if self._tells():
            kept = telling.gathered(state, self._heard, self._around.library)
            if kept is not None:
                return self._standing(kept, *([Prompt("say.told_kept")] if kept.top.node == state.top.node else []))
        if self._heard.media:
            return self._standing(state, Prompt("say.media_not_here"))
        here, state = (state.top.flow, node.name), replace(state, misreads=state.misreads + 1)
        if state.misreads >= 3 and node.skippable:
            return replace(self._aside(state, "way_out"), misread=here)
        typed = node.kind in ("date", "place", "media")
        usual = "say.misread_text" if typed else "say.misread" if state.misreads == 1 else "say.misread_again"
        return replace(self._standing(state, Prompt(hint or usual)), misread=here)

    def _tells(self) -> bool:
        # A cry for help is answered with the numbers; it tells nothing yet.
        rang = set(self._around.ring(self._heard.text).kinds) if self._heard.text else set()
        return telling.tells(self._heard, alarming=bool(rang - {"cry"}))

    def _told(self, flow: str) -> Mapping[str, object]:
        """The slots a flow begins with: what this first message told already."""
        node = telling.gatherer(self._around.library.current(flow))
        control = self._around.controls.read(self._heard.text)
        return {node.slot: telling.told(self._heard)} if node is not None and not control and self._tells() else {}

    def _edited(self, state: State) -> Turn:
        node = walking.node_of(state, self._around.library)
        if node.kind == "text":
            slots = state.top.slots.get(node.slot) or {"words": [], "media": []}
            grown = {**slots, "words": [*slots["words"], self._heard.text]}
            return Turn(self._heard_at(state.on_top(state.top.fill({node.slot: grown}))), (Prompt("say.edited"),))
        return self._standing(state, Prompt("say.edited_late"))

    # --- receipts -------------------------------------------------------------------------------

    def _with_receipt(self, state: State) -> Turn:
        receipt = self._receipt
        assert receipt is not None
        if receipt.outcome != "open":
            return self._standing(state, Prompt(f"receipt.{receipt.outcome}", receipt.values))
        state, kept = replace(state, pending="", held=""), {}
        while state.frames and state.top.flow == "followup":
            if state.top.slots.get("report") == receipt.slots.get("report"):
                kept = {name: value for name, value in state.top.slots.items() if name in _FOR_ITS_NUMBER}
            state = state.pop()  # another number replaces the one that was open
        return self._enter(state, "followup", slots={**receipt.slots, **kept}, digression=bool(state.frames))

    # --- coming to rest -------------------------------------------------------------------------

    def _enter(
        self,
        state: State,
        flow: str,
        *say: Prompt,
        slots: Mapping[str, object] | None = None,
        digression: bool = False,
    ) -> Turn:
        frame = walking.entered(flow, self._around.library, slots, digression=digression)
        return self._rest(self._walk(state.push(frame)), *say)

    def _on(self, state: State, answer: Answer) -> Turn:
        """Take an answer and go on to the next question."""
        after = walking.answered(state, answer, self._scene, self._around.library, self.ways)
        said = (Prompt("say.language_changed"),) if answer.language and len(state.frames) > 1 else ()
        return replace(self._rest(self._walk(after), *said), answered=answer.outcome)

    def _standing(self, state: State, *say: Prompt) -> Turn:
        """Say something, then the present question again."""
        if not state.frames:
            return (
                Turn(self._heard_at(state), (*self._first, *say)) if say or self._first else self._enter(state, "menu")
            )
        if walking.question_of(walking.node_of(state, self._around.library)) is None:
            return self._rest(self._walk(state), *say)
        return self._rest(walking.Walked(state), *say)

    def _walk(self, state: State) -> walking.Walked:
        return walking.walk(state, self._scene, self._around.library, self.ways)

    def _rest(self, walked: walking.Walked, *say: Prompt) -> Turn:
        """Ask the question on top, if there is one."""
        state, prompts = walked.state, [*self._first, *say, *walked.said]
        if state.frames:
            state = replace(state, epoch=state.epoch + 1, last_at=self._now)
            node = walking.node_of(state, self._around.library)
            state = comparing.drawn(state, node, self._around.draw, self._now)
            question = walking.question_of(node)
            assert question is not None  # a walk comes to rest at questions only
            prompts.append(question.ask(node, self._scene(state)))
        else:
            state = self._heard_at(state)
            prompts = prompts or [Prompt("say.ended")]  # silence would leave her waiting
        if walked.values:
            prompts = [replace(prompt, values={**walked.values, **prompt.values}) for prompt in prompts]
        filed = bool(walked.drops)
        return Turn(state, tuple(prompts), forgotten=walked.forgets and not state.frames, filed=filed)

    def _asked(self, state: State) -> State:
        return replace(state, epoch=state.epoch + 1)

    def _heard_at(self, state: State) -> State:
        return replace(state, last_at=self._now)

    def _scene(self, state: State) -> Scene:
        around = self._around
        return Scene(
            slots=self._slots(state),
            channel=self._message.channel,
            language=state.language,
            now=self._now,
            desk=around.desk,
            words=around.words,
            controls=around.controls,
            languages=around.languages,
            digression=bool(state.frames) and state.top.digression,
            page=state.page,
            other=comparing.has_other(state),
            shown=around.shown,
        )

    def _slots(self, state: State) -> dict[str, object]:
        if not state.frames:
            return {}
        given = {"danger": state.danger, "preset": state.preset}
        return {**state.top.slots, **{name: value for name, value in given.items() if value}}
