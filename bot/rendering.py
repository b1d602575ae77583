"""Prompts into messages: her language, what fits her channel, buttons where it has them.

A numbered list where there are no buttons: 1 to 8, "9" is more, "0" stays the menu. Which
choice a typed number means depends on the page shown: `page_of` says what was on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.filling import Filler
from bot.limits import Limits
from bot.message import Button, Reply
from bot.splitting import RECEIPT, split
from flows.prompt import Choice, Named, Prompt, Value
from locales.isolates import CLOSE, OPEN, balanced, isolate
from locales.phrasebook import Phrasebook
from locales.segments import plain

MORE = "/more"
SKIP = "/skip"
DONE = "/done"
MORE_NUMBER = 9

_SIDE_BY_SIDE = 16  # longer labels get a row each
_MARK = "\n(99/99)"  # the longest mark of a part
_AROUND_RECEIPT = re.compile(rf"[ \t]*\n?[ \t]*({RECEIPT.pattern})[ \t]*\n?[ \t]*")
_GROUPS = re.compile("[0-9]{4} [0-9]{4}")  # every receipt has some
_DEEPEST = 3  # isolates open at once: a template's, a phrase's within it, a value's within that


@dataclass(frozen=True, slots=True)
class _Message:
    text: str = field(repr=False)
    rows: tuple[tuple[Button, ...], ...] = field(repr=False)
    asks_pin: bool
    secret: bool


def render(
    prompts: Sequence[Prompt],
    language: str,
    limits: Limits,
    phrasebook: Phrasebook,
    desk_values: Mapping[str, Value],
    epoch: int,
    page: int = 0,
) -> tuple[Reply, ...]:
    """Return the messages that say `prompts`, each short enough for the channel.

    epoch  goes into the buttons, so that a tap on an old keyboard is known as old
    page   of a long list of choices, from 0; runs round
    Raises MissingPhrase, MissingValue.
    """
    writer = _Writer(language, limits, phrasebook, desk_values, epoch)
    messages = [writer.compose(prompt, page) for prompt in prompts]
    return tuple(reply for message in writer.join(messages) for reply in writer.replies(message))


def page_of(choices: tuple[Choice, ...], limits: Limits, page: int) -> tuple[Choice, ...]:
    """Return the choices shown on `page`, from 0: number 1 is the first of them."""
    pages = page_count(choices, limits)
    if pages == 1:
        return choices
    start = page % pages * limits.per_page
    return choices[start : start + limits.per_page]


def page_count(choices: tuple[Choice, ...], limits: Limits) -> int:
    """Return how many pages the choices take."""
    return max(1, -(-len(choices) // limits.per_page))


class _Writer:
    """Renders for one reporter, on one channel, at one moment."""

    def __init__(
        self,
        language: str,
        limits: Limits,
        phrasebook: Phrasebook,
        desk_values: Mapping[str, Value],
        epoch: int,
    ) -> None:
        self._language = phrasebook.language(language)
        self._limits = limits
        self._phrasebook = phrasebook
        self._filler = Filler(phrasebook, language, limits.channel, desk_values)
        self._epoch = epoch

    def compose(self, prompt: Prompt, page: int) -> _Message:
        shown = page_of(prompt.choices, self._limits, page)
        labels = [self._label(choice) for choice in shown]
        lines = [self._filler.say(prompt.phrase, prompt.values)]
        rows = self._rows(prompt, shown, labels)
        if not rows:
            lines += [f"{number} {label}" for number, label in enumerate(labels, 1)]
            if len(shown) < len(prompt.choices):
                lines.append(f"{MORE_NUMBER} {self._filler.say('say.more', {})}")
        if prompt.after:
            lines.append(self._filler.say(prompt.after, prompt.values))
        text = self._finished("\n".join(line for line in lines if line))
        return _Message(text, rows, prompt.wants_pin and self._limits.pins, prompt.secret)

    def join(self, messages: Sequence[_Message]) -> list[_Message]:
        """Put messages together while they fit in one and that costs no more."""
        joined: list[_Message] = []
        for message in messages:
            last = joined[-1] if joined else None
            together = self._together(last, message) if last else None
            if together:
                joined[-1] = together
            else:
                joined.append(message)
        return joined

    def replies(self, message: _Message) -> list[Reply]:
        """Cut a message that is too long; its buttons stay under the last part."""
        buttons = bool(message.rows)
        fits = self._limits.fits(message.text, buttons=buttons)
        parts = [message.text] if fits else self._parts(message.text, buttons)
        last = len(parts) - 1
        return [
            Reply(
                text=part,
                buttons=message.rows if index == last else (),
                asks_pin=message.asks_pin and index == last,
                protect=message.secret,
            )
            for index, part in enumerate(parts)
        ]

    def _together(self, first: _Message, second: _Message) -> _Message | None:
        # A receipt is a message of its own: she keeps it, or deletes it, alone.
        if first.rows or first.asks_pin or first.secret or second.secret:
            return None
        limits = self._limits
        text = self._finished(first.text + limits.paragraph + second.text)
        if not limits.fits(text, buttons=bool(second.rows)):
            return None
        if limits.counts == "parts" and limits.size(text) > limits.size(first.text) + limits.size(second.text):
            return None
        return replace(second, text=text)

    def _parts(self, text: str, buttons: bool) -> list[str]:
        around = (OPEN * _DEEPEST, CLOSE * _DEEPEST) if OPEN in text else ("", "")

        def fits(piece: str) -> bool:
            return self._limits.fits(around[0] + piece + around[1] + _MARK, buttons=buttons)

        pieces = [piece.strip() for piece in balanced(split(text, fits))]
        pieces = [piece for piece in pieces if piece]
        return [f"{piece}{self._mark(piece, number, len(pieces))}" for number, piece in enumerate(pieces, 1)]

    def _mark(self, piece: str, number: int, count: int) -> str:
        # A receipt shares its line with nothing.
        after_receipt = RECEIPT.fullmatch(piece.rsplit("\n", 1)[-1])
        return f"{chr(10) if after_receipt else ' '}({number}/{count})"

    def _label(self, choice: Choice) -> str:
        if isinstance(choice.label, Named):
            return self._filler.name(choice.label)
        return self._filler.say(choice.label, {})

    def _rows(self, prompt: Prompt, shown: Sequence[Choice], labels: Sequence[str]) -> tuple[tuple[Button, ...], ...]:
        """The keyboard under a prompt, () where a numbered list must do."""
        limits = self._limits
        if not limits.buttons:
            return ()
        choices = [self._button(label, choice.id) for label, choice in zip(labels, shown, strict=True)]
        if len(shown) < len(prompt.choices):
            choices.append(self._button(self._filler.say("say.more", {}), MORE))
        steering: list[Button] = []
        if prompt.finishes:
            steering.append(self._button(self._filler.say("button.done", {}), DONE))
        if prompt.skippable:
            steering.append(self._button(self._filler.say("button.skip", {}), SKIP))
        everything = choices + steering
        longest = max((len(button.label) for button in everything), default=0)
        if len(everything) <= limits.buttons and longest <= limits.button_label:
            short = all(len(button.label) <= _SIDE_BY_SIDE for button in choices)
            return _in_rows(choices, limits.columns if short else 1) + _in_rows(steering, limits.columns)
        if len(everything) <= limits.items and longest <= limits.item_label:
            return _in_rows(everything, 1)
        return ()

    def _button(self, label: str, choice: str) -> Button:
        return Button(label, f"{self._epoch}:{choice}")

    def _finished(self, text: str) -> str:
        """The text as it leaves: a receipt on a line of its own, an SMS in the cheapest alphabet."""
        if _GROUPS.search(text):  # an eighth of the time that looking for a whole receipt takes
            text = _AROUND_RECEIPT.sub(self._receipt_line, text)
        text = text.strip()
        if self._limits.counts == "parts":
            return plain(text, self._language.sms_plain)
        return text

    def _receipt_line(self, found: re.Match[str]) -> str:
        receipt = isolate(found[1]) if self._language.right_to_left else found[1]
        before = "\n" if found.start() else ""
        after = "\n" if found.end() < len(found.string) else ""
        return f"{before}{receipt}{after}"


def _in_rows(buttons: Sequence[Button], columns: int) -> tuple[tuple[Button, ...], ...]:
    return tuple(tuple(buttons[start : start + columns]) for start in range(0, len(buttons), columns))
