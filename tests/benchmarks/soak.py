"""Half an hour at 70 % of the peak: whether memory stays and p99 stays. It ends at once if anything is answered wrongly.

    python -m tests.benchmarks.soak [--minutes 30] [--share 0.7] [--database sqlite|postgresql] [--json]

The peak is what eight connections get through in a minute in which none of them waits. A minute's messages are then spread
evenly over it; one that is late is timed from when it was due. Memory is that of the process that serves, at each minute's end.
Once a second the same piece of arithmetic is timed by the CPU that it takes: a machine that others share is slower in some
minutes than in others, and only beside that does a minute's p99 say something of Hamraz.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import linear_regression, median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import thread_time
from typing import Any

from tests.benchmarks.contestants import Running, ours_on, serving
from tests.benchmarks.talk import SAID
from tests.benchmarks.turns import durable_postgres, load
from tests.databases import KINDS, sqlite_place

WARM = 600  # people before the peak is taken
SETTLED = 0.6  # of the time goes by before the slopes are taken: for a quarter of an hour the senders' cache fills
PIECE = 100_000  # numbers added up, some 2 ms


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
    """The peak, each minute, and the slopes: MiB and milliseconds an hour, of the minutes after the caches are full."""
    load(one, 0, WARM, {})
    in_a_minute = _people(load(one, WARM, WARM, {})["rps"])
    peak = load(one, 2 * WARM, in_a_minute, {})["rps"]
    per_second = share * peak
    people, first, each = _people(per_second), 2 * WARM + in_a_minute, []
    for _ in range(minutes):
        with _paced() as paces:
            minute = load(one, first, people, {"per_second": per_second})
        first += people
        kept = {name: minute[name] for name in ("messages", "p50_ms", "p99_ms", "cpu_ms")}
        each.append({**kept, "mib": one.rss_mib(), "piece_ms": median(paces) if paces else None})
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


def _people(per_second: float) -> int:
    """Whose talks take a minute."""
    return max(round(60 * per_second / len(SAID)), 1)


@contextmanager
def _paced() -> Iterator[list[float]]:
    """CPU milliseconds that the same piece of arithmetic takes, once a second meanwhile."""
    took: list[float] = []
    over = Event()

    def take() -> None:
        while not over.wait(1):
            begun = thread_time()
            sum(range(PIECE))
            took.append(1000 * (thread_time() - begun))

    taking = Thread(target=take)
    taking.start()
    try:
        yield took
    finally:
        over.set()
        taking.join()


def _an_hour(minutes: list[float]) -> float | None:
    return 60 * linear_regression(range(len(minutes)), minutes).slope if len(minutes) > 1 else None


def _said(told: dict[str, Any]) -> str:
    lines = [
        f"minute {number:3}: {minute['messages']:6} messages, p50 {minute['p50_ms']:6.1f} ms, "
        f"p99 {minute['p99_ms']:6.1f} ms, {minute['mib']:.0f} MiB, CPU {minute['cpu_ms']:.2f} ms a turn"
        + (f", {minute['piece_ms']:.2f} ms a piece" if minute["piece_ms"] else "")
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
