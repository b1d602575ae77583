"""Half an hour at 70 % of the peak: whether memory stays and p99 stays. It ends at once if anything is answered wrongly.

    python -m tests.benchmarks.soak [--minutes 30] [--share 0.7] [--database sqlite|postgresql] [--json]

The peak is what eight connections get through when none of them waits. A minute's messages are then spread evenly over it;
one that is late is timed from when it was due. Memory is that of the process that serves, at each minute's end.
"""

from __future__ import annotations

import argparse
import json
from contextlib import ExitStack
from pathlib import Path
from statistics import linear_regression, median
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.contestants import Running, ours_on, serving
from tests.benchmarks.talk import SAID
from tests.benchmarks.turns import durable_postgres, load
from tests.databases import KINDS, sqlite_place

WARM = 600  # people before the peak is taken
SETTLED = 0.2  # of the time goes by before the slope is taken: caches fill


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.soak", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=30)
    parser.add_argument("--share", type=float, default=0.7, help="of the peak")
    parser.add_argument("--database", choices=KINDS, default="sqlite")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        place = stack.enter_context(
            sqlite_place(folder)
            if options.database == "sqlite"
            else stack.enter_context(durable_postgres()).place(folder)
        )
        one = stack.enter_context(serving(ours_on("hamraz", place)))
        told = soaked(one, options.minutes, options.share)
    print(json.dumps(told) if options.json else _said(told))


def soaked(one: Running, minutes: int, share: float) -> dict[str, Any]:
    """The peak, each minute, and the slopes: MiB and milliseconds an hour, of the minutes after the first fifth."""
    load(one, 0, WARM, {})
    peak = load(one, WARM, WARM, {})["rps"]
    per_second = share * peak
    people, first, each = max(round(60 * per_second / len(SAID)), 1), 2 * WARM, []
    for _ in range(minutes):
        minute = load(one, first, people, {"per_second": per_second})
        first += people
        each.append(
            {**{name: minute[name] for name in ("messages", "p50_ms", "p99_ms", "cpu_ms")}, "mib": one.rss_mib()}
        )
    settled = each[int(SETTLED * len(each)) :]
    return {
        "peak_per_second": peak,
        "per_second": per_second,
        "messages": sum(minute["messages"] for minute in each),
        "mib_an_hour": _an_hour([minute["mib"] for minute in settled]),
        "p99_ms_an_hour": _an_hour([minute["p99_ms"] for minute in settled]),
        "p99_ms": median(minute["p99_ms"] for minute in settled),
        "minutes": each,
    }


def _an_hour(minutes: list[float]) -> float | None:
    return 60 * linear_regression(range(len(minutes)), minutes).slope if len(minutes) > 1 else None


def _said(told: dict[str, Any]) -> str:
    lines = [
        f"minute {number:3}: {minute['messages']:6} messages, p50 {minute['p50_ms']:6.1f} ms, "
        f"p99 {minute['p99_ms']:6.1f} ms, {minute['mib']:.0f} MiB"
        for number, minute in enumerate(told["minutes"], 1)
    ]
    slope = (
        ""
        if told["mib_an_hour"] is None
        else f", {told['mib_an_hour']:+.1f} MiB and {told['p99_ms_an_hour']:+.1f} ms of p99 an hour"
    )
    return "\n".join(
        [
            *lines,
            f"{told['messages']} messages at {told['per_second']:.0f} of {told['peak_per_second']:.0f} a second{slope}, each answered rightly",
        ]
    )


if __name__ == "__main__":
    main()
