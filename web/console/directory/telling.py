"""What she is told of a row, in each language and on each channel: made by the code of the conversation, and counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bot.limits import SMS, TELEGRAM, WHATSAPP
from bot.rendering import render
from casework import resources
from casework.directory.kinds import Kind, read_kinds
from casework.directory.room import Row
from casework.directory.stock import Stock
from flows.prompt import Prompt
from locales.languages import Language
from locales.phrasebook import Phrasebook
from locales.segments import cost

_CHANNELS = (SMS, WHATSAPP, TELEGRAM)
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
    emergency = resources.emergency(stock)
    for language in phrasebook.languages:
        said = {
            limits.channel: tuple(
                reply.text for reply in render([prompt], language.code, limits, phrasebook, emergency, 0)
            )
            for limits in _CHANNELS
        }
        yield language, [_told(channels, said[channels[0]]) for channels in _alike(said)]


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
