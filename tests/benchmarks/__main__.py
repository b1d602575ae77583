"""`./hamraz bench`: measures every bar, prints a table, or with --json one object whose `bars` hold them all.

Ratios are made inside one run, in rounds in which each contender comes once; on a machine with other work even they wander.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks import channels, cube, million, newcomers, pages, picture, standing, steps, studio, turns
from tests.benchmarks.bars import BARS, Found, limit_of, verdict_of

Part = Callable[[Path, argparse.Namespace], tuple[dict[str, Found], dict[str, Any]]]

TURNS = (
    "turn_over_floor_sqlite",
    "p99_over_p50",
    "turn_over_floor_postgres",
    "over_ptb",
    "over_botbuilder",
    "over_aiogram",
)

GROWTH = (1_000, 10_000, 100_000)


def main(words: Sequence[str] | None = None) -> int:
    """Return the exit code: 2 when a contender answered wrongly or did not keep what it took. A bar missed is no error."""
    options = _options(words)
    if options.profile:
        return _profile(options)
    if options.growth:
        return _growth(options)
    try:
        told = options.kept or _measured(options)
    except turns.Wrong as wrong:
        _say(f"{wrong}: its figures mean nothing")
        return 2
    if options.picture:
        options.picture.write_text(picture.drawn(told), encoding="utf-8")
        _say(f"drawn into {options.picture}")
    if options.json:
        print(json.dumps(told, indent=1))
    else:
        _print(told["bars"], told["raw"])
    return 0


def _measured(options: argparse.Namespace) -> dict[str, Any]:
    """Every part that a wanted bar needs. Raises Wrong."""
    wanted = options.only or (TURNS if options.quick else tuple(BARS))
    if not options.botbuilder and "over_botbuilder" in wanted:
        _say("botbuilder's packages are NOT installed: nothing is measured against it (./hamraz bench installs them)")
    machine, found, raw = _machine(), {}, {}
    for name, (bars, measure) in PARTS.items():
        if not set(bars) & set(wanted):
            continue
        _say(f"measuring {name} …")
        with tempfile.TemporaryDirectory() as folder:
            more, raw[name] = measure(Path(folder), options)
        found |= {bar: value for bar, value in more.items() if bar in wanted}
    judged = {bar: BARS[bar].judged(found.get(bar, Found(None, "left out of this run"))) for bar in BARS}
    machine["load_after"] = _load()
    return {"machine": machine, "bars": judged, "raw": raw}


def _turns(folder: Path, options: argparse.Namespace) -> tuple[dict[str, Found], dict[str, Any]]:
    return turns.measure(folder, options.rounds, options.people, options.botbuilder)


def _channels(folder: Path, options: argparse.Namespace) -> tuple[dict[str, Found], dict[str, Any]]:
    return channels.measure(folder, options.rounds, options.people)


def _newcomers(folder: Path, options: argparse.Namespace) -> tuple[dict[str, Found], dict[str, Any]]:
    return newcomers.measure(folder, options.rounds, options.people)


def _million(folder: Path, options: argparse.Namespace) -> tuple[dict[str, Found], dict[str, Any]]:
    return million.measure(folder, options.million, options.rounds, options.people)


def _cube(folder: Path, options: argparse.Namespace) -> tuple[dict[str, Found], dict[str, Any]]:
    found, raw = cube.measure(folder, options.million)
    return {"cube_ms": found}, raw


def _pages(folder: Path, options: argparse.Namespace) -> tuple[dict[str, Found], dict[str, Any]]:
    return pages.measure(folder, options.cases, options.messages)


def _studio(folder: Path, options: argparse.Namespace) -> tuple[dict[str, Found], dict[str, Any]]:
    return studio.measure(folder)


def _scale(folder: Path, options: argparse.Namespace) -> tuple[dict[str, Found], dict[str, Any]]:
    found, raw = standing.scale(folder, options.rounds, options.people)
    return {"scale_2_workers": found}, raw


def _serve(folder: Path, options: argparse.Namespace) -> tuple[dict[str, Found], dict[str, Any]]:
    return standing.serve(folder, options.people)


def _start(folder: Path, options: argparse.Namespace) -> tuple[dict[str, Found], dict[str, Any]]:
    found, raw = standing.start()
    return {"start_s": found}, raw


PARTS: dict[str, tuple[tuple[str, ...], Part]] = {
    "turns": (TURNS, _turns),
    "channels": (("whatsapp_over_sms", "telegram_over_sms"), _channels),
    "newcomers": (("first_messages_per_s",), _newcomers),
    "growth": (("million_over_empty", "million_p99_over_empty"), _million),
    "numbers": (("cube_ms",), _cube),
    "pages": (("list_ms", "list_first_ms", "case_ms", "search_ms"), _pages),
    "studio": (("check_ms", "graph_ms", "words_ms"), _studio),
    "scale": (("scale_2_workers",), _scale),
    "server": (("rss_mib", "ready_s"), _serve),
    "command": (("start_s",), _start),
}


def _profile(options: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        shares = steps.measure(Path(folder), options.people)
    if options.json:
        print(json.dumps({"machine": _machine(), "shares": shares}, indent=1))
    else:
        print("\n".join(steps.table(shares)))
    return 0


def _growth(options: argparse.Namespace) -> int:
    """The middle turn beside more and more, of that in an empty house: a line and an entry for each count."""
    machine, raw = _machine(), {}
    for count in options.growth:
        _say(f"measuring beside {count:,} reports and sessions …")
        try:
            with tempfile.TemporaryDirectory() as folder:
                found, one = million.measure(Path(folder), count, options.rounds, options.people)
        except turns.Wrong as wrong:
            _say(f"{wrong}: its figures mean nothing")
            return 2
        middle, tail = found["million_over_empty"], found["million_p99_over_empty"]
        raw[count] = {"p50_over_empty": middle.value, "p99_over_empty": tail.value, **one}
        if not options.json:
            print(
                f"{count:>9,}{middle.value:7.2f} of an empty house's middle turn ({middle.why}); p99 {tail.value:.2f}",
                flush=True,
            )
    if options.json:
        print(json.dumps({"machine": machine | {"load_after": _load()}, "raw": {"growth": raw}}, indent=1))
    return 0


def _print(judged: dict[str, dict[str, Any]], raw: dict[str, Any]) -> None:
    for part in ("turns", "channels"):
        if part in raw:
            print("\n".join(turns.table(raw[part]["rounds"])), end="\n\n")
    for name, bar in judged.items():
        value = "-" if bar["value"] is None else f"{bar['value']:.2f}"
        print(
            f"{name:24}{value:>9}  {limit_of(bar):8}{verdict_of(bar):14}{bar['says']}"
            + (f" ({bar['why']})" if bar["why"] else "")
        )


def _machine() -> dict[str, Any]:
    """What the figures were made on; no name of anybody's."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": _load(),
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
    }


