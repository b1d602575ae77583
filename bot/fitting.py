"""Whether every question fits every channel in every language, before anybody is asked it.

The catalogues are checked phrase by phrase (`locales.check`). Here a question is rendered whole:
its list of answers, what comes after, and the longest values it may ever hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from bot.filling import Filler
from bot.limits import SMS, TELEGRAM, WHATSAPP, WHATSAPP_WITH_BUTTONS, Limits
from bot.message import Reply
from bot.rendering import render
from flows.controls import Controls
from flows.desk import Desk
from flows.findings import Finding
from flows.nodes import KINDS
from flows.nodes.kind import Question, other_wording, variants
from flows.prompt import Choice, Named, Prompt, Value
from flows.scene import Scene
from flows.shape import Flow, Node
from locales.noting import Noting
from locales.phrasebook import SHOWN_CONTROLS, MissingPhrase, Phrasebook
from locales.segments import cost, in_latin, strangers

CHANNELS = (SMS, WHATSAPP, WHATSAPP_WITH_BUTTONS, TELEGRAM)
_TAP_BYTES = 64  # of callback data at Telegram
_LATE_EPOCH = 9_999_999  # the longest a session's count of questions gets
_LONG_VALUE = "x" * 12  # of which no phrase notes anything
_LONG_ANSWER = "x" * 24  # as much of her own words as a review shows
_MOST_KNOWN = 20_000  # questions of one language
_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)  # no question depends on it


_Fault = tuple[str, str, str, str]  # code, channel, trouble, mend


@dataclass(frozen=True, slots=True)
class Unfit(Finding):
    """One question that does not fit on one channel."""

    channel: str


class Fitting:
    """Measures questions again and again: what says the same words in the same way is measured once.

    desk  asked for the choices that come from data and for the values every phrase may use; it does not change
    Safe to use from many threads.
    """

    def __init__(self, phrasebook: Phrasebook, desk: Desk) -> None:
        self._book, self._desk = phrasebook, desk
        self._known: dict[tuple[str, str], _Known] = {}  # by what is asked, and the language
        self._values: dict[str, _Values] = {}  # by language

    def unfit(self, flow: Flow, node: Node, language: str = "", about: str = "") -> list[Unfit]:
        """Return what does not fit of one node, in any complete language, on any channel.

        language  only in this one, complete or not
        about     only questions that say this phrase
        A phrase that is missing is not reported again here: that is E201.
        """
        # One fault is one line, however many languages have it.
        faults: dict[_Fault, list[str]] = {}
        asked = json.dumps([node.name, node.kind, dict(node.keys)], sort_keys=True)
        languages = [language] if language else [one.code for one in self._book.languages if one.complete]
        for spoken in languages:
            for fault in self._faults(node, asked, spoken, about):
                speaks = faults.setdefault(fault, [])
                speaks += [spoken] if spoken not in speaks else []
        return [
            Unfit(
                code,
                flow.name,
                node.name,
                f"{', '.join(speaks)} by {channel}: {trouble}",
                mend,
                channel,
                phrase=node.text("ask") or node.text("say"),
                language=speaks[0],
            )
            for (code, channel, trouble, mend), speaks in faults.items()
        ]

    def _faults(self, node: Node, asked: str, language: str, about: str) -> Iterator[_Fault]:
        values = self._values_in(language)
        known = self._known.get((asked, language))
        if known is None or known.values is not values or not known.holds(self._book):
            noting = Noting(self._book)
            measured = tuple(_measured(node, noting, self._desk, language, values))
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            known = self._known[asked, language] = _Known(values, _Holds(noting), measured)
        return (fault for keys, faults in known.measured if not about or about in keys for fault in faults)

    def _values_in(self, language: str) -> _Values:
        found = self._values.get(language)
        if found is None or not found.holds(self._book):
            found = self._values[language] = _Values(self._book, self._desk, language)
        return found


def unfit(
    flows: Iterable[Flow], phrasebook: Phrasebook, desk: Desk, *, about: str = "", language: str = ""
) -> list[Unfit]:
    """Return every question of `flows` that does not fit, as `Fitting` does."""
    fitting = Fitting(phrasebook, desk)
    return [one for flow in flows for node in flow.nodes.values() for one in fitting.unfit(flow, node, language, about)]


def prompts_of(node: Node, phrasebook: Phrasebook, desk: Desk, language: str) -> Iterator[Prompt]:
    """Yield each wording of what `node` says, with all it may be answered."""
    if node.text("say"):
        yield Prompt(node.text("say"))
    kind = KINDS[node.kind]
    if not kind.waits:
        return
    asks = cast(Question, kind)
    scene = Scene(
        slots={slot: {"said": _LONG_ANSWER} for slot in node.names("of")},
        channel="",
        language=language,
        now=_ANY_MOMENT,
        desk=desk,
        words=phrasebook,
        controls=Controls({}),
        languages=tuple(Choice(one.code, Named(phrasebook.own_names(one.code))) for one in phrasebook.languages),
        digression=True,
    )
    whole = Node(node.name, node.kind, node.rules, {name: it for name, it in node.keys.items() if name != "choose_if"})
    prompt = asks.ask(whole, scene)
    yield prompt
    yield from (replace(prompt, phrase=variant.ask) for variant in variants(node))
    if found := other_wording(node):
        yield replace(prompt, phrase=str(found["ask"]))


def keys_of(prompt: Prompt) -> frozenset[str]:
    """Return every phrase a prompt says: the question, its answers, what comes after."""
    labels = (choice.label for choice in prompt.choices if isinstance(choice.label, str))
    return frozenset(key for key in (prompt.phrase, prompt.after, *labels) if key)


class _Values:
    """What every phrase may use, as it is said in one language on each channel."""

    def __init__(self, book: Phrasebook, desk: Desk, language: str) -> None:
        noting = Noting(book)
        self._holds = _Holds(noting)
        found = desk.values(language)
        self.by_channel: Mapping[str, Mapping[str, Value]] = {
            limits.channel: Filler(noting, language, limits.channel, found).everywhere_said() for limits in CHANNELS
        }

    def holds(self, book: Phrasebook) -> bool:
        """Whether they are said so in these words, too."""
        return self._holds(book)


@dataclass(frozen=True, slots=True)
class _Known:
    """What was measured of one node in one language."""

    values: _Values
    holds: _Holds
    measured: tuple[tuple[frozenset[str], tuple[_Fault, ...]], ...]  # what each wording of it says, and its faults


class _Holds:
    """Whether what was worked out of some words holds in those of now; looked at once for each change of them."""

    def __init__(self, noting: Noting) -> None:
        self._noting, self._edition = noting, noting.moment

    def __call__(self, book: Phrasebook) -> bool:
        edition = book.edition
        if edition is not self._edition:
            if not self._noting.holds(book):
                return False
            self._edition = edition
        return True


def _measured(
    node: Node, book: Phrasebook, desk: Desk, language: str, values: _Values
) -> Iterator[tuple[frozenset[str], tuple[_Fault, ...]]]:
    for prompt in prompts_of(node, book, desk, language):
        yield keys_of(prompt), tuple(_faults_of(prompt, book, language, values))


def _faults_of(prompt: Prompt, book: Phrasebook, language: str, values: _Values) -> Iterator[_Fault]:
    listed: tuple[Reply, ...] = ()
    if not book.has(prompt.phrase):
        return  # its notes stand in English, and E201 says that it lacks there
    for limits in CHANNELS:
        if limits is WHATSAPP_WITH_BUTTONS and _fits_with_buttons(prompt, listed):
            continue
        known = values.by_channel[limits.channel]
        filled = replace(prompt, values=samples(prompt, language, limits, book, known))
        try:
            replies = render([filled], language, limits, book, known, _LATE_EPOCH)
        except MissingPhrase:
            return
        listed = replies
        allowed = book.entry(prompt.phrase, channel=limits.channel).sms_parts
        for code, trouble, mend in _faults(replies, limits, allowed, book.language(language).right_to_left):
            yield code, limits.channel, trouble, mend


def _fits_with_buttons(prompt: Prompt, listed: tuple[Reply, ...]) -> bool:
    """Whether what goes out as a numbered list by WhatsApp surely fits where its choices are buttons: the text is that or less."""
    longest = max((len(choice.id.encode()) for choice in prompt.choices), default=0) + len(f"{_LATE_EPOCH}:")
    return longest <= _TAP_BYTES and len(listed) == 1 and WHATSAPP_WITH_BUTTONS.fits(listed[0].text, buttons=True)


def _faults(
    replies: tuple[Reply, ...], limits: Limits, allowed: int, right_to_left: bool
) -> Iterator[tuple[str, str, str]]:
    texts = [reply.text for reply in replies]
    buttons = [button for reply in replies for row in reply.buttons for button in row]
    if limits.counts == "parts":
        parts = sum(cost(text).parts for text in texts)
        if parts > allowed:
            yield "E301", f"{parts} SMS parts with its answers, {allowed} allowed", "shorten it, or its @sms wording"
        odd = "".join(strangers(text) for text in texts)
        if odd and not right_to_left and in_latin("".join(texts)):
            yield "W306", f"{odd!r} makes the SMS UCS-2", "use another character"
    elif len(texts) > 1:
        code = "E305" if limits.channel == "telegram" else "E303"
        yield code, f"takes {len(texts)} messages", "shorten it: a question is one message"
    if any(len(button.data.encode()) > _TAP_BYTES for button in buttons):
        yield "E304", "a button's data is over 64 bytes", "give the choice a shorter id"
    # A label too long for a button is no fault: `render` falls back to a numbered list.


def samples(
    prompt: Prompt,
    language: str,
    limits: Limits,
    phrasebook: Phrasebook,
    from_desk: Mapping[str, Value],
    otherwise: str = _LONG_VALUE,
) -> Mapping[str, Value]:
    """The prompt's own values, and the longest there may be for those only a conversation knows.

    otherwise  where the phrase notes no worst value
    """
    values: dict[str, Value] = {}
    known = from_desk.keys() | SHOWN_CONTROLS.keys()
    for key in (prompt.phrase, prompt.after):
        if key and phrasebook.has(key):
            noted = phrasebook.entry(key).worst
            entry = phrasebook.entry(key, language, limits.channel)
            values |= {name: noted.get(name, otherwise) for name in entry.placeholders if name not in known}
            values |= {name: value for name, value in noted.items() if name in entry.placeholders}
    return values | dict(prompt.values)
