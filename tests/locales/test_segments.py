"""What an SMS costs, measured against Twilio's own calculator."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.segments import cost, fits_gsm, graphemes, plain, strangers

PEER = Path(__file__).parent.parent / "peers" / "sms_segments"


def twilio_counts(texts: list[str]) -> list[dict[str, object]]:
    """What npm's sms-segments-calculator says of each text."""
    asked = "".join(json.dumps(text) + "\n" for text in texts)
    done = subprocess.run(
        ["node", "count.cjs"],
        cwd=PEER,
        input=asked,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def twilio() -> None:
    """The calculator, installed from its lock file the first time."""
    if not shutil.which("node") or not shutil.which("npm"):
        if os.environ.get("CI"):
            pytest.fail("node and npm are needed to ask Twilio's calculator")
        pytest.skip("node or npm is missing: Twilio's calculator was not asked")
    if not (PEER / "node_modules" / "sms-segments-calculator").is_dir():
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=PEER, capture_output=True, text=True, check=False, timeout=100,
        )  # fmt: skip
        if done.returncode:
            if os.environ.get("CI"):
                pytest.fail(f"npm ci failed: {done.stderr[-400:]}")
            pytest.skip("npm ci failed: Twilio's calculator was not asked")


LETTERS = st.sampled_from(
    [*"abc XYZ019.,?!'\"\n", *"[]{}|^~€\\", *"ñé¿¡àü£ΔΩ", *"áç’“…", *"ہڳای۔", "\u0650", "\u0651",
     "\u2068", "\u2069", "\u200c", "🙂", "👩🏽", "👩‍👧", "🇵🇰", "e\u0301"]
)  # fmt: skip


def test_our_count_is_twilios_for_three_thousand_texts(twilio: None) -> None:
    texts: list[str] = []

    @settings(max_examples=1500, deadline=None, database=None)
    @given(st.lists(LETTERS, min_size=1, max_size=80), st.integers(1, 6))
    def gather(letters: list[str], times: int) -> None:
        text = "".join(letters) * times
        texts.append(text)
        texts.append(plain(text))

    gather()
    differing = [
        (text, ours, theirs)
        for text, theirs in zip(texts, twilio_counts(texts), strict=True)
        if (ours := cost(text)).parts != theirs["parts"] or ours.alphabet != theirs["alphabet"]
    ]
    assert len(texts) >= 3000
    assert differing == []


@pytest.mark.parametrize(
    ("text", "parts", "alphabet"),
    [
        ("a" * 160, 1, "GSM-7"),
        ("a" * 161, 2, "GSM-7"),
        ("a" * 306, 2, "GSM-7"),
        ("a" * 307, 3, "GSM-7"),
        ("[" * 80, 1, "GSM-7"),
        ("[" * 81, 2, "GSM-7"),
        ("ب" * 70, 1, "UCS-2"),
        ("ب" * 71, 2, "UCS-2"),
        ("ب" * 134, 2, "UCS-2"),
        ("ب" * 135, 3, "UCS-2"),
        ("", 1, "GSM-7"),
    ],
)
def test_a_text_takes_as_many_parts_as_the_networks_say(text: str, parts: int, alphabet: str) -> None:
    assert (cost(text).parts, cost(text).alphabet) == (parts, alphabet)


def test_smart_quotes_and_invisible_letters_never_make_an_english_sms_dear() -> None:
    dressed = "\ufeffDon’t worry\u200b — it’s “fine”…\u00a0OK\u2060\u00ad \u2068XX\u2069 • yes"

    assert plain(dressed) == "Don't worry - it's \"fine\"... OK XX - yes"
    assert cost(plain(dressed)).alphabet == "GSM-7"


def test_spanish_loses_its_accents_only_where_that_saves_a_part() -> None:
    folding = {ord("á"): "a", ord("í"): "i", ord("ó"): "o", ord("ú"): "u"}

    assert plain("¿Qué pasó después? Mañana más", folding) == "¿Qué paso después? Mañana mas"
    assert plain("Está en اردو", folding) == "Está en اردو"


def test_a_joiner_inside_urdu_stays() -> None:
    assert plain("می‌خواہم") == "می‌خواہم"


@given(st.text())
def test_folding_never_makes_a_text_dearer_and_a_second_time_changes_nothing(
    text: str,
) -> None:
    folded = plain(text)

    assert plain(folded) == folded
    assert fits_gsm(folded) or cost(folded).alphabet == "UCS-2"
    assert fits_gsm(folded) == (not strangers(folded))


@given(st.text())
def test_graphemes_joined_are_the_text(text: str) -> None:
    assert "".join(graphemes(text)) == text
