"""Flows and words, checked; texts, read as the conversation would read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from bot.danger import DangerWords, danger_line
from flows.definition import parse
from flows.drawing import mermaid
from flows.errors import BrokenFlow
from flows.inspection import inspect, phrases_of
from flows.library import shipped_flows
from flows.reading.answering import answer_line
from handlers.commands import CommandError
from locales.check import check
from locales.phrasebook import Phrasebook
from locales.updating import extract, update


def danger(text: str) -> str:
    """How dangerous a text sounds, as a line of JSON."""
    return danger_line(text, _danger_words())


@cache
def _danger_words() -> DangerWords:
    return DangerWords.load()


def answer(line: str) -> str:
    """Which option a typed answer means: a line of JSON → a line of JSON."""
    return answer_line(line)


def check_flows(files: Sequence[str]) -> Iterable[str]:
    """What is wrong with these flows, or with the shipped ones: a finding a line."""
    try:
        flows = [parse(Path(file).read_text(encoding="utf-8"), Path(file).stem) for file in files] or list(
            shipped_flows()
        )
    except (BrokenFlow, OSError, UnicodeDecodeError) as error:
        yield f"E100 {error}"
        return
    everything = {flow.name: flow for flow in (*shipped_flows(), *flows)}
    yield from (str(finding) for finding in inspect(flows, everything, Phrasebook.load()))


def draw_flow(name: str) -> str:
    """A shipped flow as Mermaid. Raises CommandError when there is none of that name."""
    for flow in shipped_flows():
        if flow.name == name:
            return mermaid(flow)
    raise CommandError(f"no flow {name!r}; there are {', '.join(flow.name for flow in shipped_flows())}")


def check_words() -> Iterable[str]:
    """What is wrong with the catalogues: a finding a line."""
    return (str(finding) for finding in check(_needed_keys()))


def extract_words() -> Iterable[str]:
    """Every phrase key that the flows and the code ask for."""
    return extract(_needed_keys())


def update_words() -> Iterable[str]:
    """Carry new English phrases into every catalogue; says what it did."""
    return update()


def _needed_keys() -> frozenset[str]:
    return frozenset(key for flow in shipped_flows() for key in phrases_of(flow))
