"""Canned replies at the desk: what a counsellor may choose for a case, and its words in that reporter's language.

Nothing is sent here: the words go into her answer, she may change them, and relay.reply sends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from casework.canned import shelf
from casework.canned.refusals import NoSuchReply, NotInHerLanguage
from casework.canned.shelf import DRAFT, Reply
from casework.canned.variables import Variables
from casework.cases.room import CaseRoom
from locales.isolates import isolate
from storage.database import Unit


@dataclass(frozen=True, slots=True)
class Offer:
    """One canned reply, for one case."""

    name: str  # the shortcut
    category: str  # one of shelf.CATEGORIES
    text: str = field(repr=False)  # in the reporter's language, filled; "" where that is missing
    there: tuple[str, ...]  # the languages it is written in, by code
    draft: bool  # nobody has reviewed these words yet


def render(room: CaseRoom, by: bytes, report_id: bytes, name: str) -> str:
    """The words of a canned reply as this case's reporter reads them.

    by    the counsellor who asks; {counsellor} is what she calls herself
    name  the shortcut, as typed: letter case does not matter
    Raises NoSuchReply; NotInHerLanguage, whose values name the `language` and those that are `there`; CaseGone, NotStaff.
    """

    def work(unit: Unit) -> str:
        room.acting(unit, by)
        case = room.seen(unit, report_id, by)
        found = shelf.reply(unit, room.keyring, name)
        if found is None:
            raise NoSuchReply(name=name.strip()[:24])
        written = found.texts.get(case.language)
        if written is None:
            there = _own_names(room, found.texts)
            raise NotInHerLanguage(language=_own_names(room, [case.language]), there=there)
        return Variables(unit, room, by, case.language).fill(written.text)

    return room.read(work)


def offered(room: CaseRoom, by: bytes, report_id: bytes) -> list[Offer]:
    """Every canned reply, filled for this case, by category and name. Raises CaseGone, NotStaff."""

    def work(unit: Unit) -> list[Offer]:
        room.acting(unit, by)
        case = room.seen(unit, report_id, by)
        variables = Variables(unit, room, by, case.language)
        return [_offer(one, case.language, variables) for one in shelf.replies(unit, room.keyring)]

    return room.read(work)


def _offer(one: Reply, language: str, variables: Variables) -> Offer:
    written = one.texts.get(language)
    text = variables.fill(written.text) if written else ""
    return Offer(one.name, one.category, text, tuple(one.texts), written is not None and written.state == DRAFT)


def _own_names(room: CaseRoom, codes: Iterable[str]) -> str:
    """As each language calls itself, whichever way it is written."""
    known = {one.code: one.own_name for one in room.phrasebook.languages}
    return ", ".join(isolate(known.get(code, code)) for code in codes)
