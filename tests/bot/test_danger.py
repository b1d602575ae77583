"""Danger words: what women write is heard, what is harmless is let be, in six ways of writing."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.danger import DangerWords
from locales.catalogues import read_catalogue
from locales.languages import SHIPPED, catalogue_path
from locales.phrasebook import Phrasebook

WORDS = DangerWords.load()
CORPORA = Path(__file__).parent.parent / "corpora"
WRITTEN = ("en", "ur", "sd", "ur_Latn", "sd_Latn", "es")


class Hearing(NamedTuple):
    """Shares of the lines of one corpus in one way of writing."""

    red: float  # of the red lines, those heard as red
    danger: float  # of the red and amber lines, those heard as either
    false: float  # of the harmless lines, those that ring


@cache
def counted(corpus: str) -> Counter[tuple[str, str, str]]:
    """How often a written level was heard as which: (written, meant, heard)."""
    found: Counter[tuple[str, str, str]] = Counter()
    for line in (CORPORA / corpus).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            meant, written, text = line.split("\t")[:3]
            found[written, meant, WORDS.ring(text).level] += 1
    return found


def hearing(corpus: str, written: str) -> Hearing:
    found = counted(corpus)

    def lines(meant: tuple[str, ...], heard: tuple[str, ...]) -> int:
        return sum(found[written, one, other] for one in meant for other in heard)

    every = ("red", "amber", "none")
    return Hearing(
        lines(("red",), ("red",)) / lines(("red",), every),
        lines(("red", "amber"), ("red", "amber")) / lines(("red", "amber"), every),
        lines(("none",), ("red", "amber")) / lines(("none",), every),
    )


@pytest.mark.parametrize("corpus", ["danger.tsv", "danger_seen.tsv"])
@pytest.mark.parametrize("written", WRITTEN)
def test_what_the_lists_were_made_with_is_heard(corpus: str, written: str) -> None:
    found = hearing(corpus, written)

    assert found.red >= 0.97
    assert found.danger >= 0.97
    assert found.false <= 0.04


def test_an_answer_of_our_own_questions_never_rings_but_the_one_for_help_fast() -> None:
    phrasebook = Phrasebook.load()
    told = ("ask", "say", "after")
    options = [
        key
        for key in sorted(read_catalogue(catalogue_path(SHIPPED, "en")).entries)
        if key.split(".")[0] in ("report", "menu", "find_help", "tips", "human", "followup", "welcome", "resource")
        and key.split("@")[0].rsplit(".", 1)[-1] not in told
        and not key.startswith("report.review.")
        and key != "welcome.safe.fast"
    ]

    rung = [
        (key, code)
        for key in options
        for code, text in phrasebook.forms(key).items()
        if "{" not in text and "\n" not in text and WORDS.ring(text).level != "none"
    ]

    assert len(options) > 100
    assert rung == []


@pytest.mark.parametrize(
    "text",
    ["baaachaaao", "h e l p  m e", "k.i.l.l me", "BACHAO!!!", "\u200bmad\u200dad\u200c karo", "he r@ped me today"],
)
def test_tricks_of_spelling_hide_nothing(text: str) -> None:
    assert WORDS.ring(text).level == "red"


@pytest.mark.parametrize("text", ["", "2", "۲", "1122", "15-03-2024", "4821 0937 5566 1204 8830", "😢😢", "...", "/1"])
def test_what_has_no_words_never_rings(text: str) -> None:
    assert WORDS.ring(text).level == "none"
