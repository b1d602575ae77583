"""What she reported, in plain sentences: ours in the language of the interface, hers as she wrote them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from casework import answers
from casework.cases.room import CaseRoom
from casework.seeding import shipped_stock
from flows.desk import Slots
from web.console.words import Words


@dataclass(frozen=True, slots=True)
class Sentence:
    """One of ours, and what she said herself to it."""

    text: str = ""
    own: Sequence[str] = field(default=(), repr=False)


def sentences(t: Words, room: CaseRoom, told: Slots) -> list[Sentence]:
    """All that she told, in the order in which somebody would tell it on. An unknown answer is left out."""
    said = [*_choice(t, told, "path"), *_happened(t, told), *_choice(t, told, "under18", "under")]
    said += _many(t, told, "helped")
    said += [*_when(t, room, told), *_choice(t, told, "where"), *_place(t, told, "where")]
    said += [*_area(t, told), *_choice(t, told, "relation"), *_own(t, told, "story"), *_own(t, told, "about")]
    said += [*_many(t, told, "wants"), *_own(t, told, "name"), *_choice(t, told, "contact_hours")]
    said += [*_own(t, told, "contact_hours"), *_own(t, told, "contact_word"), *_choice(t, told, "contact_until")]
    return said


def _choice(t: Words, told: Slots, slot: str, table: str = "") -> Iterator[Sentence]:
    yield from _known(t, f"told.{table or slot}_{answers.chosen(told, slot)}")


def _known(t: Words, key: str) -> Iterator[Sentence]:
    if t.has(key):
        yield Sentence(t(key))


def _many(t: Words, told: Slots, slot: str) -> Iterator[Sentence]:
    value = told.get(slot)
    for one in value if isinstance(value, list) else ():
        yield from _known(t, f"told.{slot}_{one}")


def _happened(t: Words, told: Slots) -> Iterator[Sentence]:
    finer = answers.chosen(told, "finer")
    yield from _choice(t, told, "finer" if finer and finer != "other" else "happened")


def _own(t: Words, told: Slots, slot: str) -> Iterator[Sentence]:
    # A choice is a plain string, too: it is no words of hers.
    own = [] if t.has(f"told.{slot}_{answers.chosen(told, slot)}") else answers.words(told, slot)
    if own:
        yield Sentence(t(f"told.{slot}"), own)


def _when(t: Words, room: CaseRoom, told: Slots) -> Iterator[Sentence]:
    first, last = answers.earliest(told, "when"), answers.latest(told, "when")

    def day(value: date) -> str:
        return room.phrasebook.day(value, t.code)

    if first is None or last is None:
        yield from _choice(t, told, "when")
    elif first == last:
        yield Sentence(t("told.when_day", day=day(first)))
    else:
        yield Sentence(t("told.when_between", first=day(first), last=day(last)))
    if isinstance(told.get("when"), dict) and (own := answers.words(told, "when")):
        yield Sentence(t("told.when_words"), own)


def _place(t: Words, told: Slots, slot: str) -> Iterator[Sentence]:
    value = told.get(slot)
    if not isinstance(value, dict):
        return
    own = answers.words(told, slot)
    if own:
        yield Sentence(t(f"told.{slot}_words"), own)
    elif value.get("cell"):
        yield Sentence(t(f"told.{slot}_pin"))


def _area(t: Words, told: Slots) -> Iterator[Sentence]:
    wanted = answers.chosen(told, "area")
    district = next((one for one in shipped_stock().districts if one.id == wanted), None)
    if district is not None:
        yield Sentence(t("told.area", name=district.names.get(t.code) or district.names["en"]))
    else:
        yield from _place(t, told, "area")
