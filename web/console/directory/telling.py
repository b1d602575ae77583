"""What she is told of a row, in each language and on each channel: made by the code of the conversation, and counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.limits import SMS, TELEGRAM, WHATSAPP
from bot.rendering import render
from casework import resources
from casework.directory.kinds import Kind, read_kinds
from casework.directory.room import Row
from casework.directory.stock import Stock
from casework.tips.editing import ANSWERS
from casework.tips.telling import words_of
from casework.tips.tending import Tip
from flows.prompt import Choice, Prompt, Value
from locales.languages import Language
from locales.phrasebook import Phrasebook
from locales.segments import cost

_CHANNELS = (SMS, WHATSAPP, TELEGRAM)
_TIP = "tips.tip.ask"
_FOUND = "find_help.found.say"  # what the flow says when it has found somebody to call


@dataclass(frozen=True, slots=True)
class Told:
    """The same words on one or more channels."""

    channels: tuple[str, ...]
    messages: tuple[str, ...] = field(repr=False)
    parts: int  # what it costs by SMS; 0 where SMS is not among the channels
    letters: int
    alphabet: str


def told(phrasebook: Phrasebook, row: Row, stock: Stock) -> Iterator[tuple[Language, list[Told]]]:
    """Language by language, what is said to somebody in the row's own district who asked for its kind."""
    target = resources.target_of(stock, {"district": row.district})
    prompt = Prompt(_FOUND, resources.said([row], kind_for(row), target, stock))
    for language in phrasebook.languages:
        yield language, _ways(prompt, language, phrasebook, resources.emergency(stock))


def tip_told(phrasebook: Phrasebook, tip: Tip, stock: Stock) -> Iterator[tuple[Language, list[Told]]]:
    """Language by language, how a tip is told, with what may be answered."""
    choices = tuple(Choice(one, f"tips.next.{one}") for one in ANSWERS)
    prompt = Prompt(_TIP, {"tip": words_of(tip)}, choices=choices, after="tips.next.after")
    values = {**resources.emergency(stock), **resources.advisers(stock)}
    for language in phrasebook.languages:
        yield language, _ways(prompt, language, phrasebook, values)


def _ways(prompt: Prompt, language: Language, phrasebook: Phrasebook, values: Mapping[str, Value]) -> list[Told]:
    said = {
        limits.channel: tuple(reply.text for reply in render([prompt], language.code, limits, phrasebook, values, 0))
        for limits in _CHANNELS
    }
    return [_told(channels, said[channels[0]]) for channels in _alike(said)]


def kind_for(row: Row) -> Kind:
    """Under which kind of help she finds it: the one that shows this kind of row first."""
    fits = [kind for kind in read_kinds() if row.kind in kind.rows]
    return min(fits, key=lambda kind: kind.rows.index(row.kind))


def _alike(said: dict[str, tuple[str, ...]]) -> Sequence[tuple[str, ...]]:
    """The channels that say the same, together."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for channel, messages in said.items():
        grouped.setdefault(messages, []).append(channel)
    return [tuple(channels) for channels in grouped.values()]


def _told(channels: tuple[str, ...], messages: tuple[str, ...]) -> Told:
    if SMS.channel not in channels:
        return Told(channels, messages, 0, 0, "")
    costs = [cost(message) for message in messages]
    return Told(channels, messages, sum(one.parts for one in costs), sum(one.units for one in costs), costs[0].alphabet)
