"""Writing canned replies: translators and supervisors, each language for itself. What a text said before is kept.

New words are a draft until somebody else has looked them over. A form carries the digest of the words that it was filled in
over, so that of two who write at once the later is told and nothing is lost.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from casework.canned import shelf, variables
from casework.canned.refusals import (
    BadShortcut,
    BadText,
    ChangedMeanwhile,
    NoEditor,
    NoSuchReply,
    NotInHerLanguage,
    OwnReview,
    ShortcutTaken,
)
from casework.canned.shelf import BEFORE, CATEGORIES, DRAFT, KIND, REVIEWED, Reply, Text
from casework.canned.variables import Variables
from casework.cases.room import CaseRoom
from casework.staff.office import short
from casework.staff.roles import READERS, Role
from locales.isolates import without_controls
from storage import audit, papers
from storage.database import Unit
from storage.staff import people

EDITORS = frozenset({Role.TRANSLATOR, Role.SUPERVISOR})
VIEWERS = READERS | EDITORS
LONGEST = 1_000  # characters
KEPT = 100  # earlier wordings of one reply
_SHORTCUT = re.compile(r"[a-z][a-z0-9-]{1,23}")


@dataclass(frozen=True, slots=True)
class Earlier:
    """What one language of a reply said before."""

    language: str
    text: str = field(repr=False)
    state: str
    by: str = field(repr=False)  # by name; "" for the shipped, and for who is gone
    until: datetime


def create(room: CaseRoom, by: bytes, name: str, category: str, now: datetime) -> None:
    """A new reply, with no words yet. Raises BadShortcut, ShortcutTaken, NoEditor."""
    name = name.strip().lower()
    if not _SHORTCUT.fullmatch(name):
        raise BadShortcut

    def work(unit: Unit) -> None:
        _begin(unit, room, by)
        if shelf.reply(unit, room.keyring, name) is not None:
            raise ShortcutTaken
        gone = next((one for one in papers.every(unit, room.keyring, KIND) if one.body["name"] == name), None)
        if gone is not None:  # a shipped one, taken away before: it is there again as it was
            gone.body["gone"] = False
            papers.save(unit, room.keyring, gone)
        else:
            papers.add(unit, room.keyring, KIND, shelf.body_of(Reply(name, _category(category), {})), now)
        _log(unit, room, "made", name, by, now)

    room.work(work)


def write(room: CaseRoom, by: bytes, name: str, language: str, text: str, seen: str, now: datetime) -> None:
    """Say it so in one language from now on; no words: not at all any more.

    seen  the digest of the words that stood there before; "" where there were none
    Raises NoSuchReply, BadText, NoSuchVariable, StrayBrace, ChangedMeanwhile, NoEditor.
    """
    text = _clean(text)
    if len(text) > LONGEST or language not in {one.code for one in room.phrasebook.languages if one.complete}:
        raise BadText(most=LONGEST)
    variables.check(text)

    def change(unit: Unit, one: Reply) -> Reply:
        before = one.texts.get(language)
        if (before.digest if before else "") != seen:
            raise ChangedMeanwhile
        others = {code: kept for code, kept in one.texts.items() if code != language}
        if not text:
            return replace(one, texts=others)
        english = shelf.digest(text) if language == "en" else others["en"].digest if "en" in others else ""
        fresh = Text(text, DRAFT, short(by), int(now.timestamp()), english)
        return replace(one, texts={**others, language: fresh})

    _change(room, by, name, f"written in {language}", change, now, of=language)


def review(room: CaseRoom, by: bytes, name: str, language: str, seen: str, now: datetime) -> None:
    """Somebody else has looked the words over. Raises NoSuchReply, NotInHerLanguage, ChangedMeanwhile, OwnReview, NoEditor."""

    def change(unit: Unit, one: Reply) -> Reply:
        text = one.texts.get(language)
        if text is None:
            raise NotInHerLanguage(language=language, there="")
        if text.digest != seen:
            raise ChangedMeanwhile
        if text.by == short(by):
            raise OwnReview
        # Looked over beside the English of today, so it is behind it no more.
        english = one.texts["en"].digest if "en" in one.texts else ""
        return replace(one, texts={**one.texts, language: replace(text, state=REVIEWED, made_from=english)})

    _change(room, by, name, f"reviewed in {language}", change, now)


def file_under(room: CaseRoom, by: bytes, name: str, category: str, now: datetime) -> None:
    """Put it among others of its kind. Raises NoSuchReply, NoEditor."""
    _change(room, by, name, "filed", lambda _, one: replace(one, category=_category(category)), now)


def take_away(room: CaseRoom, by: bytes, name: str, now: datetime) -> None:
    """Nobody is offered it any more. Raises NoSuchReply, NoEditor."""

    def work(unit: Unit) -> None:
        one, paper = _held(unit, room, by, name, now)
        if one.is_shipped:
            paper.body = shelf.body_of(replace(one, gone=True))
            papers.save(unit, room.keyring, paper)
        else:
            for old in papers.every(unit, room.keyring, BEFORE, paper.id):
                papers.remove(unit, old.id)
            papers.remove(unit, paper.id)
        _log(unit, room, "taken away", one.name, by, now)

    room.work(work)


def every(room: CaseRoom) -> list[Reply]:
    """Every reply, by category and name."""
    return room.read(lambda unit: shelf.replies(unit, room.keyring))


def look(room: CaseRoom, name: str) -> tuple[Reply, list[Earlier], dict[str, str]]:
    """A reply, what it said before, latest first, and who wrote what: names by 8 digits of an id. Raises NoSuchReply."""

    def read(unit: Unit) -> tuple[Reply, list[Earlier], dict[str, str]]:
        one = shelf.reply(unit, room.keyring, name)
        if one is None:
            raise NoSuchReply(name=name[:24])
        names = {short(member.id): member.name for member in people.everybody(unit, room.keyring)}
        kept = papers.every(unit, room.keyring, BEFORE, one.paper.id) if one.paper else []
        earlier = [
            Earlier(
                paper.body["language"],
                paper.body["text"],
                paper.body["state"],
                names.get(paper.body["by"], ""),
                datetime.fromtimestamp(paper.body["until"], UTC),
            )
            for paper in kept
        ]
        return one, sorted(earlier, key=lambda each: each.until, reverse=True), names

    return room.read(read)


def preview(room: CaseRoom, by: bytes, text: str, language: str) -> str:
    """Words as a reporter would get them from whoever looks. Raises NoSuchVariable, StrayBrace."""
    variables.check(text)

    return room.read(lambda unit: Variables(unit, room, by, language).fill(text))


def _change(
    room: CaseRoom,
    by: bytes,
    name: str,
    what: str,
    change: Callable[[Unit, Reply], Reply],
    now: datetime,
    *,
    of: str = "",
) -> None:
    """of: the language of which the words before are kept."""

    def work(unit: Unit) -> None:
        one, paper = _held(unit, room, by, name, now)
        changed = change(unit, one)
        before, after = one.texts.get(of), changed.texts.get(of)
        if before is not None and (after is None or after.text != before.text):
            _keep(unit, room, paper.id, of, before, now)
        paper.body = shelf.body_of(changed)
        papers.save(unit, room.keyring, paper)
        _log(unit, room, what, one.name, by, now)

    room.work(work)


def _held(unit: Unit, room: CaseRoom, by: bytes, name: str, now: datetime) -> tuple[Reply, papers.Paper]:
    """A reply and its paper; a shipped one gets a paper of its own now."""
    _begin(unit, room, by)
    one = shelf.reply(unit, room.keyring, name)
    if one is None:
        raise NoSuchReply(name=name[:24])
    return one, one.paper or papers.add(unit, room.keyring, KIND, shelf.body_of(one), now)


def _begin(unit: Unit, room: CaseRoom, by: bytes) -> None:
    member = people.fetch(unit, room.keyring, by, hold=False)
    if member is None or member.status != people.ACTIVE or member.role not in EDITORS:
        raise NoEditor
    papers.hold(unit, KIND)


def _keep(unit: Unit, room: CaseRoom, of: bytes, language: str, text: Text, now: datetime) -> None:
    body = {
        "language": language,
        "text": text.text,
        "state": text.state,
        "by": text.by,
        "until": int(now.timestamp()),
    }
    papers.add(unit, room.keyring, BEFORE, body, now, about=of)
    kept = sorted(papers.every(unit, room.keyring, BEFORE, of), key=lambda one: one.body["until"])
    for old in kept[:-KEPT]:
        papers.remove(unit, old.id)


def _clean(text: str) -> str:
    text = without_controls(unicodedata.normalize("NFC", text.replace("\r\n", "\n")))
    return "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter) != "Cc").strip()


def _category(said: str) -> str:
    return said if said in CATEGORIES else CATEGORIES[0]


def _log(unit: Unit, room: CaseRoom, what: str, name: str, by: bytes, now: datetime) -> None:
    audit.append(unit, room.keyring, f"ready answer {what}", now, f"{name} by {short(by)}")
