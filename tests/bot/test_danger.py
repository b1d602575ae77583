"""Danger words: recall first, trusted enough, never a crash, linear."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.danger import DangerWords

WORDS = DangerWords.load()
CORPUS = Path(__file__).parent.parent / "corpora" / "danger.tsv"


def heard() -> Counter[tuple[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            level, _, text = line.split("\t")[:3]
            counted[level, WORDS.ring(text).level] += 1
    return counted


def test_the_corpus_rings_as_people_meant_it() -> None:
    counted = heard()
    red, amber, none = (
        {level: counted[meant, level] for level in ("red", "amber", "none")} for meant in ("red", "amber", "none")
    )

    # What is measured today; to be raised, never lowered (see docs/operating.md).
    assert red["red"] / sum(red.values()) >= 0.88
    assert (amber["red"] + amber["amber"]) / sum(amber.values()) >= 0.85
    assert none["none"] / sum(none.values()) >= 0.85


@pytest.mark.parametrize("text", ["baaachaaao", "h e l p  m e", "k.i.l.l me", "BACHAO!!!", "\u200bmadad\u200d karo"])
def test_tricks_of_spelling_hide_nothing(text: str) -> None:
    assert WORDS.ring(text).level == "red"


@pytest.mark.parametrize("text", ["", "hello", "what is the law on rape", "this heat is killing me", "phone mar gaya"])
def test_everyday_speech_rings_nothing(text: str) -> None:
    assert WORDS.ring(text).level == "none"


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert WORDS.ring(text).level in ("red", "amber", "none")
