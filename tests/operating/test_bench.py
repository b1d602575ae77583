"""The benchmark as a command: what it prints, what it refuses, and that it would notice what a contender lost. No times."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest

from bot.settings import Settings
from tests.benchmarks import kept, million
from tests.benchmarks.__main__ import PARTS, _print, main
from tests.benchmarks.bars import BARS, Bar, Found
from tests.benchmarks.providers import Providers
from tests.benchmarks.talk import SAID
from tests.databases import Place
from tests.phones import Phone

_SVG = "{http://www.w3.org/2000/svg}"


def test_one_object_holds_every_bar_and_says_of_each_whether_it_is_met(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "--only", "start_s"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert list(said["bars"]) == list(BARS)
    assert said["bars"]["start_s"]["value"] > 0
    assert said["bars"]["start_s"]["met"] in (True, False)
    left_out = said["bars"]["over_ptb"]
    assert (left_out["value"], left_out["met"], left_out["why"]) == (None, None, "left out of this run")
    assert said["machine"]["cores"] >= 1


def test_every_bar_is_measured_by_one_part() -> None:
    assert sorted(bar for bars, _ in PARTS.values() for bar in bars) == sorted(BARS)


@pytest.mark.parametrize(
    "words",
    [
        ["--only", "speed"],
        ["--only", ""],
        ["--rounds", "0"],
        ["--people", "-3"],
        ["--million", "²"],
        ["more"],
        ["--from", "README.md"],
        ["--from", "nowhere.json"],
        ["--from", "docs/benchmarks/2026-11-30-soak.json"],
        ["--picture", "bench.png"],
        ["--picture", "nowhere/bench.svg"],
        ["--profile", "--picture", "bench.svg"],
        ["--growth", "1000,many"],
        ["--growth", "0"],
        ["--growth", "--picture", "bench.svg"],
    ],
)
def test_nonsense_is_refused_before_anything_is_measured(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(words)

    assert refused.value.code == 2
    assert not capsys.readouterr().out


def test_a_bar_is_met_at_its_edge_and_by_nothing_that_was_not_measured() -> None:
    at_least, at_most = Bar("a", "", least=2), Bar("b", "", most=2)

    assert [at_least.judged(Found(value))["met"] for value in (1.99, 2, 2.01)] == [False, True, True]
    assert [at_most.judged(Found(value))["met"] for value in (1.99, 2, 2.01)] == [True, True, False]
    assert at_most.judged(Found(None, "two cores"))["met"] is None


def test_a_figure_without_a_limit_is_neither_met_nor_missed(capsys: pytest.CaptureFixture[str]) -> None:
    judged = Bar("a", "how much").judged(Found(7.25, "so it was"))

    assert judged == {"says": "how much", "value": 7.25, "met": None, "why": "so it was"}
    _print({"a": judged, "b": Bar("b", "").judged(Found(None, "two cores"))}, {})
    shown, left_out = capsys.readouterr().out.splitlines()
    assert shown.split() == ["a", "7.25", "no", "bar", "how", "much", "(so", "it", "was)"]
    assert left_out.split()[:3] == ["b", "-", "not"]


def test_a_message_counts_as_answered_once_the_provider_has_the_words_that_were_expected() -> None:
    providers, number = Providers(), "whatsapp:+923000000001"
    by_telegram, by_whatsapp = providers.expect("7", "Which language"), providers.expect(number, "Is it safe")

    def told(path: str, **form: str) -> bytes:
        return providers.take(f"POST {path} HTTP/1.1\r\n\r\n".encode(), urlencode(form).encode())

    told("/bot7:bench/sendMessage", chat_id="7", text="Is it safe")
    told("/bot7:bench/sendMessage", chat_id="8", text="Which language")
    told("/2010-04-01/Accounts/AC0/Messages.json", To=number, Body="Which language")
    assert not by_telegram.is_set()
    assert not by_whatsapp.is_set()

    assert b'"message_id": 3' in told("/bot7:bench/sendMessage", chat_id="7", text="Which language suits you?")
    variables = json.dumps({"1": "Hello. Is it safe?"})
    assert b'"sid"' in told("/2010-04-01/Accounts/AC0/Messages.json", To=number, ContentVariables=variables)
    assert by_telegram.is_set()
    assert by_whatsapp.is_set()
    assert told("/2010-04-01/Accounts/AC0/Messages/SM1.json").startswith(b"HTTP/1.1 503")


def test_a_picture_of_a_kept_run_holds_every_contender_and_says_which_bar_is_missed(tmp_path: Path) -> None:
    rounds = [{"floor sqlite": {"rps": 100}, "ours sqlite": {"rps": 50}, "ptb": {"rps": 125}, "<b>": {"rps": 1}}]
    judged = {
        "one": Bar("one", "R&D", least=1).judged(Found(0.5)),
        "two": Bar("two", "two", most=4).judged(Found(1)),
        "three": Bar("three", "three").judged(Found(7)),
        "four": Bar("four", "four", most=4).judged(Found(None)),
    }
    machine = {"cores": 2, "python": "3", "sqlite": "3", "at": "2026-11-30T17:46", "load_before": 1.5}
    told = {"machine": machine, "bars": judged, "raw": {"turns": {"rounds": rounds}}}
    (tmp_path / "run.json").write_text(json.dumps(told), encoding="utf-8")

    assert main(["--from", str(tmp_path / "run.json"), "--picture", str(tmp_path / "run.svg"), "--json"]) == 0

    drawn = ElementTree.parse(tmp_path / "run.svg").getroot()  # noqa: S314  # our own
    texts = [one.text or "" for one in drawn.iter(f"{_SVG}text")]
    for words in (["the floor", "1.00"], ["python-telegram-bot", "1.25"], ["Hamraz", "0.50"], ["<b>", "0.01"]):
        assert texts[texts.index(words[0]) + 1] == words[1]
    for said in ("0.50 where ≥ 1 is asked", "missed by 50 %", "R&D", "met by 75 %", "no bar", "1 more were left out"):
        assert any(said in text for text in texts)
        assert said in drawn.findtext(f"{_SVG}desc", "")
    lengths = [float(one.get("width", "")) for one in drawn.iter(f"{_SVG}rect") if "bar" in one.get("class", "")]
    assert lengths[0] == pytest.approx(0.8 * max(lengths))
    assert drawn.findtext(f"{_SVG}title")


def test_growth_is_told_in_a_line_and_an_entry_for_each_count(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(folder: Path, count: int, rounds: int, people: int) -> tuple[dict[str, Found], dict[str, Any]]:
        found = {"million_over_empty": Found(count / 1000, "so it was"), "million_p99_over_empty": Found(2)}
        return found, {"rounds": [{"people": people}] * rounds}

    monkeypatch.setattr(million, "measure", measured)
    assert main(["--growth", "1200,3000", "--rounds", "2"]) == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [["1,200", "1.20"], ["3,000", "3.00"]]

    assert main(["--growth", "--quick", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["raw"]["growth"]
    assert {count: one["p50_over_empty"] for count, one in told.items()} == {"1000": 1, "10000": 10, "100000": 100}
    assert all(one["rounds"] == [{"people": 40}] * 3 for one in told.values())


def test_a_talk_counts_as_kept_only_when_each_of_its_messages_is(
    settings: Settings, phone: Callable[..., Phone], tmp_path: Path
) -> None:
    place = Place("sqlite", settings.database_url, settings.keys_url, tmp_path)
    one, other = phone(number="+923001112233"), phone(number="+923004445566")
    for said in SAID:
        one.say(said)
    assert kept.sessions(place) == 1

    for said in SAID[:-1]:
        other.say(said)
    assert kept.sessions(place) != 2
