"""Whether every question fits every channel in every language, before anybody is asked it.

The catalogues are checked phrase by phrase (`locales.check`). Here a question is rendered whole:
its list of answers, what comes after, and the longest values it may ever hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from bot.limits import SMS, TELEGRAM, WHATSAPP, WHATSAPP_WITH_BUTTONS, Limits
from bot.message import Reply
from bot.rendering import render
from flows.controls import Controls
from flows.desk import Desk
from flows.findings import Finding
from flows.nodes import KINDS
from flows.nodes.kind import Question, variants
from flows.prompt import Choice, Named, Prompt, Value
from flows.scene import Scene
from flows.shape import Flow, Node
from locales.phrasebook import SHOWN_CONTROLS, MissingPhrase, Phrasebook
from locales.segments import cost, strangers

CHANNELS = (SMS, WHATSAPP, WHATSAPP_WITH_BUTTONS, TELEGRAM)
_TAP_BYTES = 64  # of callback data at Telegram
_LATE_EPOCH = 9_999_999  # the longest a session's count of questions gets
_LONG_VALUE = "x" * 12  # of which no phrase notes anything
_LONG_ANSWER = "x" * 24  # as much of her own words as a review shows
_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)  # no question depends on it


@dataclass(frozen=True, slots=True)
class Unfit(Finding):
    """One question that does not fit on one channel."""

    channel: str


def unfit(
    flows: Iterable[Flow], phrasebook: Phrasebook, desk: Desk, *, about: str = "", language: str = ""
) -> list[Unfit]:
    """Return every question of `flows` that does not fit, in any complete language, on any channel.

    desk      asked for the choices that come from data and for the values every phrase may use
    about     only questions that say this phrase
    language  only in this language, complete or not
    A phrase that is missing is not reported again here: that is E201.
    """
    found: list[Unfit] = []
    languages = [language] if language else [one.code for one in phrasebook.languages if one.complete]
    for flow in flows:
        for node in flow.nodes.values():
            # One fault is one line, however many languages have it.
            faults: dict[tuple[str, str, str, str], list[str]] = {}
            for spoken in languages:
                for prompt in prompts_of(node, phrasebook, desk, spoken):
                    if about and about not in keys_of(prompt):
                        continue
                    for fault in _measured(prompt, spoken, phrasebook, desk):
                        speaks = faults.setdefault(fault, [])
                        speaks += [spoken] if spoken not in speaks else []
            for (code, channel, trouble, mend), speaks in faults.items():
                said = f"{', '.join(speaks)} by {channel}: {trouble}"
                found.append(Unfit(code, flow.name, node.name, said, mend, channel))
    return found


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


def keys_of(prompt: Prompt) -> frozenset[str]:
    """Return every phrase a prompt says: the question, its answers, what comes after."""
    labels = (choice.label for choice in prompt.choices if isinstance(choice.label, str))
    return frozenset(key for key in (prompt.phrase, prompt.after, *labels) if key)


def _measured(prompt: Prompt, language: str, phrasebook: Phrasebook, desk: Desk) -> Iterator[tuple[str, str, str, str]]:
    known = desk.values(language)
    for limits in CHANNELS:
        filled = replace(prompt, values=samples(prompt, language, limits, phrasebook, known))
        try:
            replies = render([filled], language, limits, phrasebook, known, _LATE_EPOCH)
        except MissingPhrase:
            return
        allowed = phrasebook.entry(prompt.phrase, channel=limits.channel).sms_parts
        for code, trouble, mend in _faults(replies, limits, allowed, phrasebook.language(language).right_to_left):
            yield code, limits.channel, trouble, mend


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
        if odd and not right_to_left:
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
