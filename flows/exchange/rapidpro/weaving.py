"""Nodes of theirs as steps of ours, one after the other, from where a flow begins.

A message just before a wait is our question. The same wait behind another message is another question with the same slot: with
us a question says its words whenever it is come to. A loop that only says "try again" is left out: so does every question of ours.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from typing import Any

from flows.definition import from_data
from flows.editing.values import Data, of_flow
from flows.errors import BrokenFlow
from flows.exchange.bundle import Bundle, Note, NotTaken
from flows.exchange.rapidpro import cases
from flows.exchange.rapidpro.learning import Learned, Question, of_child
from flows.exchange.rapidpro.sayings import Sayings
from flows.exchange.rapidpro.shape import Action, Foreign, Point, Router, flows_of, replies
from flows.exchange.rapidpro.splitting import Splits
from flows.exchange.rapidpro.texts import named, said, shown, words_of

_READ = frozenset({"messaging", "messaging_background", ""})
END = "done"
_NUMBER = re.compile(r"(\d+)")

Step = dict[str, Any]


def bundles(data: Mapping[str, Any]) -> tuple[tuple[Bundle, ...], tuple[Note, ...]]:
    """Every flow of an export, and what of it has no equal here. Raises NotTaken."""
    notes = [Note("left_behind", key, {"said": key}) for key in ("campaigns", "triggers") if data.get(key)]
    read: list[Foreign] = []
    for flow in flows_of(data):
        if flow.type in _READ:
            read.append(flow)
        else:
            notes.append(Note("other_type", flow.path, {"said": shown(flow.name), "type": flow.type}))
    names: dict[str, str] = {}
    for flow in read:
        names[flow.uuid] = named(flow.name, "flow", set(names.values()))
    woven = [_Weaver(flow, names) for flow in read]
    if not woven:
        raise NotTaken("no_flow")
    found = tuple(one.bundle() for one in woven)
    return found, (*notes, *(note for one in woven for note in one.notes))


class _Weaver:
    """One flow."""

    def __init__(self, flow: Foreign, names: Mapping[str, str]) -> None:
        self._flow, self._names = flow, names
        self.name = names[flow.uuid]
        self._learned = Learned(flow)
        self.notes = list(self._learned.notes)
        self._splits, self._sayings = Splits(self._learned), Sayings(flow)
        self._steps: list[Step] = []
        self._taken = {END}
        self._called: dict[tuple[str, str], str] = {}  # a point, and what is said before it → its step
        self._waiting: deque[tuple[str, Point, Action | None]] = deque()
        self._labels: dict[str, str] = {}  # of a point that waits
        self._pieces: dict[str, list[tuple[Action, Step]]] = {}

    def bundle(self) -> Bundle:
        """The flow, and its words. Raises NotTaken."""
        begins = self._come(next(iter(self._flow.points)), None)
        while self._waiting:
            self._steps += self._made(*self._waiting.popleft())
        self._steps.append({"name": END, "kind": "end"})
        self._tell_the_whole()
        self.notes = sorted(
            [*self.notes, *self._splits.notes, *self._sayings.notes], key=lambda note: _place(note.where)
        )
        data: Data = {"name": self.name, "begins": begins, "node": self._steps}
        try:
            data = of_flow(from_data(data, self.name))
        except BrokenFlow as broken:
            said = f"{broken.trouble}; {broken.mend}"
            raise NotTaken("broken", self._flow.path, said=said, node=broken.node) from None
        return Bundle(data, self._sayings.words, own=False)

    def _tell_the_whole(self) -> None:
        unreached = len(self._flow.points) - len(self._seen())
        if unreached:
            self._note("unreached", self._flow.path, count=str(unreached))
        if self._learned.questions:
            self._note("nothing_kept", self._flow.path, flow=self.name)
        if self._learned.questions and self._flow.expires:
            self._note("expires", self._flow.path, flow=self.name, count=str(self._flow.expires))

    def _seen(self) -> set[str]:
        seen: set[str] = set()
        waiting = [next(iter(self._flow.points))]
        while waiting:
            uuid = waiting.pop()
            if uuid not in seen:
                seen.add(uuid)
                waiting += [target for target in self._flow.points[uuid].exits.values() if target]
        return seen

    # --- where a way leads ------------------------------------------------------------------------

    def _come(self, uuid: str, ask: Action | None) -> str:
        """The step that stands for coming to a node. ask: the message before it, where it waits."""
        passed: set[str] = set()
        while uuid:
            point = self._flow.points[uuid]
            pieces = self._done(point)
            if (
                point.router is None
                and len(pieces) == 1
                and pieces[0][1]["kind"] == "say"
                and self._only_waits(point.onward)
            ):
                uuid, ask = point.onward, pieces[0][0]
                continue
            if not pieces and not self._stops(point):
                if uuid in passed:
                    raise NotTaken("circle", point.path, flow=self.name, node=point.path)
                passed.add(uuid)
                uuid = self._onward(point)
                continue
            return self._step_at(point, ask)
        return END

    def _step_at(self, point: Point, ask: Action | None) -> str:
        before = ask if self._only_waits(point.uuid) else None
        key = (point.uuid, before.path if before is not None else "")
        if key not in self._called:
            name = named(self._wanted(point), "step", self._taken)
            self._taken.add(name)
            self._called[key] = name
            self._waiting.append((name, point, before))
        return self._called[key]

    def _wanted(self, point: Point) -> str:
        """What its first step would best be called."""
        pieces = self._said(point)
        if pieces:
            action, step = pieces[0]
            return _called(action, step)
        if point.router is not None and point.router.waits:
            return self._learned.slot_of(point).name
        return self._splits.of(point, point.router).name if point.router is not None else "step"

    def _only_waits(self, uuid: str) -> bool:
        """Whether a node says nothing of its own and waits for a reply."""
        point = self._flow.points.get(uuid)
        return point is not None and point.router is not None and point.router.waits and not self._done(point)

    def _stops(self, point: Point) -> bool:
        """Whether its router is a step here."""
        return point.router is not None and (point.router.waits or bool(self._splits.of(point, point.router).rules))

    def _onward(self, point: Point) -> str:
        """Where a node leads whose router is no step here."""
        if point.router is None:
            return point.onward
        if any(step["kind"] == "call" for _, step in self._done(point)) and of_child(point.router.operand):
            return self._ended(point)
        return self._splits.of(point, point.router).otherwise

    def _ended(self, point: Point) -> str:
        """Where it goes on once the called flow is over; a talk of ours does not expire in the middle of one."""
        router = point.router
        assert router is not None
        over = next((case.category for case in router.cases if case.arguments[:1] == ("completed",)), router.default)
        for case in router.cases:
            if case.category != over:
                self._note("never_expires", case.path)
        return point.goes(over)

    # --- what a node does -------------------------------------------------------------------------

    def _done(self, point: Point) -> list[tuple[Action, Step]]:
        """The steps that its actions are, without names; the message that is its own question among them."""
        if point.uuid not in self._pieces:
            self._pieces[point.uuid] = [
                (one, step) for one in point.actions if (step := self._of_action(one)) is not None
            ]
        return self._pieces[point.uuid]

    def _said(self, point: Point) -> list[tuple[Action, Step]]:
        """The same without the message that is a question."""
        pieces = self._done(point)
        asks = self._stops(point) and point.router is not None and point.router.waits
        asks = asks or (point.router is None and self._only_waits(point.onward))
        return pieces[:-1] if asks and pieces and pieces[-1][1]["kind"] == "say" else pieces

    def _of_action(self, action: Action) -> Step | None:
        match action.type:
            case "send_msg":
                return self._message(action)
            case "enter_flow":
                uuid, name = action.reference("flow")
                called = self._names.get(uuid, "")
                if not called:
                    called = named(name, "flow", ())
                    self._note("not_in_file", action.path, said=shown(name), flow=called)
                return {"kind": "call", "flow": called}
            case "open_ticket":
                self._note("ticket", action.path)
                return {"kind": "handoff"}
            case "set_run_result" | "set_contact_field":
                word = self._learned.word(action)
                return {"kind": "set", "slot": word[0], "value": word[1]} if word is not None else None
        self._note("no_action", action.path, said=action.type)
        return None

    def _message(self, action: Action) -> Step | None:
        for key in ("attachments", "templating", "template"):
            if action.raw.get(key):
                self._note("no_part", action.path, said=key)
        text, lost = said(action.text("text"))
        for expression in dict.fromkeys(lost):
            self._note("expression", action.path, said=shown(expression))
        if any(brace in text for brace in "{}"):
            self._note("braces", action.path)
        return {"kind": "say"} if text.strip(" …") else None

    def _made(self, name: str, point: Point, ask: Action | None) -> Iterator[Step]:
        """Its steps, the first under the name that others lead to."""
        pieces, done, router = self._said(point), self._done(point), point.router
        own = done[-1][0] if len(pieces) < len(done) else None
        for number, (action, step) in enumerate(pieces):
            last = number == len(pieces) - 1
            after = "" if last else self._fresh(_called(*pieces[number + 1]))
            if last and router is not None and self._stops(point):
                wanted = self._learned.slot_of(point).name if router.waits else self._splits.of(point, router).name
                after = self._fresh(wanted)
            elif last and action.type == "enter_flow" and action.raw.get("terminal"):
                after = END
            elif last:
                after = self._come(self._onward(point), own)
            yield self._finished(name, action, step, after)
            name = after
        if router is not None and self._stops(point):
            yield self._question(name, point, ask or own) if router.waits else self._branching(name, point, router)

    def _finished(self, name: str, action: Action, step: Step, after: str) -> Step:
        step = {"name": name, **step, "then": after}
        if step["kind"] == "say":
            step["say"] = f"{self.name}.{name}.say"
            self._sayings.say(step["say"], action.uuid, "text", action.text("text"), action.path)
            self._lose_replies(action, set())
        if step["kind"] == "handoff":
            step["then"] = {"off_hours": after, "*": after}
        return step

    def _fresh(self, wanted: str) -> str:
        name = named(wanted, "step", self._taken)
        self._taken.add(name)
        return name

    # --- questions --------------------------------------------------------------------------------

    def _question(self, name: str, point: Point, ask: Action | None) -> Step:
        question, slot = self._learned.questions[point.uuid], self._learned.slot_of(point)
        step: Step = {"name": name, "kind": question.kind, "ask": f"{self.name}.{name}.ask"}
        if slot.name != name:
            step["slot"] = slot.name
        if ask is None:
            self._note("asks_nothing", point.path, node=name)
        else:
            self._sayings.say(step["ask"], ask.uuid, "text", ask.text("text"), ask.path)
            self._lose_replies(ask, {number for number, _ in self._buttons(question, point, ask)})
        if question.kind == "text":
            step["one"] = True
        if question.options:
            labels = self._labels.setdefault(point.uuid, f"{self.name}.{name}")
            step["choose"] = list(self._in_order(question, point, ask))
            if labels != f"{self.name}.{name}":
                step["labels"] = labels
            else:
                self._label(labels, question, point, ask)
        return {**step, **self._ways(question, point, name)}

    def _lose_replies(self, action: Action, used: set[int]) -> None:
        """Tell of the quick replies that are no answers here."""
        lost = [text for number, text in enumerate(replies(action)) if number not in used]
        if lost:
            self._note("no_reply", action.path, said=shown(", ".join(lost)))

    def _ways(self, question: Question, point: Point, name: str) -> Step:
        router = point.router
        assert router is not None
        ways = {one: point.goes(category.uuid) for one, category in question.options.items()}
        other, found = router.default, {}
        again = bool(other) and self._asks_again(point, point.goes(other))
        also, taking = question.also, question.taking
        if question.options and not also and other and not again:
            also, taking = "text", other
        if also:
            found["also"] = also
            ways["other"] = point.goes(taking)
        if not question.options:
            first = next((case.category for case in router.cases), other)
            ways["*"] = point.goes(first)
            again = again and first != other
        left_out = self._left_out(point, ways, name, again=again)
        if question.options and again:
            self._note("tries_again", router.path, node=name)
        if question.options or left_out != ways["*"]:
            ways["skip" if "*" in ways else "*"] = left_out
        then = {answer: self._come(uuid, None) for answer, uuid in ways.items()}
        return {**found, "then": next(iter(then.values())) if len(set(then.values())) == 1 else then}

    def _left_out(self, point: Point, ways: Mapping[str, str], name: str, *, again: bool) -> str:
        """Where it goes on when nothing is answered: every question here may be left out, and none waits with a clock."""
        router = point.router
        assert router is not None
        if router.timeout:
            self._note("timeout", router.path)
            return point.goes(router.timeout)
        if router.default and not again:
            return point.goes(router.default)
        self._note("left_out", router.path, node=name)
        return Counter(ways.values()).most_common(1)[0][0]

    def _asks_again(self, point: Point, target: str) -> bool:
        """Whether a way only says something and comes back."""
        if target == point.uuid:
            return True
        other = self._flow.points.get(target)
        if other is None or other.router is not None:
            return False
        return other.onward == point.uuid and all(step["kind"] == "say" for _, step in self._done(other))

    def _in_order(self, question: Question, point: Point, ask: Action | None) -> list[str]:
        """Its answers, in the order of the buttons where there are some."""
        buttons = [one for _, one in self._buttons(question, point, ask)]
        return list(dict.fromkeys([*buttons, *question.options]))

    def _buttons(self, question: Question, point: Point, ask: Action | None) -> Iterator[tuple[int, str]]:
        """Quick replies, by their number, and the answer that each is."""
        router = point.router
        assert router is not None
        for number, text in enumerate(replies(ask) if ask is not None else ()):
            hit = next((case.category for case in router.cases if cases.fits(case, text)), "")
            found = next((one for one, category in question.options.items() if category.uuid == hit), "")
            if found:
                yield number, found

    def _label(self, labels: str, question: Question, point: Point, ask: Action | None) -> None:
        buttons: dict[str, int] = {}
        for number, option in self._buttons(question, point, ask):
            buttons.setdefault(option, number)
        for option, category in question.options.items():
            key = f"{labels}.{option}"
            path = point.router.path if point.router is not None else point.path
            if option in buttons and ask is not None:
                number = buttons[option]
                self._sayings.say(key, ask.uuid, "quick_replies", replies(ask)[number], ask.path, number)
            else:
                self._sayings.say(key, category.uuid, "name", category.name, path)

    def _branching(self, name: str, point: Point, router: Router) -> Step:
        split = self._splits.of(point, router)
        then = [{"if": guard, "go": self._come(target, None)} for guard, target in split.rules]
        return {"name": name, "kind": "say", "then": [*then, {"go": self._come(split.otherwise, None)}]}

    def _note(self, code: str, path: str, **values: str) -> None:
        note = Note(code, path, values)
        if note not in self.notes:
            self.notes.append(note)


def _place(where: str) -> list[str | int]:
    """For sorting paths: [10] comes after [9]."""
    return [int(part) if part.isdigit() else part for part in _NUMBER.split(where)]


def _called(action: Action, step: Step) -> str:
    """What a step would best be called."""
    match step["kind"]:
        case "say":
            return words_of(action.text("text"))
        case "set":
            return f"set_{step['slot']}"
    return str(step.get("flow") or step["kind"])
