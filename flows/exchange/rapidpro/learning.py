"""What each result and contact field of a flow is here: what a question learnt, a word that is set, or nothing.

Hamraz keeps no contacts: a field is a slot of the talk, and gone with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flows.exchange.bundle import Note
from flows.exchange.rapidpro import cases
from flows.exchange.rapidpro.shape import Action, Category, Foreign, Point, Router
from flows.exchange.rapidpro.texts import named, said, shown, words_of

_KEPT_NAMES = frozenset({
    "channel", "language", "staffed", "filled", "has", "and", "or", "not", "done",
})  # fmt: skip  # what guards read as something else; the end
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_RESULT = re.compile(r"@\(?\s*results\.(\w+)(?:\.(category(?:_localized)?|value|input|values\[0\]))?\s*\)?")
_FIELD = re.compile(r"@\(?\s*(?:contact\.)?fields\.(\w+)\s*\)?")
_REPLY = re.compile(r"@\(?\s*input(?:\.text)?\s*\)?")
_LISTENS = re.compile(r"@\(?\s*input(?:\.text)?\s*\)?|")  # what every wait of theirs looks at; "" where it is not said
_LANGUAGE = re.compile(r"@\(?\s*contact\.language\s*\)?")
_MEDIA = frozenset({"image", "audio", "video"})


@dataclass(frozen=True, slots=True)
class Question:
    """A wait for a reply, as a question of ours."""

    kind: str
    options: Mapping[str, Category] = field(default_factory=dict)  # id → what it counts as, in the order shown
    also: str = ""  # own words are taken, too: "text", "date"
    taking: str = ""  # the category that own words count as


@dataclass(slots=True)
class Slot:
    """What is known under a name."""

    name: str
    points: list[Point] = field(default_factory=list)  # where it is asked
    values: dict[str, tuple[str, str]] = field(default_factory=dict)  # id → the word that is set, and its category


class Learned:
    """All of one flow."""

    def __init__(self, flow: Foreign) -> None:
        self.notes: list[Note] = []
        self.questions: dict[str, Question] = {}
        self._slots: dict[str, Slot] = {}  # "results.color", "fields.age"
        self._of_point: dict[str, Slot] = {}
        self._taken = set(_KEPT_NAMES)
        for point in flow.points.values():
            if point.router is not None and point.router.waits:
                self._asked(point, point.router)
        for point in flow.points.values():
            for action in point.actions:
                if action.type in ("set_run_result", "set_contact_field"):
                    self._set(action, self._asked_before(flow, point))

    def slot_of(self, point: Point) -> Slot:
        """Of a point that waits."""
        return self._of_point[point.uuid]

    def behind(self, operand: str) -> tuple[Slot | None, bool]:
        """What an operand looks at, and whether at its category."""
        if found := _RESULT.fullmatch(operand):
            return self._slots.get(f"results.{_snake(found[1])}"), (found[2] or "").startswith("category")
        if found := _FIELD.fullmatch(operand):
            return self._slots.get(f"fields.{_snake(found[1])}"), False
        return None, False

    def word(self, action: Action) -> tuple[str, str] | None:
        """The slot and the word that an action sets; None where it only hands on an answer, or has no equal."""
        slot = self._slots.get(_key(action))
        literal, category = action.text("value"), action.text("category")
        if slot is None or "@" in literal:
            return None
        return next(((slot.name, one) for one, held in slot.values.items() if held == (literal, category)), None)

    def _asked(self, point: Point, router: Router) -> None:
        key = f"results.{_snake(router.result)}"
        slot = self._slots.get(key) if router.result else None
        if slot is None:
            slot = Slot(self._name(router.result))
            if router.result:
                self._slots[key] = slot
        slot.points.append(point)
        self._of_point[point.uuid] = slot
        question, notes = question_of(router)
        self.questions[point.uuid] = question
        self.notes += notes

    def _set(self, action: Action, before: Slot | None) -> None:
        key, literal = _key(action), action.text("value")
        handed, _ = self.behind(literal)
        if handed is None and _REPLY.fullmatch(literal):
            handed = before
        if handed is not None:
            if self._slots.setdefault(key, handed) is not handed:
                self.notes.append(Note("two_sources", action.path, {"said": key.partition(".")[2]}))
            return
        if said(literal)[1]:
            self.notes.append(Note("no_value", action.path, {"said": shown(literal)}))
            return
        if not literal:  # clearing it: a talk begins with nothing anyway
            self.notes.append(Note("not_cleared", action.path, {"said": key.partition(".")[2]}))
            return
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = Slot(self._name(key.partition(".")[2]))
        held = (literal, action.text("category"))
        if held not in slot.values.values():
            slot.values[named(literal, "word", slot.values)] = held

    def _asked_before(self, flow: Foreign, point: Point) -> Slot | None:
        """What was asked just before a point, where one question alone leads to it."""
        asked = [one for one in flow.points.values() if one.uuid in self._of_point and point.uuid in one.exits.values()]
        return self._of_point[asked[0].uuid] if len(asked) == 1 else None

    def _name(self, wanted: str) -> str:
        name = named(wanted, "answer", self._taken)
        self._taken.add(name)
        return name


def question_of(router: Router) -> tuple[Question, list[Note]]:
    """What sort of question a wait is here, and what it loses."""
    if router.hint in _MEDIA:
        return Question("media"), []
    if router.hint == "location":
        return Question("place"), []
    types = {case.type for case in router.cases}
    notes = list(_lost(router))
    chosen = _chosen(router)
    if chosen:
        also, taking = _beside(router)
        return Question("choice", _options(router, chosen), also, taking), notes
    if types & cases.DATES:
        return Question("date"), notes
    return Question("place" if types & cases.PLACES else "text"), notes


def _chosen(router: Router) -> list[Category]:
    """The categories that are answers to choose from; none where anything may be written."""
    by_words = {case.category for case in router.cases if case.type in cases.WORDS and case.type != cases.PATTERN}
    by_number = {case.category for case in router.cases if case.type in cases.LIMITS}
    fixed = by_words | (by_number if by_words or len(by_number) > 1 else set())
    return [
        one for uuid, one in router.categories.items() if uuid in fixed and uuid not in (router.default, router.timeout)
    ]


def _beside(router: Router) -> tuple[str, str]:
    """What may be written where there is something to choose, and what it counts as."""
    for case in router.cases:
        if case.type in cases.ANYTHING | {cases.NUMBER, cases.PATTERN}:
            return "text", case.category
        if case.type in cases.DATES:
            return "date", case.category
    return "", ""


def _options(router: Router, chosen: list[Category]) -> dict[str, Category]:
    """The answers by id: as they stand there; by their numbers where each has one, so that a number goes on meaning the same."""
    numbers = [
        next((cases.number_of(case) for case in router.cases if case.category == one.uuid), None) for one in chosen
    ]
    by_number = dict(zip(numbers, chosen, strict=True))
    counted = range(1, len(chosen) + 1)
    if by_number.keys() == set(counted):
        chosen = [by_number[number] for number in counted]
    options: dict[str, Category] = {}
    for one in chosen:
        options[named(words_of(one.name, 4), "option", {*options, "other", "skip", "resume"})] = one
    return options


def _lost(router: Router) -> Iterator[Note]:
    chosen = {one.uuid: one for one in _chosen(router)}
    if not _LISTENS.fullmatch(router.operand):
        yield Note("looks_elsewhere", router.path, {"said": shown(router.operand)})
    for case in router.cases:
        name = router.categories[case.category].name
        asked = " ".join(case.arguments)
        if case.type == cases.PATTERN:
            yield Note("pattern", case.path, {"said": shown(asked), "answer": name})
        elif case.type in cases.LIMITS:
            if case.category not in chosen:
                yield Note("number_unchecked", case.path, {"answer": name})
            elif cases.number_of(case) is None:
                yield Note("number_chosen", case.path, {"answer": name})
        elif case.type in cases.UNCHECKED:
            yield Note("unchecked", case.path, {"said": case.type})
        elif case.type in cases.DATES - {cases.DATE}:
            yield Note("date_unchecked", case.path, {"answer": name})
        elif case.type in cases.WORDS:
            others = [one for one in cases.words(case) if one.casefold() != name.casefold() and not one.isdigit()]
            if others:
                yield Note("other_words", case.path, {"said": shown(", ".join(others)), "answer": name})
        elif case.type not in cases.ANYTHING | cases.DATES | cases.PLACES:
            yield Note("no_test", case.path, {"said": case.type, "answer": name})


def of_language(operand: str) -> bool:
    """Whether a split asks for the language of who writes."""
    return bool(_LANGUAGE.fullmatch(operand))


def of_channel(operand: str) -> bool:
    """Whether it asks by which channel."""
    return "urn_parts(" in operand and operand.endswith(".scheme)")


def of_child(operand: str) -> bool:
    """Whether it asks how a called flow ended."""
    return operand in ("@child.status", "@child.run.status", "@(child.status)", "@(child.run.status)")


def _key(action: Action) -> str:
    if action.type == "set_run_result":
        return f"results.{_snake(action.text('name'))}"
    return f"fields.{_snake(action.reference('field')[0])}"


def _snake(name: str) -> str:
    """As they name a result: "Favorite Color" is favorite_color."""
    return _NOT_A_WORD.sub("_", name.lower()).strip("_")
