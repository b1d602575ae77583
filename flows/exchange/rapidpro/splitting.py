"""Splits: where a flow of theirs goes on by what it knows already, as guards of ours."""

from __future__ import annotations

from dataclasses import dataclass

from flows.exchange.bundle import Note
from flows.exchange.rapidpro import cases
from flows.exchange.rapidpro.learning import Learned, Slot, of_channel, of_child, of_language
from flows.exchange.rapidpro.sayings import LANGUAGES
from flows.exchange.rapidpro.shape import Case, Point, Router
from flows.exchange.rapidpro.texts import shown

_CHANNELS = {"tel": "sms", "whatsapp": "whatsapp", "telegram": "telegram"}
_LONGEST_GUARD = 400  # characters; ours may have 500


@dataclass(frozen=True, slots=True)
class Split:
    """One of them."""

    rules: list[tuple[str, str]]  # a guard, and the node that it leads to; none where nothing of it can be asked here
    otherwise: str  # the node that everything else leads to; "" for the end
    name: str  # what its step would best be called


class Splits:
    """Those of one flow."""

    def __init__(self, learned: Learned) -> None:
        self._learned = learned
        self.notes: list[Note] = []
        self._known: dict[str, Split] = {}

    def of(self, point: Point, router: Router) -> Split:
        """A router that does not wait."""
        if point.uuid not in self._known:
            self._known[point.uuid] = self._read(point, router)
        return self._known[point.uuid]

    def _read(self, point: Point, router: Router) -> Split:
        first = next(iter(router.categories))
        if router.type != "switch":
            answer = router.categories[first].name
            self.notes.append(Note("no_router", router.path, {"said": router.type, "answer": answer}))
            return Split([], point.goes(first), "split")
        if of_child(router.operand):
            return Split([], point.goes(router.default or first), "split")
        slot, by_category = self._learned.behind(router.operand)
        rules: list[tuple[str, str]] = []
        for case in router.cases:
            guard = self._guard(router.operand, slot, case, by_category=by_category)
            if 0 < len(guard) <= _LONGEST_GUARD:
                rules.append((guard, point.goes(case.category)))
            else:
                answer = router.categories[case.category].name
                self.notes.append(Note("no_split", case.path, {"said": shown(router.operand), "answer": answer}))
        wanted = "language" if of_language(router.operand) else "channel" if slot is None else slot.name
        return Split(rules, point.goes(router.default) if router.default else "", f"by_{wanted}")

    def _guard(self, operand: str, slot: Slot | None, case: Case, *, by_category: bool) -> str:
        """A test of a split as a guard; "" where there is none like it."""
        asked = " ".join(case.arguments)
        if of_language(operand):
            return f"language = '{LANGUAGES[asked]}'" if asked in LANGUAGES else ""
        if of_channel(operand):
            return f"channel = '{_CHANNELS[asked]}'" if asked in _CHANNELS else ""
        if slot is None:
            return ""
        if case.type in cases.ANYTHING:
            return f"{slot.name} filled"
        kinds = {self._learned.questions[one.uuid].kind for one in slot.points}
        if (case.type == cases.DATE and kinds == {"date"}) or (case.type in cases.PLACES and kinds == {"place"}):
            return f"{slot.name} filled"
        return " or ".join(f"{slot.name} = '{one}'" for one in self._meant(slot, case, by_category=by_category))

    def _meant(self, slot: Slot, case: Case, *, by_category: bool) -> list[str]:
        """The answers, and words that are set, that a test takes."""
        found: list[str] = []
        for point in slot.points:
            router = point.router
            assert router is not None
            for option, category in self._learned.questions[point.uuid].options.items():
                texts = [category.name]
                if not by_category:
                    texts = [
                        word
                        for one in router.cases
                        if one.category == category.uuid
                        for word in cases.words(one) or one.arguments
                    ]
                if any(cases.fits(case, text) for text in texts):
                    found.append(option)
        for word, (literal, category_name) in slot.values.items():
            if cases.fits(case, category_name if by_category else literal):
                found.append(word)
        return list(dict.fromkeys(found))
