"""Conversations as text: what each line of a transcript does, for replaying one and for printing one.

> text              she sends this            > [street]    she taps that button of the question now asked
> (voice)           a voice note              > [3:street]  … of an earlier one
> (photo)           a picture                 > (pin)       where she is; (pin at sea), (pin in Lahore)
> (edited) text     she corrects a message    > (STOP)      her carrier tells us that she opted out; (START), (HELP)
* 2 hours later     time passes; minutes and days as well; what she agreed to be asked comes by itself
* answered: text    a counsellor answers her report
* something is on   the team tells of it, and whoever asked is sent it; * and is over ends that
< text              what is answered, further lines indented
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from PIL import Image

from bot import answering, conversation
from bot.message import MediaReference, Pin, Reply, Tap
from flows.state import State
from tests.answered_later import Answering
from tests.asked_later import comes
from tests.casework.whats_on import go, put_on, take_off
from tests.phones import Clock, Phone

_TAP = re.compile(r"\[(?:(\d+):)?([^\]]+)\]")
_LATER = re.compile(r"\* (\d+) (minute|hour|day)s? later")
RECEIPT = re.compile(r"\b\d{4} \d{4} \d{4} \d{4} \d{4}\b")
PINS = {"(pin)": Pin(27.5590, 68.2123), "(pin at sea)": Pin(24.0, 66.0), "(pin in Lahore)": Pin(31.55, 74.34)}


@cache
def _picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (2, 2), "white").save(made, "PNG")
    return made.getvalue()


FILES = {"voice": b"OggS" + bytes(60), "photo": _picture()}


@dataclass
class Watch:
    """Sees each turn of a conversation, beside it: where she stands, and all that is answered on whatever way."""

    turn: Any = None  # bot.turn.Turn
    instead: State | None = None  # where the next message finds her, whatever was kept
    replies: tuple[Reply, ...] = ()
    language: str = ""  # in which it was rendered

    def begin(self, monkeypatch: Any) -> Watch:
        take_turn, render = answering.take_turn, answering.render

        def watched_turn(state: Any, *given: Any) -> Any:
            state, self.instead = self.instead or state, None
            self.turn = take_turn(state, *given)
            return self.turn

        def watched_render(prompts: Any, language: str, *more: Any) -> Any:
            self.language, self.replies = language, render(prompts, language, *more)
            return self.replies

        monkeypatch.setattr(answering, "take_turn", watched_turn)
        for room in (answering, conversation):  # a turn's answers, and the lines said without one
            monkeypatch.setattr(room, "render", watched_render)
        return self

    @property
    def state(self) -> State | None:
        """Where she stands; None for a stranger, and for whoever was forgotten."""
        return None if self.turn is None or self.turn.forgotten else self.turn.state


@dataclass
class Talk:
    """One person's talk, written down as it goes."""

    phone: Phone
    clock: Clock
    watch: Watch
    said: list[str] = field(default_factory=list)  # the transcript so far
    number: str = ""  # the receipt seen last
    receipts: set[str] = field(default_factory=set)  # those that were given out in this talk
    answering: Answering | None = None  # once somebody has answered her

    def do(self, line: str) -> tuple[Reply, ...]:
        """Do one line of hers; return what is answered."""
        self.said.append(line)  # with {number} still in it
        if later := _LATER.fullmatch(line):
            self.clock.forward(**{f"{later[2]}s": int(later[1])})
            if came := comes(self.phone):
                self.said.append(written(came))
            self._brought()
            return ()
        if line.startswith("* answered: "):
            self.answering = self.answering or Answering(self.phone)
            self.answering.says(line.removeprefix("* answered: "))
            self._brought()
            return ()
        if line == "* erased elsewhere":
            self._erase_elsewhere()
            return ()
        if line == "* something is on":
            put_on(self.phone.hamraz, self.clock)
            sent = dict(go(self.phone.hamraz, self.clock))
            self.said += [written(sent[self.phone.number])] if self.phone.number in sent else []
            return ()
        if line == "* and is over":
            take_off(self.phone.hamraz)
            return ()
        line = line.replace("{number}", self.number)
        self._see(line)
        message = self._message(line.removeprefix(">").removeprefix(" "))
        self.watch.turn, self.watch.replies = None, ()
        self.phone.send(**message)
        for reply in self.watch.replies:
            self.said.append(written(reply.text))
            self._see(reply.text)
            if found := RECEIPT.search(reply.text):
                self.receipts.add(found[0])
        self._brought()
        return self.watch.replies

    def _brought(self) -> None:
        """What a person's answer brings to her phone."""
        if self.answering is not None:
            self.said += [written(text) for text in self.answering.comes()]

    def _see(self, text: str) -> None:
        if found := RECEIPT.search(text):
            self.number = found[0]

    def _erase_elsewhere(self) -> None:
        before = self.watch.turn, self.watch.replies
        other = Phone(self.phone.hamraz, "sms", "+923990000000", self.clock)
        for text in (self.number, "ERASE", "1", "XX"):
            other.say(text)
        self.watch.turn, self.watch.replies = before

    def _message(self, typed: str) -> dict[str, Any]:
        match typed:
            case "(voice)" | "(photo)":
                name = typed[1:-1]
                self.phone.files[name] = FILES[name]
                kind = "voice" if name == "voice" else "photo"
                return {"media": (MediaReference(kind, name),)}
            case "(pin)" | "(pin at sea)" | "(pin in Lahore)":
                return {"pin": PINS[typed]}
            case "(STOP)" | "(START)" | "(HELP)":
                return {"opt_out": typed[1:-1], "text": typed[1:-1]}
        if typed.startswith("(edited) "):
            return {"text": typed.removeprefix("(edited) "), "edited": True}
        if tap := _TAP.fullmatch(typed):
            epoch = int(tap[1]) if tap[1] else self.watch.state.epoch if self.watch.state else 0
            return {"tap": Tap(epoch, tap[2])}
        return {"text": typed.replace("⏎", "\n")}


def written(reply: str) -> str:
    """A reply as `hamraz chat` prints it."""
    return "< " + reply.replace("\n", "\n  ")


def transcript(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