def _load() -> float:
    """How many were working or waiting to, in the last minute: more than there are cores, and no time means anything."""
    return round(os.getloadavg()[0], 2)


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def _options(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hamraz bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the first five bars in a minute, roughly")
    parser.add_argument("--json", action="store_true", help="one object, raw figures and all")
    parser.add_argument("--profile", action="store_true", help="where a turn's time goes, and nothing else")
    parser.add_argument(
        "--growth",
        type=_counts,
        nargs="?",
        const=GROWTH,
        metavar="N,N",
        help="a turn beside so many reports and sessions, and nothing else",
    )
    parser.add_argument("--picture", type=_drawing, metavar="FILE.svg", help="draw what was measured")
    parser.add_argument("--from", dest="kept", type=_kept, metavar="FILE.json", help="of an earlier run with --json")
    parser.add_argument("--only", type=_bars, metavar="BAR,BAR", help=f"of {', '.join(BARS)}")
    parser.add_argument("--rounds", type=_count, default=5)
    parser.add_argument("--people", type=_count, default=150, help="who talk, in each round")
    parser.add_argument("--million", type=_count, default=1_000_000, help="reports, sessions, facts of a full house")
    parser.add_argument("--cases", type=_count, default=10_000)
    parser.add_argument("--messages", type=_count, default=200, help="of the long case")
    parser.add_argument("--botbuilder", default="", help="a Python that has what requirements/bench.txt names")
    options = parser.parse_args(words)
    if (options.profile or options.growth) and (options.picture or options.kept):
        parser.error("neither a profile nor growth is drawn")
    if options.quick:
        options.rounds, options.people = 3, 40
    return options


def _bars(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in BARS]:
        raise argparse.ArgumentTypeError(f"no bar is called {', '.join(unknown)}")
    return names


def _drawing(text: str) -> Path:
    path = Path(text)
    if path.suffix != ".svg" or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(
            f"a file that ends in .svg, in a folder that is there, is needed, not {text!r}"
        )
    return path


def _kept(text: str) -> dict[str, Any]:
    """What a run with --json printed."""
    try:
        told = json.loads(Path(text).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not read: {error}") from None
    if not isinstance(told, dict) or not {"machine", "bars", "raw"} <= set(told):
        raise argparse.ArgumentTypeError(f"{text!r} is not what hamraz bench --json prints")
    return told


def _counts(text: str) -> tuple[int, ...]:
    return tuple(map(_count, text.split(",")))


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 on is needed, not {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
