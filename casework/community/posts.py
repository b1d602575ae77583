"""Posts: an event, a discussion or a notice, for one district or everywhere, until its last day.

Each is a paper. They are few, so a process keeps them and reads them anew when one has changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from storage import papers
from storage.database import Unit
from storage.papers import Paper
from storage.vault.keyring import Keyring

PAPER = "post"  # its kind
KINDS = ("event", "discussion", "notice")
DRAFT, ON, WITHDRAWN = "draft", "on", "withdrawn"
EVERYWHERE = ""  # instead of a district's id
ENGLISH = "en"
_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Post:
    """One of them."""

    id: str = ""  # hex
    kind: str = KINDS[0]
    district: str = EVERYWHERE
    titles: Mapping[str, str] = field(default_factory=dict)  # by language; English is always there once it is on
    texts: Mapping[str, str] = field(default_factory=dict)
    day: str = ""  # when it is, as ISO; "" for a notice
    hour: str = ""  # "17:30", by the clock on the team's wall
    place: str = ""
    last_day: str = ""  # until when it is told, as ISO
    status: str = DRAFT
    published: int = 0  # seconds since 1970
    by: str = ""  # who published it, 8 digits of her id
    went: int = 0  # how many it was sent to
    waits: int = 0  # how many it has not reached yet: their hours, or their week
    closed: int = 0  # how many WhatsApp lets nobody write to
    form: str = ""  # in which it was written first
    version: int = 0

    @property
    def held_on(self) -> date | None:
        """The day on which it is; None where none was given, or it cannot be read."""
        return day_in(self.day)

    @property
    def moment(self) -> datetime | None:
        """When it is, by the clock on the team's wall; None where no hour was given, or it cannot be read."""
        day = self.held_on
        return datetime.combine(day, time.fromisoformat(self.hour)) if day and _HOUR.fullmatch(self.hour) else None

    def ends(self, zone: str) -> datetime:
        """When it is told no more."""
        day = date.fromisoformat(self.last_day) + timedelta(days=1)
        return datetime.combine(day, time(), ZoneInfo(zone))

    def is_on(self, now: datetime, zone: str) -> bool:
        """Whether it is told now."""
        return self.status == ON and now < self.ends(zone)

    def is_for(self, districts: Sequence[str]) -> bool:
        """Whether it is for somebody in one of these; EVERYWHERE among them means all."""
        return self.district == EVERYWHERE or EVERYWHERE in districts or self.district in districts


def day_in(said: str) -> date | None:
    """A day as ISO writes it; None for anything else."""
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


class PostShelf:
    """Keeps the posts for one process."""

    def __init__(self) -> None:
        self._kept: tuple[object, tuple[Post, ...]] | None = None

    def posts(self, unit: Unit, keyring: Keyring) -> tuple[Post, ...]:
        """All of them, the earliest first. Raises Tampered."""
        edition = papers.edition(unit, PAPER)
        if self._kept is None or self._kept[0] != edition:
            self._kept = (edition, every(unit, keyring))
        return self._kept[1]


def every(unit: Unit, keyring: Keyring) -> tuple[Post, ...]:
    """All of them, the earliest first. Raises Tampered."""
    found = (post_of(paper) for paper in papers.every(unit, keyring, PAPER))
    return tuple(sorted(found, key=lambda one: (one.last_day, one.day, one.hour, one.id)))


def told_in(posts: Sequence[Post], districts: Sequence[str], now: datetime, zone: str) -> list[Post]:
    """Those that are on there now, what ends first before what ends later."""
    return [post for post in posts if post.is_on(now, zone) and post.is_for(districts)]


def post_of(paper: Paper) -> Post:
    return Post(id=paper.id.hex(), version=paper.version, **paper.body)


def body_of(post: Post) -> dict[str, Any]:
    """A post as its paper keeps it."""
    return {name: value for name, value in asdict(post).items() if name not in ("id", "version")}
