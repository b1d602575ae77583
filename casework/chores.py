"""Chores: what must happen by itself. Each may be killed at any point and run again, and by several at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from casework import pulse, retention, soundness
from casework.cases import tending
from casework.cases.room import CaseRoom
from casework.community.round import Round
from casework.paging.pager import Pager
from casework.receipts import WINDOW
from casework.studio import comparing, scheduling
from casework.studio.room import StudioRoom
from casework.trying import links
from storage import (
    counting,
    erasing,
    feedback,
    guesses,
    marks,
    outbox,
    passages,
    resealing,
    sessions,
    shredding,
    subscriptions,
    sweeping,
    unshown,
    ways_back,
    wishes,
)
from storage.database import Database, Unit
from storage.staff import attempts, invitations, logins, pairings, readers
from storage.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Chore:
    """One chore."""

    name: str
    every: timedelta
    work: Callable[[Database, Keyring, datetime], Sequence[str]]  # returns what is not as it should be, for the log


def _in_one_unit(work: Callable[[Unit, Keyring, datetime], object]) -> Callable[..., Sequence[str]]:
    def run(database: Database, keyring: Keyring, now: datetime) -> Sequence[str]:
        database.work(lambda unit: work(unit, keyring, now))
        return ()

    return run


def _once(what: str, every: timedelta, work: Callable[[Database, Keyring, datetime], Sequence[str]]) -> Chore:
    """A chore that looks at everything: whichever process comes first does it, and the others leave it."""

    def run(database: Database, keyring: Keyring, now: datetime) -> Sequence[str]:
        # A little less than `every`, so that the process that did it last time is in time again.
        if database.work(lambda unit: marks.turn(unit, what, every * 0.9, now)) is None:
            return ()
        try:
            return work(database, keyring, now)
        except Exception:  # raised again below; meanwhile another process may have the turn
            database.work(lambda unit: marks.give_back(unit, what, now))
            raise

    return Chore(what, every, run)


def _forget_drafts(unit: Unit, keyring: Keyring, now: datetime) -> None:
    left: dict[str, Counter[passages.Passage]] = {}
    for one in sessions.expire(unit, keyring, now):
        if one.edition and one.channel:  # one kept by an earlier version names no channel
            at = passages.Passage(one.node, one.channel, one.language, passages.LEFT)
            left.setdefault(one.edition, Counter())[at] += 1
    for edition, counted in left.items():
        passages.add(unit, keyring, passages.week_of(now), edition, counted, now)


def _empty(unit: Unit, keyring: Keyring, now: datetime) -> None:
    outbox.expire(unit, now)
    unshown.expire(unit, now)


def _let_go(unit: Unit, now: datetime) -> None:
    ways_back.expire(unit, shredding.day_of(now))
    guesses.forget(unit, int(now.timestamp()) // WINDOW - 1)
    wishes.expire(unit, now.date())
    feedback.expire(unit, shredding.day_of(now))
    subscriptions.expire(unit, shredding.day_of(now))
    passages.expire(unit, passages.week_of(now))


def _write_keys_anew(database: Database, keyring: Keyring, now: datetime) -> Sequence[str]:
    database.rewrite_keys()
    return ()


def _let_staff_go(unit: Unit, now: datetime) -> None:
    logins.expire(unit, now)
    invitations.expire(unit, now)
    pairings.expire(unit, now)
    attempts.forget(unit, now)
    readers.sweep(unit)


def _rotated(database: Database, keyring: Keyring, now: datetime) -> Sequence[str]:
    current = database.read(resealing.current_key)
    if not current or current in keyring.ids:
        return ()
    return ["the keyring was rotated: restart this process, so that it seals under the new key"]


class Tally(Protocol):
    """What this process has counted of conversations and not kept yet, by week and edition."""

    def take(self) -> Mapping[tuple[int, str], Counter[passages.Passage]]: ...
    def give_back(self, taken: Mapping[tuple[int, str], Counter[passages.Passage]]) -> None: ...


def counting_of(tally: Tally) -> Chore:
    """The chore that keeps what this process has counted; what cannot be kept is counted on."""

    def work(database: Database, keyring: Keyring, now: datetime) -> Sequence[str]:
        taken = tally.take()
        if not taken:
            return ()

        def keep(unit: Unit) -> None:
            for (week, edition), counted in taken.items():
                passages.add(unit, keyring, week, edition, counted, now)

        try:
            database.work(keep)
        except BaseException:
            tally.give_back(taken)
            raise
        return ()

    return Chore("keep how conversations go", timedelta(minutes=1), work)


def tending_of(room: CaseRoom) -> Chore:
    """The chore of the counsellors' desk, which needs its hours."""
    return Chore("tend the queue", timedelta(minutes=1), lambda _, __, now: tending.tend(room, now))


def paging_of(pager: Pager) -> Chore:
    """The chore of the pager, which knows the doors that are open."""
    return Chore("call again for red cases", timedelta(minutes=1), lambda _, __, now: pager.again(now))


def holding_of(studio: StudioRoom) -> Chore:
    """The chore that lets drafts of flows hold at their hour."""
    return Chore(
        "let flows hold at their hour", timedelta(minutes=1), lambda _, __, now: scheduling.hold_due(studio, now)
    )


def weighing_of(studio: StudioRoom) -> Chore:
    """The chore that ends comparisons of two wordings."""

    def work(_: Database, __: Keyring, now: datetime) -> Sequence[str]:
        comparing.weigh(studio, now)
        return ()

    return _once("see which wording is understood", timedelta(hours=1), work)


def telling_of(told: Round) -> Chore:
    """The chore that sends what is on to whoever asked, which knows the channels that are open."""
    return _once("send what is on", timedelta(minutes=5), lambda _, __, now: told.go(now))


CHORES = (
    Chore("be seen", pulse.SEEN_EVERY, _in_one_unit(lambda unit, _, now: pulse.be_seen(unit, now))),
    Chore("forget unfinished drafts", timedelta(minutes=5), _in_one_unit(_forget_drafts)),
    Chore(
        "empty the outbox of what is too old",
        timedelta(minutes=15),
        _in_one_unit(_empty),
    ),
    Chore("finish erasures", timedelta(minutes=5), _in_one_unit(erasing.finish)),
    Chore(
        "let go of old links and contacts", timedelta(hours=6), _in_one_unit(lambda unit, _, now: _let_go(unit, now))
    ),
    Chore(
        "let go of old staff logins and invitations",
        timedelta(hours=6),
        _in_one_unit(lambda unit, _, now: _let_staff_go(unit, now)),
    ),
    Chore("let go of links to drafts", timedelta(hours=6), _in_one_unit(links.expire)),
    Chore("let go of old reports", timedelta(hours=24), retention.let_old_reports_go),
    _once("count the day's facts", timedelta(hours=24), _in_one_unit(counting.count_pending)),
    _once("sweep keys without rows", timedelta(hours=1), lambda database, _, now: sweeping.sweep(database, now)),
    _once(
        "sweep all keys without rows",
        timedelta(hours=24),
        lambda database, _, now: sweeping.sweep(database, now, everything=True),
    ),
    _once("write the keys anew", timedelta(hours=24), _write_keys_anew),
    _once("copy heads", timedelta(hours=24), soundness.copy_heads),
    _once("seal anew under the current key", timedelta(hours=6), resealing.reseal),
    Chore("see whether keys were rotated", timedelta(minutes=5), _rotated),
)
