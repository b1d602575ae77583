"""Flows broken at random: each breakage is found before anybody meets it, or strands nobody who does."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from bot.walkthrough.stage import Company
from bot.walkthrough.telling import held
from bot.walkthrough.whole import CHANNELS, walked
from flows.definition import from_data
from flows.editing.values import of_flow
from flows.errors import BrokenFlow
from flows.library import shipped_flows
from locales.phrasebook import Phrasebook
from operating.flow_checking import Prover
from operating.paper_desk import PaperDesk
from tests.flows.breakages import break_at_random

FLOWS = {flow.name: flow for flow in shipped_flows()}
BOOK = Phrasebook.load()
LANGUAGES = [language.code for language in BOOK.languages]
PROVER = Prover(BOOK, None)
UNCHANGED, REFUSED, FOUND, WALKED, HARMLESS = "unchanged", "refused", "found", "found by walking", "harmless"
ROUND = 50


def broken(seed: int, times: int = 1) -> str:
    """What became of a breakage. Raises whatever strands somebody that nothing found."""
    die = Random(seed)
    name = die.choice(sorted(FLOWS))
    data, book, said = of_flow(FLOWS[name]), BOOK, ""
    for _ in range(times):
        done, book = break_at_random(data, book, die)
        said = f"{said}; {done}"
    try:
        flow = from_data(data, name)
    except BrokenFlow:
        return REFUSED
    if flow.hash == FLOWS[name].hash and book is BOOK:
        return UNCHANGED
    everything = {**FLOWS, name: flow}
    try:
        prove = PROVER if book is BOOK else Prover(book, None)
        if any(finding.code.startswith("E") for finding in prove([flow], everything)):
            return FOUND
        company = Company(everything.values(), book, PaperDesk())
        channel, language = CHANNELS[seed % len(CHANNELS)], LANGUAGES[seed % len(LANGUAGES)]
        walk = walked(flow, company, channel, language)
        if any(finding.code.startswith("E") for finding in walk.findings()):
            return WALKED
        for course in walk.courses:
            held(course, flow, company, channel, language)
    except Exception as error:
        error.add_note(f"seed {seed}: {name}: {said}")
        raise
    return HARMLESS


def test_a_breakage_is_found_before_anybody_meets_it_or_strands_nobody() -> None:
    became = Counter(broken(seed) for seed in range(30))

    assert became[FOUND] > 8, became
    assert became[HARMLESS] > 3, became


@pytest.mark.long
@pytest.mark.parametrize("part", range(14))
def test_so_is_each_of_many_more(part: int) -> None:
    seeds = range(1_000 + part * ROUND, 1_000 + (part + 1) * ROUND)
    became = Counter(broken(seed, 1 + part % 2) for seed in seeds)  # two at once are found as well as one

    assert became.total() - became[UNCHANGED] > ROUND * 0.84, became  # over 500 in all
