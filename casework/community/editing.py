"""An admin's or a supervisor's hand on what is on. A post that was told stays as it was said: it can be withdrawn, not rewritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.cases.room import CaseRoom
from casework.community import neutral, posts, wording
from casework.community.posts import DRAFT, ENGLISH, EVERYWHERE, KINDS, ON, PAPER, WITHDRAWN, Post, day_in
from casework.community.refusals import NoSuchPost, NotHers, PostFaulty, PostIsOn, PostMeanwhile
from casework.community.wording import MOST_PARTS
from casework.staff.office import short
from casework.staff.roles import Role
from locales.phrasebook import Phrasebook
from storage import audit, papers, subscriptions
from storage.database import Unit
from storage.papers import Paper
from storage.staff import people

TENDERS = frozenset({Role.ADMIN, Role.SUPERVISOR})
FEW = 5  # a smaller count could be somebody
AHEAD = timedelta(days=180)
LONGEST_TITLE, LONGEST_TEXT, LONGEST_PLACE = 60, 400, 80  # characters


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a post cannot be kept, or told, as it is."""

    about: str  # "kind", "district", "day", "last_day", "place", or the code of a language
    trouble: str  # a key of the console's words
    values: Mapping[str, object]


class PostRefused(PostFaulty):
    """It cannot be kept, or told, as it is."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__()
        self.faults = tuple(faults)


def every(room: CaseRoom) -> tuple[Post, ...]:
    """All of them, what is on or still a draft before what is past."""
    return room.read(lambda unit: posts.every(unit, room.keyring))


def one(room: CaseRoom, post_id: str) -> Post:
    """Raises NoSuchPost."""
    found = next((post for post in every(room) if post.id == post_id), None)
    if found is None:
        raise NoSuchPost
    return found


def subscribers(room: CaseRoom, now: datetime) -> int | None:
    """How many asked to be told; None where so few could be somebody."""
    return shown(room.read(lambda unit: subscriptions.count(unit, now)))


def shown(count: int) -> int | None:
    """A count as staff may see it; None where it could be somebody."""
    return count if count == 0 or count >= FEW else None


def save(room: CaseRoom, by: bytes, post: Post, districts: Sequence[str], now: datetime) -> Post:
    """Keep a draft. Raises NoSuchPost, PostMeanwhile, PostIsOn, PostRefused, NotHers.

    post       its id is "" where it is new, and its version what the form was filled in over
               a new one's form has a name: sent again, it is not written again
    districts  ids that there are
    """

    def work(unit: Unit) -> Post:
        begin(unit, room, by, PAPER)
        if not post.id:
            return _add(unit, room, post, districts, now)
        paper, present = _held(unit, room, post.id)
        wanted = _as_draft(post, present)
        if wanted == present:
            return present
        if present.status != DRAFT:
            raise PostIsOn
        if present.version != post.version:
            raise PostMeanwhile
        _refuse(faults(wanted, room.phrasebook, districts, now, room.hours.zone))
        return _keep(unit, room, paper, wanted)

    return room.work(work)


def publish(room: CaseRoom, by: bytes, post_id: str, version: int, districts: Sequence[str], now: datetime) -> bool:
    """Tell it from now on; whether that is new. Raises NoSuchPost, PostMeanwhile, PostRefused, NotHers."""

    def work(unit: Unit) -> bool:
        begin(unit, room, by, PAPER)
        paper, present = _held(unit, room, post_id)
        if present.status != DRAFT:
            return False
        if present.version != version:
            raise PostMeanwhile
        _refuse(faults(present, room.phrasebook, districts, now, room.hours.zone, whole=True))
        on = replace(present, status=ON, published=int(now.timestamp()), by=short(by))
        _keep(unit, room, paper, on)
        _log(unit, room, "published", post_id, by, now)
        return True

    return room.work(work)


def withdraw(room: CaseRoom, by: bytes, post_id: str, now: datetime) -> bool:
    """Tell it no more, and send it to nobody else; a draft goes altogether. Whether that is new. Raises NoSuchPost, NotHers."""

    def work(unit: Unit) -> bool:
        begin(unit, room, by, PAPER)
        paper, present = _held(unit, room, post_id)
        if present.status == WITHDRAWN:
            return False
        if present.status == DRAFT:
            papers.remove(unit, paper.id)
            return True
        _keep(unit, room, paper, replace(present, status=WITHDRAWN, waits=0, closed=0))
        for known in subscriptions.every(unit, room.keyring, now):
            if post_id in known.sent:
                subscriptions.take_back(unit, known, now, post_id)
        _log(unit, room, "withdrawn", post_id, by, now)
        return True

    return room.work(work)


def faults(
    post: Post, phrasebook: Phrasebook, districts: Sequence[str], now: datetime, zone: str, *, whole: bool = False
) -> Iterator[Fault]:
    """Everything that keeps a post from being kept; with `whole`, from being told."""
    if post.kind not in KINDS:
        yield Fault("kind", "unknown", {})
    if post.district != EVERYWHERE and post.district not in districts:
        yield Fault("district", "unknown", {})
    yield from _of_days(post, now.astimezone(ZoneInfo(zone)).date(), whole=whole)
    if word := neutral.telling(post.place):
        yield Fault("place", "telling", {"word": word})
    for language in phrasebook.languages:
        yield from _of_words(post, language.code, phrasebook, whole=whole)


def _of_days(post: Post, today: date, *, whole: bool) -> Iterator[Fault]:
    day, last_day = post.held_on, day_in(post.last_day)
    if (post.day and day is None) or (post.hour and post.moment is None):
        yield Fault("day", "unreadable", {})
    elif post.kind != "notice" and day is None and whole:
        yield Fault("day", "missing", {})
    if last_day is None:
        yield Fault("last_day", "missing", {})
    elif last_day < (day or last_day) or last_day > today + AHEAD:
        yield Fault("last_day", "too_late" if last_day > today + AHEAD else "too_early", {"days": AHEAD.days})
    elif whole and last_day < today:
        yield Fault("last_day", "past", {})


def _of_words(post: Post, language: str, phrasebook: Phrasebook, *, whole: bool) -> Iterator[Fault]:
    title, text = post.titles.get(language, ""), post.texts.get(language, "")
    if language == ENGLISH and not title and whole:
        yield Fault(language, "no_english", {})
    if text and not title:
        yield Fault(language, "no_title", {})
    if title and not text and post.texts.get(ENGLISH):
        yield Fault(language, "no_text", {})
    if word := neutral.telling(title) or neutral.telling(text):
        yield Fault(language, "telling", {"word": word})
    if title and (parts := wording.sms_parts(post, language, phrasebook)) > MOST_PARTS:
        yield Fault(language, "too_long", {"parts": parts, "most": MOST_PARTS})


def _refuse(found: Iterator[Fault]) -> None:
    if listed := list(found):
        raise PostRefused(listed)


def _add(unit: Unit, room: CaseRoom, post: Post, districts: Sequence[str], now: datetime) -> Post:
    before = next((one for one in posts.every(unit, room.keyring) if post.form and one.form == post.form), None)
    if before is not None:
        return before
    _refuse(faults(post, room.phrasebook, districts, now, room.hours.zone))
    return posts.post_of(papers.add(unit, room.keyring, PAPER, posts.body_of(replace(post, status=DRAFT)), now))


def _as_draft(post: Post, present: Post) -> Post:
    """What may be written of it: its words and its days."""
    kept = {
        name: getattr(present, name)
        for name in ("status", "published", "by", "went", "waits", "closed", "form", "version")
    }
    return replace(post, **kept)


def _keep(unit: Unit, room: CaseRoom, paper: Paper, post: Post) -> Post:
    paper.body = posts.body_of(post)
    papers.save(unit, room.keyring, paper)
    return posts.post_of(paper)


def _held(unit: Unit, room: CaseRoom, post_id: str) -> tuple[Paper, Post]:
    for paper in papers.every(unit, room.keyring, PAPER):
        if paper.id.hex() == post_id:
            return paper, posts.post_of(paper)
    raise NoSuchPost


def begin(unit: Unit, room: CaseRoom, by: bytes, kind: str) -> None:
    """Whoever tends what is on has a hand on all papers of a kind until this unit ends. Raises NotHers."""
    member = people.fetch(unit, room.keyring, by, hold=False)
    if member is None or member.status != people.ACTIVE or member.role not in TENDERS:
        raise NotHers
    papers.hold(unit, kind)


def _log(unit: Unit, room: CaseRoom, what: str, post_id: str, by: bytes, now: datetime) -> None:
    audit.append(unit, room.keyring, f"post {what}", now, f"{post_id[:8]} by {short(by)}")
