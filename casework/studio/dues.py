"""What is to hold from a certain hour on: one draft a flow, kept until it holds, is refused at its hour, or is called off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from casework.studio.room import StudioRoom
from flows.findings import Finding
from storage import papers
from storage.database import Unit
from storage.papers import Paper

PAPER = "flow due"


@dataclass(frozen=True, slots=True)
class Due:
    """One of them."""

    name: str  # of the flow
    token: str  # which draft, at which version
    policy: str
    seen: bool  # whoever planned it says yes to what is worth a look
    at: int  # when it is to hold, in seconds since 1970
    by: bytes = field(repr=False)
    second: bytes = field(default=b"", repr=False)  # who agreed; empty where nobody had to
    refused: str = ""  # why it did not hold at its hour: a key of the console's words
    values: Mapping[str, str] = field(default_factory=dict)  # that fill it
    findings: tuple[Finding, ...] = ()
    id: bytes = b""  # of its paper


def every(unit: Unit, room: StudioRoom) -> list[Due]:
    """All of them, also what was refused at its hour and nobody has taken away since."""
    return [_due(paper) for paper in papers.every(unit, room.keyring, PAPER)]


def of(unit: Unit, room: StudioRoom, name: str) -> Due | None:
    """The one of a flow."""
    return next((due for due in every(unit, room) if due.name == name), None)


def plan(unit: Unit, room: StudioRoom, due: Due, now: datetime) -> None:
    """Keep it, in the place of another of the same flow."""
    drop(unit, room, due.name)
    papers.add(unit, room.keyring, PAPER, _body(due), now)


def drop(unit: Unit, room: StudioRoom, name: str) -> bool:
    """Take it away; whether there was one."""
    due = of(unit, room, name)
    if due is not None:
        papers.remove(unit, due.id)
    return due is not None


def refuse(unit: Unit, room: StudioRoom, due: Due, why: Due) -> None:
    """Keep why it did not hold, for whoever planned it, where it still stands as it was."""
    for paper in papers.every(unit, room.keyring, PAPER):
        if paper.id == due.id and not paper.body["refused"]:
            paper.body = _body(why)
            papers.save(unit, room.keyring, paper)


def _body(due: Due) -> dict[str, Any]:
    return {
        **{name: getattr(due, name) for name in ("token", "policy", "seen", "at", "refused")},
        "flow": due.name,
        "by": due.by.hex(),
        "second": due.second.hex(),
        "values": dict(due.values),
        "findings": [asdict(Finding(*(getattr(one, name) for name in _FINDING))) for one in due.findings],
    }


_FINDING = ("code", "flow", "node", "trouble", "mend")


def _due(paper: Paper) -> Due:
    body = dict(paper.body)
    by, second = (bytes.fromhex(body.pop(name)) for name in ("by", "second"))
    findings = tuple(Finding(**one) for one in body.pop("findings"))
    return replace(Due(body.pop("flow"), by=by, second=second, **body), findings=findings, id=paper.id)
