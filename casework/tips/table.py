"""The shipped tips and the situations they are told in: `seed/tips.toml`. The words are in the catalogues, under `tip.<id>`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from casework.directory.kinds import kind_of
from flows.prompt import Choice
from storage.tips import Tip

TABLE = Path(__file__).parent.parent / "seed" / "tips.toml"
LOOK_AGAIN_AFTER = 730  # days since somebody looked whether a tip still holds
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EPOCH = date(1970, 1, 1)


class BrokenTips(Exception):
    """The table of tips cannot be used; the message names the entry."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One place or situation that there are tips for."""

    id: str
    urgent: bool  # leads the list once danger words were heard
    help: str  # the kind of help that fits it, "" where none does more than another

    @property
    def phrase(self) -> str:
        """What it is called in the list."""
        return f"tips.situation.{self.id}"


@dataclass(frozen=True, slots=True)
class Table:
    """What the file says."""

    situations: tuple[Situation, ...]
    tips: tuple[Tip, ...]

    def situation(self, situation_id: str) -> Situation | None:
        """The situation with this id, if there is one."""
        return next((one for one in self.situations if one.id == situation_id), None)


@cache
def read_table(path: Path = TABLE) -> Table:
    """Read the file. Raises BrokenTips."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        situations = tuple(_situation(entry) for entry in said["situation"])
        known = {one.id for one in situations}
        tips = tuple(_tip(entry, known) for entry in said["tip"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenTips(f"{path.name}: {error}") from None
    if len(known) < len(situations) or len({tip.id for tip in tips}) < len(tips):
        raise BrokenTips(f"{path.name}: two entries have one id")
    if bare := known - {name for tip in tips for name in tip.situations}:
        raise BrokenTips(f"{path.name}: no tip for {', '.join(sorted(bare))}")
    return Table(situations, tips)


def choices(*, danger: bool) -> tuple[Choice, ...]:
    """The situations as they are listed; once danger was heard, the urgent ones come first."""
    listed = read_table().situations
    ordered = sorted(listed, key=lambda one: not one.urgent) if danger else listed
    return tuple(Choice(one.id, one.phrase) for one in ordered)


def phrase_of(tip_id: str) -> str:
    """Where the catalogues have a tip's words."""
    return f"tip.{tip_id}"


def phrases() -> frozenset[str]:
    """Every phrase that the table needs."""
    table = read_table()
    return frozenset({*(one.phrase for one in table.situations), *(phrase_of(tip.id) for tip in table.tips)})


def is_old(tip: Tip, today: date) -> bool:
    """Whether somebody should look again whether it still holds."""
    return tip.reviewed_on is None or (today - _EPOCH).days - tip.reviewed_on > LOOK_AGAIN_AFTER


def _situation(entry: Mapping[str, Any]) -> Situation:
    kind = entry.get("help", "")
    if kind and kind_of(kind) is None:
        raise ValueError(f"situation {entry['id']}: there is no kind of help {kind!r}")
    return Situation(_id(entry), bool(entry.get("urgent", False)), kind)


def _tip(entry: Mapping[str, Any], known: set[str]) -> Tip:
    situations = tuple(entry["situations"])
    if not situations or not known.issuperset(situations):
        raise ValueError(f"tip {entry['id']}: it stands in no situation, or in one that there is not")
    if not str(entry["source"]).strip():
        raise ValueError(f"tip {entry['id']}: it has no source")
    return Tip(_id(entry), situations, entry["source"], (entry["reviewed_on"] - _EPOCH).days, {})


def _id(entry: Mapping[str, Any]) -> str:
    if not _ID.fullmatch(entry["id"]):
        raise ValueError(f"{entry['id']!r} is no id")
    return str(entry["id"])
