"""Flows proved again and again: only what changed is measured anew, and never by words that are said no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from bot.fitting import Unfit, unfit
from flows.desk import Desk
from flows.library import shipped_flows
from flows.shape import Flow
from locales.phrasebook import Phrasebook
from operating import flow_checking
from operating.flow_checking import Prover

FLOWS = {flow.name: flow for flow in shipped_flows()}
TIPS = [FLOWS["tips"]]


def too_long(book: Phrasebook) -> None:
    """Words that fit into no SMS."""
    english, *others = book.shipped
    key = "tips.situation.ask"
    entry = replace(english.entries[key], forms=("long " * 500,))
    book.adopt((english.with_words({key: entry}), *others))


def test_a_question_is_measured_once_and_again_when_it_or_the_words_change(monkeypatch: pytest.MonkeyPatch) -> None:
    book, measured = Phrasebook.load(), []

    def counted(flows: Iterable[Flow], words: Phrasebook, desk: Desk) -> list[Unfit]:
        (flow,) = flows
        measured.extend(flow.nodes)
        return unfit([flow], words, desk)

    monkeypatch.setattr(flow_checking, "unfit", counted)
    prover = Prover(book, None)
    assert prover(TIPS, FLOWS) == prover(TIPS, FLOWS) == []
    assert measured == list(FLOWS["tips"].nodes)

    measured.clear()
    nodes = FLOWS["tips"].nodes
    tip = replace(nodes["tip"], keys={**nodes["tip"].keys, "ask": "tips.situation.ask"})
    prover([replace(FLOWS["tips"], nodes={**nodes, "tip": tip})], FLOWS)
    assert measured == ["tip"]

    too_long(book)
    assert {(one.code, one.node) for one in prover(TIPS, FLOWS)} >= {("E301", "situation")}


def test_what_is_measured_while_the_words_change_is_not_kept_for_the_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    book, late = Phrasebook.load(), []
    too_long(book)
    prover = Prover(book, None)

    def overtaken(flows: Iterable[Flow], words: Phrasebook, desk: Desk) -> list[Unfit]:
        """While one thread measures, the words are mended and another thread proves by them."""
        found = unfit(flows, words, desk)
        if found and not late:
            late.extend(found)
            book.adopt(book.shipped)
            assert prover(TIPS, FLOWS) == []
        return found

    monkeypatch.setattr(flow_checking, "unfit", overtaken)
    prover(TIPS, FLOWS)

    assert late
    assert prover(TIPS, FLOWS) == []
