"""Danger words: what women write is heard, what is harmless is let be, in six ways of writing."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.danger import DangerWords, danger_line
from bot.danger_lists import BrokenList
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


@pytest.mark.parametrize("corpus", ["danger.tsv", "danger_seen.tsv", "danger_everyday.tsv", "danger_texted.tsv"])
@pytest.mark.parametrize("written", WRITTEN)
def test_danger_is_heard_and_harmless_words_are_let_be(corpus: str, written: str) -> None:
    found = hearing(corpus, written)

    # Just below what is measured, so that a change that hears less fails here. To be raised, never lowered.
    assert found.red >= 0.98
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


@pytest.mark.parametrize("text", ["", "2", "۲", "1122", "15-03-2024", "4821 0937 5566 1204 8830", "😢😢", "...", "/1"])
def test_what_has_no_words_never_rings(text: str) -> None:
    assert WORDS.ring(text).level == "none"


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("he hit me today", "red"),
        ("he never hit me", "none"),
        ("usne aaj mujhe maara", "red"),
        ("usne mujhe kabhi nahi maara", "none"),
        ("اس نے آج مجھے مارا", "red"),
        ("اس نے مجھے نہیں مارا", "none"),
        ("هن اڄ مون کي ماريو", "red"),
        ("هن مون کي نه ماريو", "none"),
        ("hoy me pegó", "red"),
        ("nunca me pegó", "none"),
        ("usne mjhe mara hi nai", "none"),
        ("usne aj mjhe mara khoon nahi ruk raha", "red"),  # "nahi" denies what comes after it
        ("i dont know what to do he hit me today", "red"),  # "dont" denies something else
    ],
)
def test_only_what_is_denied_falls_silent(text: str, level: str) -> None:
    assert WORDS.ring(text).level == level


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("he is hitting me", "red"),
        ("he hits me when he is angry", "amber"),
        ("he raped me last night", "red"),
        ("he raped me ten years ago", "amber"),
        ("kal raat mere sath ziadti hui", "red"),
        ("bachpan me mere sath ziadti hui thi", "amber"),
        ("me violaron anoche", "red"),
        ("me violaron hace años", "amber"),
        ("years ago he only shouted, now he has a knife", "red"),
    ],
)
def test_what_is_happening_is_louder_than_what_is_long_ago(text: str, level: str) -> None:
    assert WORDS.ring(text).level == level


@pytest.mark.parametrize(
    "text",
    [
        "im dying laughing",
        "just killing time",
        "mar gayi hansi se",
        "phone mar gaya",
        "jhoot mat maaro",
        "گرمی نے مار ڈالا",
        "کلي کلي مري ويس",
        "me muero de risa",
        "in the film a man kills his wife",
        "what is the law on rape",
        "what should i do if someone follows me?",
        "agar koi peecha kare to kya karna chahiye",
        "a dog followed me",
    ],
)
def test_idioms_stories_and_questions_ring_nothing(text: str) -> None:
    assert WORDS.ring(text).level == "none"


@pytest.mark.parametrize(
    "text",
    [
        "baaachaaao",
        "h e l p  m e",
        "k.i.l.l me",
        "BACHAO!!!",
        "\u200bmad\u200dad\u200c karo",
        "خو\u200cدک\u200bشی کر لوں گی",
        "he r@ped me today",
        "mujhe مار raha hai",  # two scripts in one sentence
        "mera husband mujhe beat kar raha hai",  # two languages
        "he is strangeling me",
        "zbrdsti shadi kal hai meri",
        "مجہے قيد كر ركها ہے",  # Arabic keyboard
        "tengo pastillas, me las tome todas",
        "plz koi bchao mjhe",  # vowels left out
        "kamry me bnd kia hwa hy",  # and y for e
        "i dnt wanna live",
        "mje zinda ni chorenge",  # ni for nahi
        "coming home they did ziadti with me today",  # a word of Urdu within English
    ],
)
def test_tricks_slips_and_mixtures_of_spelling_hide_nothing(text: str) -> None:
    assert WORDS.ring(text).level == "red"


def test_one_red_phrase_in_a_long_story_is_heard() -> None:
    before = "We moved here in spring and I began my studies. The college is big and the bus takes an hour. " * 6
    after = " On Sunday we went to the market and bought cloth for my sister. The weather was fine." * 6

    assert WORDS.ring(before + after).level == "none"
    assert WORDS.ring(before + "He has a gun and says he will shoot me." + after).level == "red"


def test_a_film_told_of_in_the_next_sentence_hides_nothing() -> None:
    assert WORDS.ring("He has a knife. We were watching a film.").level == "red"


def test_work_grows_with_the_length_of_the_text_only() -> None:
    """Phrases found in ten thousand characters are at most those of its parts, so nothing is squared."""
    once = WORDS.lists.vocabulary.places(["help", "me"] * 10, ["help", "me"] * 10)
    often = WORDS.lists.vocabulary.places(["help", "me"] * 1000, ["help", "me"] * 1000)

    assert sum(map(len, often.values())) <= 101 * sum(map(len, once.values()))
    assert WORDS.ring("help me " * 1250).level == "red"
    assert WORDS.ring("a" * 10_000).level == "none"


def test_what_stands_after_ten_thousand_characters_is_not_read() -> None:
    assert WORDS.ring("x " * 5_000 + "he has a gun").level == "none"


HARMLESS = st.sampled_from(
    [
        "Hello.",
        "Thank you so much.",
        "I live near the market.",
        "Salam, kya haal hai?",
        "شکریہ",
        "مهرباني",
        "Buenas tardes.",
    ]
)
RINGS = st.sampled_from(
    [
        ("he has a gun", "red"),
        ("mujhe kamre me band kar rakha hai", "red"),
        ("میں اب جینا نہیں چاہتی", "red"),
        ("مون زهر کائي ڇڏيو آهي", "red"),
        ("me encerró en el cuarto", "red"),
        ("he is blackmailing me", "amber"),
        ("thappar marta hai", "amber"),
        ("see you tomorrow", "none"),
    ]
)


@given(st.lists(HARMLESS, max_size=4), RINGS, st.lists(HARMLESS, max_size=4))
def test_harmless_words_around_change_no_level(before: list[str], told: tuple[str, str], after: list[str]) -> None:
    text, level = told

    assert WORDS.ring(" ".join([*before, text, *after])).level == level


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert WORDS.ring(text).level in ("red", "amber", "none")


def test_the_line_of_json_says_level_words_and_kinds() -> None:
    assert json.loads(danger_line("he has a gun", WORDS)) == {
        "level": "red",
        "rang": ["has … gun"],
        "kinds": ["weapon"],
    }
    assert json.loads(danger_line("hello", WORDS)) == {"level": "none", "rang": [], "kinds": []}


def test_a_persons_words_are_not_in_the_repr() -> None:
    assert "gun" not in repr(WORDS.ring("he has a gun"))


@pytest.mark.parametrize(
    "broken", ['[[ring]]\nlevel = "red"\nphrases = ["@nobody"]', '[[ring]]\nphrases = [" & x"]\nlevel = "red"', "x = ["]
)
def test_a_broken_list_is_refused_with_its_name(tmp_path: Path, broken: str) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "danger.toml").write_text(broken, encoding="utf-8")

    with pytest.raises(BrokenList, match=r"en/danger\.toml"):
        DangerWords.load(tmp_path)
