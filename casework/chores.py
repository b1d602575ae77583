"""Chores: what must happen by itself. Each may be killed at any point and run again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage import cases, counting, outbox, sessions
from storage.database import Unit
from storage.shredding import day_of, sweep_orphans
from storage.vault.keyring import Keyring

Work = Callable[[Unit, Keyring, datetime], object]


@dataclass(frozen=True, slots=True)
class Chore:
    name: str
    every: timedelta
    work: Work


def _links(unit: Unit, keyring: Keyring, now: datetime) -> None:
    cases.expire(unit, day_of(now))
    cases.forget_guesses(unit, int(now.timestamp()) // 3600 - 1)


CHORES = (
    Chore("forget unfinished drafts", timedelta(minutes=5), sessions.expire),
    Chore("empty the outbox of what is too old", timedelta(minutes=15), lambda unit, _, now: outbox.expire(unit, now)),
    Chore("finish erasures", timedelta(minutes=5), lambda unit, keyring, _: cases.finish_erasures(unit, keyring)),
    Chore("let go of old links and contacts", timedelta(hours=6), _links),
    Chore("count the day's facts", timedelta(hours=24), lambda unit, keyring, _: counting.count_pending(unit, keyring)),
    Chore("copy the heads of threads", timedelta(hours=24), lambda unit, _, now: cases.copy_heads(unit, now)),
    Chore("sweep keys without rows", timedelta(hours=1), lambda unit, _, now: sweep_orphans(unit, now)),
)
