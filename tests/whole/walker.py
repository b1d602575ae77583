"""Somebody who answers at random: right and wrong, in any language, digits and script, with everything a phone can send.

A walk begins as a stranger's, or where an earlier one has been, and ends with a panic word: at once where that was not proved
yet. On the way it proves of each state that the menu can be reached from there, and an end.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from flows import walking
from flows.nodes import KINDS
from flows.prompt import Choice, Named
from flows.state import State, to_json
from locales.phrasebook import Phrasebook
from operating.parts import Hamraz
from tests.phones import LIMITS, Clock, Phone
from tests.whole.script import RECEIPT, Talk, Watch

Place = tuple[str, str, str]  # flow, node, the talk's own question
TALK = "talk"  # in place of a flow, while a person talks with her

WRITTEN = {
    "latin": "0123456789",
    "urdu": "۰۱۲۳۴۵۶۷۸۹",
    "sindhi": "٠١٢٣٤٥٦٧٨٩",
}
GREETINGS = ("hi", "Hello", "سلام", "ڀليڪار", "Salam", "Hola", "salam, mujhe madad chahiye", "a man touched me on the bus today",
             "کل بس میں ایک آدمی نے مجھے چھوا", "hola, un hombre me sigue desde ayer", "?", "0", "(voice)")  # fmt: skip
OWN_WORDS = ("he followed me from the gate", "وہ روز گیٹ پر کھڑا ہوتا ہے", "هو روز مون کي ڏسندو آهي", "wo roz peecha karta hai",
             "me siguió hasta mi casa", "near the market", "kal", "last week", "5 March", "پچھلے ہفتے", "ayer", "ڪالهه")  # fmt: skip
ASKED_FOR = ("saddar", "saddar police", "hospital larkana", "ہسپتال", "لاڙڪاڻي ۾", "nawbasaha", "wakeel", "hyderabad",
             "bus mein tips", "my boss", "ساهيڙي", "(pin)", "(pin at sea)", "(pin in Lahore)")  # fmt: skip
NONSENSE = ("asdkjh", "...", "👍", "😭😭", "77", "-1", "1 2 3 9", "٩٩", "\u202eabc", "\u200b", " ", "", "ok", "hmm", "<b>{n}</b> %s",
            "e\u0301\u0301\u0301\u0301\u0301\u0301", "no no no", "1234 5678 9012 3456 7890", "x" * 700)  # fmt: skip
DANGER = ("he has a knife and is at my door", "وہ مجھے مار دے گا", "quiero matarme")
STEERING = ("menu", "back", "skip", "language", "human", "repeat", "done", "continue", "again", "erase")
# The short way out of whatever is asked, where there is one to choose.
TO_THE_END = ("resume", "number", "close", "finish", "send", "no", "not_now", "continue", "yes", "en")


class Book:
    """What there is to type."""

    def __init__(self, phrasebook: Phrasebook) -> None:
        self.controls = {
            name: sorted({word for words in phrasebook.words(name).values() for word in words}) for name in STEERING
        }
        self.panic = sorted({word for words in phrasebook.words("panic").values() for word in words})
        self._phrasebook = phrasebook

    def labels(self, choice: Choice) -> list[str]:
        if isinstance(choice.label, Named):
            return sorted(set(choice.label.by_language.values()))
        return sorted(self._phrasebook.spoken(choice.label)) or [choice.id]

    def calm(self, language: str) -> str:
        return self._phrasebook.say("say.panic", language)


@dataclass(frozen=True)
class Been:
    """A state that a walk came through, and how."""

    state: State
    turn: Any
    said: tuple[str, ...]
    at: datetime


@dataclass
class Proved:
    """What a run of walks has met and proved."""

    met: Counter[Place] = field(default_factory=Counter)
    cleared: set[Place] = field(default_factory=set)
    to_menu: set[Place] = field(default_factory=set)
    to_end: set[Place] = field(default_factory=set)
    panics: Counter[str] = field(default_factory=Counter)
    chosen: Counter[tuple[Place, str]] = field(default_factory=Counter)
    receipts: Counter[str] = field(default_factory=Counter)  # how often each was sent again
    been: dict[Place, Been] = field(default_factory=dict)
    begun: Counter[Place] = field(default_factory=Counter)
    messages: int = 0


class Walker:
    """One person, one walk."""

    def __init__(
        self, hamraz: Hamraz, language: str, number: int, clock: Clock, watch: Watch, book: Book, proved: Proved
    ) -> None:
        self.dice = Random(f"{language} {number}")
        self._language = language
        channel = self.dice.choice(["sms", "sms", "whatsapp", "telegram"])
        phone = Phone(
            hamraz, channel, f"+9230{number:08}", clock, buttons=channel == "telegram" or self.dice.random() < 0.2
        )
        self.talk = Talk(phone, clock, watch)
        self._patience = self.dice.choice([0.95, 0.6])  # some answer; others do everything but answer
        self._hamraz, self._watch, self._book, self._proved = hamraz, watch, book, proved

    # --- the walk -------------------------------------------------------------------------------

    def walk(self, rows: Rows) -> None:
        if not self._go_on():
            self._send(self._receipt() if self.dice.random() < 0.5 else f"> {self.dice.choice(GREETINGS)}")
        self._wander(rows)

    def walk_towards(self, near: list[Place], rows: Rows) -> None:
        """Go on from the nearest place before a node that nobody passed. near: places of its flow, the nearest first."""
        places = [place for place in near if place in self._proved.been]
        if not places:  # nobody came near it yet
            return self.walk(rows)
        place = min(places, key=lambda one: self._proved.begun[one] + 5 * places.index(one))
        self._proved.begun[place] += 1
        self._stand(self._proved.been[place])
        self._patience = 1
        self.talk.clock.forward(hours=self.dice.choice([0, 12]))  # when somebody reads, and when nobody does
        self._send(self._right())
        self._wander(rows)

    def prove(self, place: Place, rows: Rows) -> None:
        """Prove all that is to be proved of a place that walks only came through."""
        self._send("> hi")  # a session of her own, in which she finds herself there
        self._stand(self._proved.been[place])
        assert self._place() == place
        if place not in self._proved.to_menu:
            self._reach_the_menu(place)
        elif place not in self._proved.to_end:
            self._reach_an_end()
        self._panic(rows)

    def _wander(self, rows: Rows) -> None:
        for _ in range(30):
            place = self._place()
            if place not in self._proved.cleared:
                break
            if place not in self._proved.to_menu:
                self._reach_the_menu(place)
            elif place not in self._proved.to_end:
                self._reach_an_end()
                break
            elif self._patience < 1 and self.dice.random() < 0.2:
                break
            else:
                self._send(self._anything())
        self._panic(rows)

    def _go_on(self) -> bool:
        """Go on from where an earlier walk has been: the place that fewest began at. Sends one message."""
        if not self._proved.been or self.dice.random() < 0.2:
            return False
        place = min(self._proved.been, key=lambda one: (self._proved.begun[one], self.dice.random()))
        self._proved.begun[place] += 1
        self._stand(self._proved.been[place])
        self._send(self._right())
        return True

    def _stand(self, been: Been) -> None:
        self.talk.clock.now, self.talk.said[:] = been.at, been.said
        self._watch.turn = been.turn
        self._watch.instead = been.state

    def _panic(self, rows: Rows) -> None:
        if self._watch.state is None or self.talk.said[-1].startswith("*"):  # she may be a stranger again
            self._send("> hi")
        place, language = self._place(), self._watch.state.language if self._watch.state else ""
        drafts = rows.drafts()
        word = min(self._book.panic, key=lambda one: (self._proved.panics[one], self.dice.random()))
        typed = self.dice.choice([word, word.lower(), f" {word}.", " ".join(word)])
        replies = self._send(f"> {typed}")
        assert [reply.text for reply in replies] == [self._book.calm(language)], (
            "panic is answered by the calm line alone"
        )
        assert rows.left(drafts) == [], "panic leaves something"
        self._proved.panics[word] += 1
        self._proved.cleared.add(place)

    def _reach_the_menu(self, place: Place) -> None:
        for _ in range(3):  # "clear it all?" is answered by the first: no. A talk with a person is ended first.
            aside = self._place()[0] == TALK and self._place()[2]
            self._send(self._way_out() if aside else f"> {self.dice.choice(['/0', '#menu', '/menu'])}")
            if self._place()[:2] == ("menu", "choose"):
                break
        assert self._place()[:2] == ("menu", "choose"), f"no way to the menu from {place}"
        self._proved.to_menu.add(place)

    def _reach_an_end(self) -> None:
        on_the_way = []
        for _ in range(40):
            on_the_way.append(self._place())
            if not on_the_way[-1][0]:
                break
            self._send(self._way_out())
        else:
            raise AssertionError(f"no way to an end from {on_the_way[0]}")
        self._proved.to_end.update(on_the_way)

    # --- what is sent ---------------------------------------------------------------------------

    def _way_out(self) -> str:
        kind, choices = self._asked()
        if self._place()[0] == TALK:
            return {"": "> 0", "helped": "> [no]"}.get(self._place()[2], "> [yes]")
        if kind == "text" and not choices:
            return f"> {self.dice.choice(self._book.controls['done'])}"
        if kind in ("date", "media", "place", "multi") or (
            kind in ("choice", "find") and self._skippable() and not self._watch.state.pending
        ):
            return f"> {self.dice.choice(self._book.controls['skip'])}"
        ids = [choice.id for choice in choices]
        return f"> [{next((one for one in TO_THE_END if one in ids), ids[0])}]"

    def _anything(self) -> str:
        if self._place()[0] == "followup" and self.dice.random() < 0.1:
            return self.dice.choice(["* 20 minutes later", "* erased elsewhere"])  # the number opens it no longer
        if self.dice.random() < self._patience:
            return self._right()
        if self._watch.state and self._watch.state.misreads and self.dice.random() < 0.5:
            return f"> {self.dice.choice(NONSENSE[:5])}"  # whoever is not understood tries the same again
        dice = self.dice.uniform(0.72, 1)
        if dice < 0.80:
            control = self.dice.choice(STEERING)
            return f"> {self.dice.choice(['', '', '/', '#'])}{self.dice.choice(self._book.controls[control])}"
        if dice < 0.85:
            return f"> {self.dice.choice(OWN_WORDS)}"
        if dice < 0.90:
            return f"> {self.dice.choice(NONSENSE)}"
        if dice < 0.92:
            return f"> {self.dice.choice(['(voice)', '(photo)', '(pin)'])}"
        if dice < 0.94:
            return f"> [{self.dice.randint(0, 9)}:{self.dice.choice(['yes', 'report', '/skip', '/done', '/more', 'street'])}]"
        if dice < 0.96:
            return f"* {self.dice.choice(['20 minutes', '2 hours', '2 hours', '3 days'])} later"
        if dice < 0.97:
            return f"> {self.dice.choice(['(STOP)', '(HELP)', '(START)', '(edited) it was Tuesday'])}"
        if dice < 0.98:
            return f"> {self.dice.choice(DANGER)}"
        return self._receipt()

    def _receipt(self) -> str:
        if not self._proved.receipts:
            return "> 4821 0937 5566 1204 8830"
        least = min(self._proved.receipts, key=lambda one: (self._proved.receipts[one], self.dice.random()))
        self._proved.receipts[least] += 1
        return f"> {least}"

    def _right(self) -> str:
        """An answer to what is asked, in whatever way it may be given."""
        kind, choices = self._asked()
        if not kind:
            return f"> {self.dice.choice(GREETINGS)}" if self.dice.random() < 0.6 else self._receipt()
        if kind == "find" and self.dice.random() < (0.1 if self._place()[0] == "menu" else 0.4):
            return f"> {self.dice.choice(ASKED_FOR)}"
        if choices and (kind != "review" or self.dice.random() < 0.7):
            return f"> {self._expressed(self._choice(choices), choices)}"
        match kind:
            case "text" | "choice" | "multi":
                done = self.dice.choice(self._book.controls["done"])
                return f"> {self.dice.choice([*OWN_WORDS[:5], done, done, done, '(voice)'])}"
            case "date":
                return f"> {self.dice.choice(OWN_WORDS[6:])}"
            case "place":
                return f"> {self.dice.choice(['(pin)', 'near the market', 'لاڙڪاڻو', 'Latifabad'])}"
            case "media":
                return f"> {self.dice.choice(['(photo)', '(voice)', 'DONE'])}"
        return f"> {self.dice.randint(1, 9)}"

    def _choice(self, choices: tuple[Choice, ...]) -> Choice:
        place = self._place()
        ids = [choice.id for choice in choices]
        if place[1] == "safe" and "yes" in ids and self.dice.random() < 0.9:
            chosen = "yes"
        elif self._language in ids and self.dice.random() < 0.95:
            chosen = self._language
        elif self.dice.random() < 0.75:  # what was chosen least
            chosen = min(ids, key=lambda one: (self._proved.chosen[place, one], self.dice.random()))
        else:
            chosen = self.dice.choice(ids)
        self._proved.chosen[place, chosen] += 1
        return choices[ids.index(chosen)]

    def _expressed(self, choice: Choice, choices: tuple[Choice, ...]) -> str:
        place = choices.index(choice) + 1
        ways = [f"[{choice.id}]", self.dice.choice(self._book.labels(choice))]
        if place <= 8:
            number = str(place).translate(
                dict(zip(map(ord, WRITTEN["latin"]), self.dice.choice(list(WRITTEN.values())), strict=True))
            )
            ways += [number, number, f"{number}.", f" {number} ", f"({number})"]
        return self.dice.choice(ways)

    # --- what is there --------------------------------------------------------------------------

    def _send(self, line: str) -> tuple[object, ...]:
        language = self._watch.state.language if self._watch.state else ""
        before = self._place() if self._watch.turn else ("", "", "")
        replies = self.talk.do(line)
        if line.startswith("*"):
            return ()
        self._proved.messages += 1
        place = self._place()
        self._proved.met[place] += 1
        state, turn = self._watch.state, self._watch.turn
        if turn is None:  # taken by nobody: the very same message twice
            raise AssertionError("a new message was taken for one seen before")
        if state is not None:
            assert self._watch.language == state.language, "answered in another language than the one chosen"
            begun = any(prompt.phrase == "welcome.first" for prompt in turn.prompts)
            # After three days she is a stranger again, and HELP begins no talk.
            changes = begun or "language" in before[1:] or not language or line == "> (HELP)"
            assert state.language == language or changes, "the language changed by itself"
            if place[0] and "sha256" not in str(to_json(state)):  # a file lies in her own draft
                been = Been(state, turn, tuple(self.talk.said), self.talk.clock.now)
                if place not in self._proved.been or self.dice.random() < 0.2:
                    self._proved.been[place] = been
        with_a_person = TALK in (before[0], place[0])
        silent = line == "> (STOP)" or self._asked()[0] == "text" or with_a_person
        assert replies or silent, "no answer"
        for reply in replies:
            assert reply.text.strip(), "an empty answer"
            assert LIMITS[self.talk.phone.channel].fits(reply.text, buttons=bool(reply.buttons)), (
                "too long for the channel"
            )
            assert in_script_of(self._watch.language, reply.text), f"not in {self._watch.language}"
            if found := RECEIPT.search(reply.text):
                self._proved.receipts[found[0]] += 0
        return replies

    def _place(self) -> Place:
        state = self._watch.state
        if state is None or not (state.frames or state.talk):
            return ("", "", "")
        if not state.frames:
            return (TALK, "", state.pending)
        return (state.top.flow, state.top.node, state.pending)

    def _skippable(self) -> bool:
        return walking.node_of(self._watch.state, self._hamraz.conversation._parts.editions.latest).skippable

    def _asked(self) -> tuple[str, tuple[Choice, ...]]:
        """The kind of the question that stands ("" for none), and what may be chosen."""
        state, turn = self._watch.state, self._watch.turn
        if state is None or not (state.frames or state.pending):
            return "", ()
        choices = next((prompt.choices for prompt in reversed(turn.prompts) if prompt.choices), ())
        if state.pending:
            return "choice", choices
        node = walking.node_of(state, self._hamraz.conversation._parts.editions.latest)
        return node.kind, choices if KINDS[node.kind].waits else ()


@dataclass
class Rows:
    """What lies in the databases of a reporter who is alone in them."""

    main: sqlite3.Connection
    keys: sqlite3.Connection

    def drafts(self) -> list[bytes]:
        """The ids of what lies of hers: her draft, and a pocket where she keeps something for later."""
        rows = self.main.execute("SELECT draft_id FROM sessions").fetchall()
        assert len(rows) in (1, 2), "one person, one session and at most one pocket"
        return [bytes(row[0]) for row in rows]

    def left(self, drafts: list[bytes]) -> list[str]:
        """What is still there of hers, or waits to be sent to her."""
        keys = "SELECT count(*) FROM shred_keys WHERE id = ?"
        counts = {
            "a session": self.main.execute("SELECT count(*) FROM sessions").fetchone()[0],
            "a file": self.main.execute("SELECT count(*) FROM draft_media").fetchone()[0],
            "an answer": self.main.execute("SELECT count(*) FROM inbox WHERE answer IS NOT NULL").fetchone()[0],
            "a key": sum(self.keys.execute(keys, (draft,)).fetchone()[0] for draft in drafts),
        }
        return [what for what, count in counts.items() if count]


def in_script_of(language: str, text: str) -> bool:
    """Whether a reply is written as its language is. Language names and her own words may stand in any script."""
    arabic = sum("\u0600" <= letter <= "\u06ff" for letter in text)
    latin = sum("a" <= letter.casefold() <= "z" for letter in text)
    return arabic > latin * 0.5 if language in ("ur", "sd") else latin > arabic * 0.5
