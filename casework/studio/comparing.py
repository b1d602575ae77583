"""Comparing two wordings of a question that holds: how it stands, when it is over, and what was seen.

What counts is fixed beforehand: of those asked, how many answered at the first go, counted as everything is here, by whole
weeks that are over. A comparison ends by itself once the wordings differ more than chance would have it, once each was asked as
often as its edition says, after as many weeks, or when somebody rewords one of the two; then everybody new gets the first.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.staff.office import BY_COMMAND
from casework.studio import shelf
from casework.studio.betting import WINS, Arm, fortune
from casework.studio.insight import FEW, rounded
from casework.studio.refusals import FlowMeanwhile
from casework.studio.room import StudioRoom
from casework.studio.shelf import Standing
from flows.comparing import Comparison, comparison
from storage import comparisons, passages, wordings
from storage.comparisons import CHANGED, ENDED, FIRST, OTHER, SAME, Over
from storage.database import Unit
from storage.vault.errors import Tampered

_CHANNELS = ("sms", "whatsapp", "telegram")
SETTLED = timedelta(days=1)  # after its end a week's counts change no more: an answer counts within a day


@dataclass(frozen=True, slots=True)
class Seen:
    """With the first wording and with the other, rounded; nothing where one of them was asked of a few."""

    asked: tuple[int, int] = (0, 0)
    understood: tuple[int, int] = (0, 0)  # in per cent of those


@dataclass(frozen=True, slots=True)
class Stand:
    """How a comparison stands, for whoever looks: rounded, and nothing of a few."""

    of: Comparison
    run: int
    began: date
    until: date  # the day on which it ends at the latest
    seen: Seen
    over: Over | None  # None: it goes on


def stands(room: StudioRoom, standing: Standing, now: datetime) -> Stand | None:
    """The comparison of an edition that holds; None where it compares nothing."""
    of = _compared(standing)
    if of is None:
        return None

    def read(unit: Unit) -> tuple[Over | None, Arm, Arm]:
        return _ended(unit, room, standing), *_arms(unit, room, standing, of, now)

    over, first, other = room.read(read)
    began = passages.week_of(datetime.fromtimestamp(standing.past[-1].at, now.tzinfo))
    seen = _shown(first, other) if over is None else Seen(over.asked, over.understood)
    until = passages.first_day(began + of.weeks) + SETTLED
    return Stand(of, standing.number, passages.first_day(began), until, seen, over)


def goes_on(room: StudioRoom, standing: Standing) -> bool:
    """Whether an edition that holds compares two wordings now."""
    return _compared(standing) is not None and room.read(lambda unit: _ended(unit, room, standing)) is None


def phrases(room: StudioRoom) -> frozenset[str]:
    """The phrases that are compared now: to reword one of them ends it."""
    going = (_compared(standing) for standing in shelf.everything(room).values() if goes_on(room, standing))
    return frozenset(key for of in going if of is not None for key in (of.ask, of.other))


def weigh(room: StudioRoom, now: datetime) -> None:
    """End whichever comparison is over by now. May be done by several at once, and again."""
    for standing in shelf.everything(room).values():
        _weigh_one(room, standing, now)


def end(room: StudioRoom, by: bytes, name: str, run: int, now: datetime) -> bool:
    """End one now, whatever was seen; whether it went on till then.

    run  the number of the publication that was looked at
    Raises NoSuchFlow, FlowMeanwhile, NotHers.
    """

    def work(unit: Unit) -> bool:
        standing = shelf.among(shelf.standing(unit, room), name)
        of = _compared(standing)
        if of is None or standing.number != run:
            raise FlowMeanwhile
        if _ended(unit, room, standing) is not None:
            return False
        _add(unit, room, standing, _over(unit, room, standing, of, ENDED, by, now), now)
        return True

    return room.work(by, work)


def _weigh_one(room: StudioRoom, standing: Standing, now: datetime) -> None:
    if room.read(lambda unit: _due(unit, room, standing, now)) is not None:
        room.work(BY_COMMAND, lambda unit: _weigh(unit, room, standing.name, now))


def _weigh(unit: Unit, room: StudioRoom, name: str, now: datetime) -> None:
    """Once more, while nobody else changes anything here."""
    standing = shelf.among(shelf.standing(unit, room), name)
    over = _due(unit, room, standing, now)
    if over is not None:
        _add(unit, room, standing, over, now)


def _due(unit: Unit, room: StudioRoom, standing: Standing, now: datetime) -> Over | None:
    """How it ends now; None where it goes on, is over, or there is none."""
    of = _compared(standing)
    if of is None or _ended(unit, room, standing) is not None:
        return None
    how = _how(unit, room, standing, of, now)
    return _over(unit, room, standing, of, how, b"", now) if how else None


def _how(unit: Unit, room: StudioRoom, standing: Standing, of: Comparison, now: datetime) -> str:
    last = standing.past[-1]
    if _reworded(unit, room, of, last.at):
        return CHANGED
    first, other = _arms(unit, room, standing, of, now)
    if fortune(first, other) >= WINS and min(first.asked, other.asked) >= FEW:
        return OTHER if other.rate > first.rate else FIRST
    began = passages.week_of(datetime.fromtimestamp(last.at, now.tzinfo))
    enough = min(first.asked, other.asked) >= of.most
    return SAME if enough or _last_settled(now) >= began + of.weeks - 1 else ""


def _reworded(unit: Unit, room: StudioRoom, of: Comparison, since: int) -> bool:
    """Whether one of the two says something else since: then it is no comparison of what was proved."""
    found, _ = wordings.every(unit, room.keyring)
    keys = {base for key in (of.ask, of.other) for base in (key, *(f"{key}@{channel}" for channel in _CHANNELS))}
    return any(one.phrase in keys and one.at > since for one in found)


def _compared(standing: Standing) -> Comparison | None:
    """What is compared where a publication holds: only that has a number by which it is counted."""
    return comparison(standing.flow) if standing.past and standing.past[-1].edition == standing.flow.hash else None


def _ended(unit: Unit, room: StudioRoom, standing: Standing) -> Over | None:
    """How it ended, if it did; one that somebody changed past us has ended, and nothing of it is known."""
    try:
        return comparisons.of(unit, room.keyring, standing.name).get(standing.number)
    except Tampered:
        return Over(standing.number, CHANGED, (0, 0), (0, 0), b"")


def _last_settled(now: datetime) -> int:
    return passages.week_of(now - SETTLED) - 1


def _arms(unit: Unit, room: StudioRoom, standing: Standing, of: Comparison, now: datetime) -> tuple[Arm, Arm]:
    """Both wordings, in whole weeks that are settled."""
    began = passages.week_of(datetime.fromtimestamp(standing.past[-1].at, now.tzinfo))
    counted: Counter[str] = Counter()
    for week in passages.between(unit, room.keyring, began, min(_last_settled(now), began + of.weeks - 1)):
        if week.edition == standing.flow.hash:
            for passage, count in week.counted.items():
                counted[passage.what] += count if passage.node == of.node else 0

    def arm(*, other: bool) -> Arm:
        asked, answered = (
            counted[passages.of_wording(what, standing.number, other=other)]
            for what in (passages.REACHED, passages.ANSWERED)
        )
        return Arm(asked, min(asked, answered))  # a process that was killed may have lost the asking only

    return arm(other=False), arm(other=True)


def _shown(first: Arm, other: Arm) -> Seen:
    """As it may be told: rounded as insight is."""
    if min(first.asked, other.asked) < FEW:
        return Seen()
    shares = (rounded(100 * first.rate), rounded(100 * other.rate))
    return Seen((rounded(first.asked), rounded(other.asked)), shares)


def _over(unit: Unit, room: StudioRoom, standing: Standing, of: Comparison, how: str, by: bytes, now: datetime) -> Over:
    seen = _shown(*_arms(unit, room, standing, of, now))
    return Over(standing.number, how, seen.asked, seen.understood, by)


def _add(unit: Unit, room: StudioRoom, standing: Standing, over: Over, now: datetime) -> None:
    comparisons.add(unit, room.keyring, standing.name, over, now)
    room.log(unit, "comparison over", f"{standing.name} {over.run}: {over.how}", over.by or BY_COMMAND, now)
