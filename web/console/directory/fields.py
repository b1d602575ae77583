"""The form of a row: which columns stand under which heading, how each is typed, and what was wrong with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import g

from casework.directory.details import COSTS
from casework.directory.history import PLACE
from casework.directory.rows import FIELDS
from casework.directory.tending import is_typed
from casework.sheets import Fault
from locales.languages import Language
from web.console.directory import names
from web.console.pages import Console

# Heading → its columns; a column that stands under none comes under the last.
_GROUPS = {
    "name": ("name_en",),
    "what": ("kind", "district", "audience", "serves", "languages"),
    "reach": ("phone", "phone_kind", "call_cost", "sms_or_whatsapp", "hours", "schedule"),
    "place": ("sensitive_location", "address", "lat", "lon", "coord_precision"),
    "source": ("source", "source_date", "verify_scope"),
    "more": ("notes",),
}
_AREAS = frozenset({"address", "source", "notes"})
_HALVES = frozenset(
    {
        "kind",
        "district",
        "serves",
        "languages",
        "phone",
        "phone_kind",
        "call_cost",
        "sms_or_whatsapp",
        "hours",
        "schedule",
        "source_date",
        "verify_scope",
    }
)
_QUARTERS = frozenset({"lat", "lon", "coord_precision"})
_LEFT_TO_RIGHT = frozenset({"phone", "lat", "lon", "source", "source_date", "serves", "languages", "schedule"})
_NEEDED = frozenset({"name_en", "kind", "district"})
_TICKED = frozenset({"sensitive_location"})
_PHONE_KINDS = ("", "own", "referral", "unverified")


@dataclass(frozen=True, slots=True)
class Field:
    """One column as it is typed."""

    column: str
    label: str
    value: str
    looks: str  # "line", "area", "select" or "tick"
    faults: tuple[Fault, ...] = ()
    options: Sequence[tuple[str, str]] = ()  # value, words
    hint: str = ""
    language: str = ""  # what is typed is in this language
    direction: str = ""  # "ltr", "rtl", "" as the page
    needed: bool = False
    width: str = ""  # "half", "quarter", "" for all of the line


@dataclass(frozen=True, slots=True)
class Group:
    """Some fields under one heading."""

    title: str
    fields: tuple[Field, ...]


def form(
    console: Console, cells: Mapping[str, str], faults: Iterable[Fault] = (), *, sensitive: bool = False
) -> list[Group]:
    """The form that holds these cells. Of a sensitive row there is no field for its place at all."""
    by_column: dict[str, list[Fault]] = defaultdict(list)
    for fault in faults:
        by_column[fault.column].append(fault)
    languages = console.room.phrasebook.languages
    columns = [column for column in _columns(languages, cells) if not (sensitive and column in PLACE)]
    grouped: dict[str, list[Field]] = {group: [] for group in _GROUPS}
    for column in columns:
        made = _field(console, column, cells.get(column, ""), tuple(by_column[column]), languages)
        grouped[_group_of(column)].append(made)
    return [Group(str(g.words(f"row_group.{group}")), tuple(found)) for group, found in grouped.items() if found]


def typed_cells(sent: Mapping[str, str]) -> dict[str, str]:
    """The cells that a form sent."""
    cells = {column: cell for column, cell in sent.items() if is_typed(column)}
    return cells | {column: "yes" if sent.get(column) == "yes" else "no" for column in _TICKED}


def _columns(languages: Sequence[Language], cells: Mapping[str, str]) -> Iterator[str]:
    named = (f"name_{language.code}" for language in languages)
    every = dict.fromkeys((*named, *(column for group in _GROUPS.values() for column in group), *FIELDS, *cells))
    return (column for column in every if is_typed(column))


def _group_of(column: str) -> str:
    if column.startswith("name_"):
        return "name"
    return next((group for group, columns in _GROUPS.items() if column in columns), "more")


def _field(
    console: Console, column: str, value: str, faults: tuple[Fault, ...], languages: Sequence[Language]
) -> Field:
    hint = str(g.words(f"row_hint.{column}")) if g.words.has(f"row_hint.{column}") else ""
    language = next((one for one in languages if column == f"name_{one.code}"), None)
    options = choices(console, column, value)
    looks = "tick" if column in _TICKED else "select" if options else "area" if column in _AREAS else "line"
    return Field(
        column=column,
        label=names.of_column(column, languages),
        value=value,
        looks=looks,
        faults=faults,
        options=options,
        hint=hint,
        language=language.code.replace("_", "-") if language else "",
        direction=language.direction if language else "ltr" if column in _LEFT_TO_RIGHT else "",
        needed=column in _NEEDED,
        width="half" if column in _HALVES else "quarter" if column in _QUARTERS else "",
    )


def choices(console: Console, column: str, value: str) -> list[tuple[str, str]]:
    """What a column may be, as files write it and as it is called; nothing where it is free. value: what it is now."""
    found: list[tuple[str, str]] = []
    if column == "kind":
        found = names.kinds()
    elif column == "district":
        country = console.directory.country
        written = {one.id: one.names["en"] for one in country.districts}
        written |= {names.NATIONAL: country.whole, country.served.casefold(): country.part}
        found = [(written[district], said) for district, said in names.districts(console.directory)]
    elif column == "phone_kind":
        return [(kind, str(g.words(f"phone_kind.{kind or 'none'}"))) for kind in _PHONE_KINDS]
    elif column == "call_cost":
        return [(cost, str(g.words(f"call_cost.{cost or 'none'}"))) for cost in COSTS]
    if found and value not in dict(found):
        found = [(value, value), *found]  # nothing chosen yet, or something of which there is no more
    return found
