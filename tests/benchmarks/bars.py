"""The bars: what each measures, where it lies, and whether a value meets it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Bar:
    """One of them; or a figure that nothing is asked of: it has neither limit, and is neither met nor missed."""

    name: str
    says: str
    least: float | None = None  # the value must be as much
    most: float | None = None  # or no more

    def judged(self, found: Found) -> dict[str, Any]:
        """The value beside its bar: "met" is None where there is no value, and "why" says why; or where there is no limit."""
        limits = {"least": self.least, "most": self.most}
        bar = {name: limit for name, limit in limits.items() if limit is not None}
        return {"says": self.says, "value": found.value, **bar, "met": self._met(found.value), "why": found.why}

    def _met(self, value: float | None) -> bool | None:
        if value is None or self.least is self.most is None:
            return None
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured; or nothing, and why not."""

    value: float | None
    why: str = ""  # also what there is to say about a value


def limit_of(judged: dict[str, Any]) -> str:
    """What is asked of a value, "" where nothing is."""
    if "least" in judged:
        return f"≥ {judged['least']:g}"
    return f"≤ {judged['most']:g}" if "most" in judged else ""


def verdict_of(judged: dict[str, Any]) -> str:
    if judged["value"] is None:
        return "not measured"
    return {True: "met", False: "MISSED", None: "no bar"}[judged["met"]]


def by_how_much(judged: dict[str, Any]) -> str:
    """How far a value is from its limit, in hundredths of that; "" where there is none."""
    limit = judged.get("least", judged.get("most"))
    return "" if limit is None else f" by {100 * abs(judged['value'] / limit - 1):,.0f} %"


BARS = {
    bar.name: bar
    for bar in (
        Bar("turn_over_floor_sqlite", "a whole turn, of Flask with one durable commit: SQLite", least=1.0),
        Bar("p99_over_p50", "the slowest hundredth of turns, of the middle one", most=4),
        Bar("turn_over_floor_postgres", "a whole turn, of Flask with one durable commit: PostgreSQL", least=0.7),
        Bar("over_ptb", "messages a second, of python-telegram-bot's", least=2),
        Bar("over_botbuilder", "messages a second, of botbuilder's", least=3.5),
        Bar("over_aiogram", "messages a second, of aiogram's"),
        Bar("whatsapp_over_sms", "messages a second by WhatsApp with buttons, of those by SMS: SQLite"),
        Bar("telegram_over_sms", "messages a second by Telegram, of those by SMS: SQLite"),
        Bar(
            "first_messages_per_s",
            "first messages a second, each of a new number whose keys are as slow to find as in life",
        ),
        Bar(
            "million_over_empty", "the middle turn beside a million reports and sessions, of an empty house", most=1.15
        ),
        Bar("million_p99_over_empty", "the slowest hundredth of turns beside them, of an empty house", most=2),
        Bar("cube_ms", "district × type × month of a million facts, the slower database, ms", most=150),
        Bar("list_ms", "the inbox of 10,000 open cases, ms", most=500),
        Bar("list_first_ms", "the same, the first time a process is asked, ms", most=500),
        Bar("case_ms", "a case of 200 messages, the slower database, ms", most=50),
        Bar("search_ms", "a word in the 200 cases that a search looks through, the slower database, ms"),
        Bar("check_ms", "CPU of a look at a flow of 60 steps while she types, ms", most=100),
        Bar("graph_ms", "the first paint of the same flow drawn, ms", most=1_000),
        Bar("words_ms", "the page of 1,000 phrases, ms", most=1_000),
        Bar("scale_2_workers", "messages a second of two server processes on PostgreSQL, of one", least=1.7),
        Bar("rss_mib", "memory of a server process that has served, MiB", most=150),
        Bar("start_s", "hamraz --help, s", most=0.5),
        Bar("ready_s", "from hamraz serve to its first answer, s", most=3),
    )
}
