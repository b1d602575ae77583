"""Flows proved again and again: only what changed is measured anew, and never by words that are said no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import fitting
from flows.library import shipped_flows
from flows.shape import Node
from flows.wording import phrases_of
from locales.phrasebook import SHOWN_CONTROLS, Phrasebook
from operating.flow_checking import Prover

FLOWS = {flow.name: flow for flow in shipped_flows()}
TIPS = [FLOWS["tips"]]
LANGUAGES = ["en", "es", "sd", "ur", "ur_Latn"]
KEY = "tips.situation.ask"


def say(book: Phrasebook, language: str, key: str, text: str) -> None:
    """Say something else from now on."""
    book.adopt(tuple(
        one.with_words({key: replace(one.entries[key], forms=(text,))}) if one.language.code == language else one
        for one in book.catalogues
    ))  # fmt: skip


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Which node was measured in which language."""
    found: list[tuple[str, str]] = []
    measure = fitting._measured

    def noted(node: Node, book: Phrasebook, desk: Any, language: str, values: Any) -> Iterator[Any]:
        found.append((node.name, language))
        return measure(node, book, desk, language, values)

    monkeypatch.setattr(fitting, "_measured", noted)
    return found


def test_only_what_changed_is_measured_anew(measured: list[tuple[str, str]]) -> None:
    book = Phrasebook.load()
    prover = Prover(book, None)
    assert prover(TIPS, FLOWS) == prover(TIPS, FLOWS) == []
    assert sorted(measured) == sorted((node, code) for node in FLOWS["tips"].nodes for code in LANGUAGES)

    measured.clear()
    nodes = FLOWS["tips"].nodes
    tip = replace(nodes["tip"], keys={**nodes["tip"].keys, "ask": KEY})
    prover([replace(FLOWS["tips"], nodes={**nodes, "tip": tip})], FLOWS)
    assert sorted(measured) == [("tip", code) for code in LANGUAGES]

    measured.clear()
    say(book, "ur", "report.when.ask", "کب؟")
    assert prover(TIPS, FLOWS) == [] and measured == []
    say(book, "ur", KEY, "کیا؟")
    assert prover(TIPS, FLOWS) == [] and measured == [("situation", "ur")]
    say(book, "en", KEY, "long " * 500)
    assert {(one.code, one.node) for one in prover(TIPS, FLOWS)} >= {("E301", "situation")}
    assert {node for node, _ in measured[1:]} == {"situation"}  # in every language: English notes how long it may be


def test_what_is_measured_while_the_words_change_is_not_kept_for_the_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    book, late = Phrasebook.load(), []
    say(book, "en", KEY, "long " * 500)
    prover, measure = Prover(book, None), fitting._measured

    def overtaken(*given: Any) -> Iterator[Any]:
        """While one thread measures, the words are mended and another thread proves by them."""
        found = list(measure(*given))
        if not late:
            late.append(book.adopt(book.shipped))
            prover(TIPS, FLOWS)
        return iter(found)

    monkeypatch.setattr(fitting, "_measured", overtaken)
    prover(TIPS, FLOWS)

    assert late and prover(TIPS, FLOWS) == []


SAID = [*sorted(phrases_of(FLOWS["tips"])), *SHOWN_CONTROLS.values(), "say.more", "button.skip", "tips.situation.after"]


@settings(max_examples=8, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(LANGUAGES),
            st.sampled_from(SAID),
            st.sampled_from(["", "a", "“b”", "long " * 400, "{skip}"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_becomes_of_the_words_it_finds_what_a_first_look_finds(changes: list[tuple[str, str, str]]) -> None:
    book = Phrasebook.load()
    prover = Prover(book, None)
    for language, key, text in changes:
        if any(one.language.code == language and key in one.entries for one in book.catalogues):
            say(book, language, key, text)
        assert prover(TIPS, FLOWS) == Prover(book, None)(TIPS, FLOWS)
