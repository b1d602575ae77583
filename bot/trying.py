"""Trying a flow out: what was done on a phone, done again from its beginning, by the same turn and the same rendering as in life.

A try keeps no state: it is a list of what was done and when, and everything that stands on the screen is worked out of that list
each time. So going back is a shorter list, another time is a later moment, and a draft that changed meanwhile is met at
once by the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

import h3

from bot.answering import World
from bot.limits import Limits
from bot.message import Address, InboundMessage, Pin, Reply, Tap
from bot.rendering import render
from bot.tries import Beginning, Bubble, Did, Screen, Standing
from bot.turn import Receipt, Turn, stand_at
from bot.watching import TalkDesk, Watched
from flows.desk import ASK_NO, ASK_YES, Slots
from flows.errors import EndlessFlow, FlowError
from flows.guards import BadGuard
from flows.library import Library
from flows.machine import FlowMachine
from flows.prompt import Choice, Prompt
from flows.scene import Heard, Scene
from flows.shape import Flow, Node
from flows.state import Frame, State
from locales.pofile import WordsError
from locales.segments import cost
from storage.sessions.claiming import LIVES

CELL = 8  # as in life: a pin is an area at once
HYDERABAD = Pin(25.396, 68.3578)
_TAP = re.compile(r"([0-9]{1,9}):([A-Za-z0-9_/-]{1,60})")
_CARRIER: Mapping[str, Literal["STOP", "START", "HELP"]] = {"STOP": "STOP", "START": "START", "HELP": "HELP"}
_UNKNOWN = "…"  # what an earlier step would have looked up, where a try is put behind it
_BEFORE_MEDIA = {"voice": "audio/ogg", "photo": "image/jpeg"}


class Opened(Protocol):
    """What a number opens."""

    @property
    def outcome(self) -> str: ...
    @property
    def slots(self) -> Slots: ...


class TryDesk(TalkDesk, Protocol):
    """A desk that does nothing, for one phone."""

    def at(self, now: datetime, language: str) -> None: ...
    def given(self, flow: Flow, now: datetime) -> dict[str, object]: ...
    def look_up(self, text: str, now: datetime) -> Opened | None: ...
    def due(self, until: datetime) -> datetime | None: ...
    def forked(self) -> TryDesk: ...


class Watching(Library):
    """A library that notes which steps were walked to."""

    def __init__(self, flows: Iterable[Flow], known: Library | None = None) -> None:
        super().__init__(flows, known=known)
        self.passed: list[tuple[str, str]] = []

    def machine(self, name: str, edition: str) -> FlowMachine:
        return _Noting(super().machine(name, edition), self.passed)


class _Noting(FlowMachine):
    def __init__(self, machine: FlowMachine, passed: list[tuple[str, str]]) -> None:
        self.flow, self._of, self._passed = machine.flow, machine, passed

    def advance(self, node: str, outcome: str, scene: Scene) -> str:
        target = self._of.advance(node, outcome, scene)
        self._passed.append((self.flow.name, target))
        return target


class Phone:
    """One phone of a try."""

    def __init__(self, world: World, desk: TryDesk, library: Watching, beginning: Beginning) -> None:
        """world: around this phone, with this desk and this library in it"""
        self._world, self._desk, self._library = world, desk, library
        self._language = self._spoken = beginning.language
        self._saved: datetime | None = None
        self.state: State | None = None
        self.done = 0
        self.bubbles: list[Bubble] = []
        self.trouble, self.about, self.left = "", "", False
        self.asked: Prompt | None = None  # what was said last
        self.now = beginning.moment
        if beginning.flow:
            self._guarded(lambda: self._begin(beginning))

    @property
    def screen(self) -> Screen:
        state = self.state
        top = state.top if state is not None and state.frames else None
        standing = Standing(
            top.flow if top else "",
            top.node if top else "",
            state.pending if state else "",
            state.misreads if state else 0,
            self.passed,
            bool(state and state.talk),
            self.asked.phrase if self.asked else "",
            self.now,
        )
        return Screen(tuple(self.bubbles), standing, self.left, self.trouble, self.about)

    @property
    def limits(self) -> Limits:
        """The room of its channel."""
        return self._world.limits

    @property
    def passed(self) -> tuple[tuple[str, str], ...]:
        """Flow and step of what was walked to since she wrote last."""
        return tuple(self._library.passed)

    def node_of(self, frame: Frame) -> Node | None:
        """The step of a frame, as it is written."""
        return self._library.machine(frame.flow, frame.edition).flow.nodes.get(frame.node)

    def forked(self) -> Phone:
        """The same phone, from here on on its own."""
        twin = copy(self)
        twin._desk = self._desk.forked()
        twin._world = replace(self._world, desk=Watched(twin._desk))
        twin.bubbles = [*self.bubbles]
        return twin

    def do(self, did: Did) -> None:
        """What she does next."""
        self.done += 1
        if self.trouble:
            return
        self.now = datetime.fromtimestamp(did.at, UTC)
        self._library.passed.clear()
        if did.kind == "wait":
            self._wait(did)
        else:
            self._guarded(lambda: self._hear(did))

    # --- inside -----------------------------------------------------------------------------------

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except EndlessFlow as fault:
            self._stop("round", str(fault))
        except FlowError as fault:
            self._stop("no_way", str(fault))
        except WordsError as fault:
            self._stop("words", str(fault))
        except BadGuard as fault:
            self._stop("guard", str(fault))
        except (KeyError, StopIteration) as fault:  # a flow, a field, a source that is not there
            self._stop("missing", str(fault).strip("'"))

    def _stop(self, trouble: str, about: str) -> None:
        self.trouble, self.about = trouble, about
        self._show("trouble")

    def _begin(self, beginning: Beginning) -> None:
        flow = self._library.current(beginning.flow)
        self._desk.at(self.now, beginning.language)
        slots = {**self._desk.given(flow, self.now), **beginning.slots}
        node = beginning.node or flow.begins
        self._library.passed.append((flow.name, node))
        state = State(beginning.language, frames=(Frame(flow.name, flow.hash, node, slots),))
        turn = stand_at(state, self._message(), self._world.surroundings)
        self._take(turn, otherwise=_UNKNOWN if beginning.node else "")

    def _wait(self, did: Did) -> None:
        """Time goes by: what was to come by itself comes, and what is kept for a day only goes."""
        self._show("wait", did.said)
        if self._desk.due(self.now) is not None:
            self._ask()
        if self._saved is not None and self.now >= self._saved + LIVES:
            held = self.state is not None and any(frame.log or frame.slots for frame in self.state.frames)
            self.state, self._saved = None, None
            if held:
                self._show("wiped")

    def _ask(self) -> None:
        """The question that she agreed to, as it goes out a day after."""
        choices = (Choice(ASK_YES, "say.yes"), Choice(ASK_NO, "say.no"))
        prompt = Prompt("answered.may.ask", choices=choices)
        language = self.state.language if self.state else self._language
        for reply in render([prompt], language, _asking(self._world.limits), self._world.phrasebook, {}, 0):
            self._show_reply(reply, kind="asked")

    def _hear(self, did: Did) -> None:
        if self._saved is not None and self.now >= self._saved + LIVES:
            self.state = None
        state, message = self.state, self._message(did)
        label = self._label(message.tap, did.said) if did.kind == "tap" else did.said
        self._show(did.kind, label, hers=True)
        opened = self._desk.look_up(message.text, self.now)
        receipt = Receipt(opened.outcome, opened.slots) if opened is not None else None
        language = state.language if state else self._guess(message.text)
        self._desk.at(self.now, language)
        turn = self._world.turn(state, message, self._heard(did, message), receipt, language)
        if turn.left or turn.forgotten:
            self._desk.leave(self.now, state.talk if state else "")
        if turn.state is not None and turn.state.misreads > (state.misreads if state else 0):
            self.bubbles[-1] = replace(self.bubbles[-1], misread=True)
        self._take(turn, language)

    def _take(self, turn: Turn, language: str = "", otherwise: str = "") -> None:
        self._spoken = turn.state.language if turn.state else language or self._language
        for reply in self._world.replies(turn, self._spoken, otherwise):
            self._show_reply(reply)
        self.state, self.left = None if turn.forgotten else turn.state, turn.left
        self._saved = self.now if self.state is not None else None
        self.asked = turn.prompts[-1] if turn.prompts else None
        if any(prompt.phrase == "say.edition_changed" for prompt in turn.prompts):
            # The engine goes on at the menu, and so does the try; but somebody has something to mend.
            self._show("lost")

    def _message(self, did: Did | None = None) -> InboundMessage:
        channel = self._world.limits.channel
        message = InboundMessage(f"try{self.done}", channel, self.now, Address(channel, ""))
        if did is None:
            return message
        if did.kind == "tap":
            found = _TAP.fullmatch(did.said)
            return replace(message, tap=Tap(int(found[1]), found[2]) if found else Tap(-1, ""))
        if did.kind == "pin":
            return replace(message, pin=HYDERABAD)
        if did.kind != "text":
            return message
        if channel == "sms" and (word := _CARRIER.get(did.said.strip().upper())):
            return replace(message, text=did.said, opt_out=word)
        return replace(message, text=did.said)

    def _heard(self, did: Did, message: InboundMessage) -> Heard:
        cell = h3.latlng_to_cell(HYDERABAD.latitude, HYDERABAD.longitude, CELL) if did.kind == "pin" else ""
        media: tuple[dict[str, Any], ...] = ()
        if did.kind in _BEFORE_MEDIA:
            name = f"{self.done:032x}"
            media = ({"id": name, "kind": did.kind, "type": _BEFORE_MEDIA[did.kind], "size": 1, "sha256": name},)
        return Heard(message.text, message.tap.choice if message.tap else "", media, cell)

    def _guess(self, text: str) -> str:
        """A stranger's language: what her words tell, as in life; else the one that is tried, also one that is not complete."""
        told = self._world.phrasebook.guess(text)
        return told if told and self._world.phrasebook.language(told).complete else self._language

    def _label(self, tap: Tap | None, data: str) -> str:
        """What stands on the key that was pressed."""
        keys = (key for bubble in reversed(self.bubbles) for row in bubble.keys for key in row)
        return next((key.label for key in keys if key.data == data), tap.choice if tap else "")

    def _show(self, kind: Any, text: str = "", *, hers: bool = False) -> None:
        self.bubbles.append(Bubble(kind, hers, self.now, self.done, text, self._spoken))

    def _show_reply(self, reply: Reply, kind: Any = "text") -> None:
        counted = cost(reply.text) if self._world.limits.channel == "sms" else None
        self.bubbles.append(
            Bubble(
                kind,
                False,
                self.now,
                self.done,
                reply.text,
                self._spoken,
                reply.buttons,
                reply.asks_pin,
                reply.protect,
                parts=counted.parts if counted else 0,
                alphabet=counted.alphabet if counted else "",
            )
        )


def _asking(limits: Limits) -> Limits:
    """The question of a day after has keys on Telegram only: it may be written to first."""
    return limits if limits.channel == "telegram" else replace(limits, buttons=0)
