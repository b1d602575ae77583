"""How one case stands: read out of, and written into, what its report knows of itself under its seal.

report.holder                whose it is
report.meta["status"]        see STATUSES
report.meta["priority"]      red, amber or green
report.meta["desk"]          what this file keeps: times are seconds since 1970
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.triage import Level
from storage.cases import code_of
from storage.reports import Report

# private and withdrawn: hers alone. new: filed. waiting: wants a person. left: she left in a hurry, the case stays.
STATUSES = ("private", "new", "waiting", "held", "closed", "left", "withdrawn")
OPEN = frozenset({"new", "waiting", "held", "left"})
QUEUED = frozenset({"new", "waiting"})
REASONS = ("answered", "referred", "wants_no_more", "no_answer", "other")  # of closing
HERS, REPLY = 1, 2  # kinds of an entry in a thread
_MOST_SENT = 60  # how many settled replies are remembered one by one
_MOST_ONCE = 20  # how many forms are remembered, so that none is done twice


@dataclass(slots=True)
class Case:
    """One report as the desk sees it."""

    report: Report = field(repr=False)

    @property
    def id(self) -> bytes:
        return self.report.id

    @property
    def code(self) -> str:
        return code_of(self.report)

    @property
    def status(self) -> str:
        return str(self.report.meta.get("status", "new"))

    @status.setter
    def status(self, value: str) -> None:
        self.report.meta["status"] = value

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def risk(self) -> Level:
        return Level(self.report.meta.get("priority", Level.GREEN))

    @property
    def language(self) -> str:
        return str(self.report.meta.get("language", ""))

    @property
    def channel(self) -> str:
        return str(self.report.meta.get("channel", ""))

    @property
    def institution(self) -> str:
        """The id of the college or workplace that it is about; "" where none was named."""
        return str(self.report.meta.get("institution", ""))

    @property
    def holder(self) -> bytes | None:
        return self.report.holder

    @property
    def desk(self) -> dict[str, Any]:
        kept: dict[str, Any] = self.report.meta.setdefault("desk", {})
        return kept

    @property
    def since(self) -> int:
        """When it came into the queue."""
        if "since" in self.desk:
            return int(self.desk["since"])
        filed = self.report.meta.get("filed")
        return int(datetime.fromisoformat(filed).timestamp()) if filed else self.report.day * 86_400

    @property
    def asked(self) -> int | None:
        """Since when she waits for an answer; None when the last word is ours."""
        return self.desk.get("asked")

    @property
    def raised(self) -> int:
        """How often it went up because nobody answered in time."""
        return int(self.desk.get("raised", 0))

    @property
    def raised_at(self) -> int:
        """When it last went up; 0 for never."""
        return int(self.desk.get("raised_at", 0))

    @property
    def alarm(self) -> dict[str, Any] | None:
        """What the pager keeps of its calls for it; None when nobody was called."""
        kept: dict[str, Any] | None = self.desk.get("alarm")
        return kept

    @property
    def joined(self) -> list[bytes]:
        return [bytes.fromhex(one) for one in self.desk.get("joined", ())]

    @property
    def requests(self) -> dict[str, dict[str, Any]]:
        """What takes two and was asked for, by its id."""
        kept: dict[str, dict[str, Any]] = self.desk.get("requests", {})
        return kept

    @property
    def asks(self) -> bool:
        """Whether something that was asked for waits for an answer; whether it is too late for one is not said."""
        return any(one["state"] == "asked" for one in self.requests.values())

    @property
    def sent(self) -> dict[str, dict[str, Any]]:
        """What became of each reply, by its number in the thread."""
        kept: dict[str, dict[str, Any]] = self.desk.setdefault("sent", {})
        return kept

    def done_before(self, once: str) -> int | None:
        """What came of a form that was sent before: a place in the thread, or 0; None for a new one."""
        return None if not once else self.desk.get("once", {}).get(once)

    def done(self, once: str, seq: int = 0) -> None:
        """A form was sent; sent again it does nothing."""
        if once:
            kept = {**self.desk.get("once", {}), once: seq}
            self.desk["once"] = dict(list(kept.items())[-_MOST_ONCE:])

    def is_among(self, staff_id: bytes) -> bool:
        """Whether she holds it or joined."""
        return staff_id == self.holder or staff_id in self.joined

    def to_queue(self, now: datetime, *, up: bool = False) -> None:
        """Nobody's again; its place in the line is the one it had."""
        self.report.holder = None
        self.status = "waiting"
        self.desk["joined"] = []
        self.desk["since"] = self.since
        if up:
            self.raise_up(now)

    def come_back(self, now: datetime) -> None:
        """She is here: with whoever has her case, else in the line; also if she had left, or it was closed."""
        if self.is_open and self.holder is not None:
            self.status = "held"
        elif self.status != "waiting":
            self.to_queue(now)

    def raise_up(self, now: datetime) -> None:
        self.desk["raised"] = self.raised + 1
        self.desk["raised_at"] = int(now.timestamp())

    def give(self, staff_id: bytes) -> None:
        self.report.holder = staff_id
        self.status = "held"

    def settle(self, seq: str, state: str, **more: object) -> None:
        """What became of a reply; the settled ones of long ago are forgotten."""
        self.sent[seq] = {**self.sent.get(seq, {}), "state": state, **more}
        settled = [one for one, kept in self.sent.items() if kept["state"] in ("delivered", "read", "shown")]
        for old in sorted(settled, key=int)[:-_MOST_SENT]:
            del self.sent[old]
