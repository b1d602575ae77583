"""Kinds, districts, states and columns in the language of the interface. What has no words yet is shown as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import g
from markupsafe import Markup, escape

from casework.directory.kinds import row_kinds
from casework.directory.room import DirectoryRoom
from casework.directory.rows import NAME
from casework.sheets import Fault
from locales.languages import Language
from web.console import faults

NATIONAL = "-"  # how an address of the console says: the whole country


def of_kind(kind: str) -> str:
    """What a kind of row is called."""
    return _words("row_kind", kind)


def of_column(column: str, languages: Iterable[Language]) -> str:
    """What a column is called; a name's column by its language."""
    if NAME.fullmatch(column):
        code = column.removeprefix("name_")
        own = next((one.own_name for one in languages if one.code == code), code)
        return str(g.words("row_field.name", language=own))
    return _words("row_field", column)


def of_place(names: Mapping[str, str]) -> str:
    """A district's name in the language of the interface."""
    return names.get(g.words.code) or names["en"]


def of_district(room: DirectoryRoom, district: str) -> str:
    """Whom a row serves: a district, the part that is served, or the whole country."""
    found = room.country.district(district)
    if found is not None:
        return of_place(found.names)
    country = room.country
    part = country.served_names.get(g.words.code, country.served)
    return str(g.words("directory.everywhere" if district else "directory.national", part=part))


def office(names: Mapping[str, str]) -> Markup:
    """An office's name, marked with the language it is written in."""
    code = g.words.code if g.words.code in names else "en"
    return Markup('<bdi lang="{}">{}</bdi>').format(code, escape(names[code]))


def of_fault(fault: Fault) -> Markup:
    """What is wrong with a cell, and the mend."""
    return of_trouble(fault) + str(g.words("directory.then")) + of_mend(fault)


def of_trouble(fault: Fault) -> Markup:
    """What is wrong with a cell."""
    return faults.said(fault.trouble, "fault")


def of_mend(fault: Fault) -> Markup:
    """What mends it."""
    return faults.said(fault.mend, "mend")


def plain(names: Mapping[str, str]) -> str:
    """An office's name where no markup can stand."""
    return of_place(names)


def kinds() -> list[tuple[str, str]]:
    """Every kind a row may be, and its name, by name."""
    return sorted(((kind, of_kind(kind)) for kind in row_kinds()), key=lambda one: one[1].casefold())


def districts(room: DirectoryRoom) -> list[tuple[str, str]]:
    """Every district a row may be for, and its name: everywhere first."""
    country = room.country
    named = sorted(((one.id, of_place(one.names)) for one in country.districts), key=lambda one: one[1])
    everywhere = [(NATIONAL, ""), (country.served.casefold(), country.served.casefold())]
    return [*((value, of_district(room, district)) for value, district in everywhere), *named]


def _words(table: str, name: str) -> str:
    key = f"{table}.{name}"
    return str(g.words(key)) if g.words.has(key) else name.replace("_", " ")
