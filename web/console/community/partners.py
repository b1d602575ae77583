"""The organisations that are told: the list, and one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, abort, g, request

from casework.community import partners as organisations
from casework.community import wording
from casework.community.partners import LONGEST, Partner
from casework.community.refusals import NoSuchPartner
from casework.staff.refusals import Refusal
from web.console.pages import Console, go, page, person, typed

_CODES = ("en", "ur", "sd")


def partners(console: Console) -> Response:
    """All of them."""
    return _page(console, "partners", every=organisations.listed(console.room))


def partner(console: Console) -> Response:
    """One of them, or the form for another."""
    partner_id = request.args.get("partner", "")
    return _form(console, _present(console, partner_id) if partner_id else Partner(""))


def save(console: Console) -> Response:
    """Keep what was typed, or the form again."""
    present = _present(console, typed("partner")) if typed("partner") else Partner("")
    wanted = replace(
        present,
        names=_words("name"),
        does=_words("does"),
        district=typed("district") if typed("district") in console.directory.stock().district else "",
        contact=_line("contact", "contact"),
        shown=typed("shown") == "yes",
    )
    if present.row:
        wanted = replace(present, shown=wanted.shown)
    try:
        organisations.save(console.room, person().id, wanted, console.clock())
    except Refusal as refusal:
        return _form(console, wanted, refusal)
    return go("/partners", said="saved")


def _form(console: Console, shown: Partner, refusal: Refusal | None = None) -> Response:
    stock = console.directory.stock()
    districts = [(one.id, one.names.get(g.words.code, one.names["en"])) for one in stock.districts]
    return _page(console, "partner", refusal, partner=shown, codes=_CODES, districts=districts, longest=LONGEST)


def _page(console: Console, template: str, refusal: Refusal | None = None, **values: Any) -> Response:
    stock, code = console.directory.stock(), g.words.code

    def name(one: Partner) -> str:
        names = stock.by_id[one.row].names if one.row in stock.by_id else one.names
        return names.get(code) or names.get("en", "")

    def where(one: Partner) -> str:
        district = organisations.where(one, stock)
        there = stock.district.get(district)
        return g.words("posts.everywhere") if there is None else there.names.get(code, there.names["en"])

    def contact(one: Partner) -> str:
        row = stock.by_id.get(one.row)
        return one.contact if row is None else next(iter(row.phones), "")

    return page(
        f"community/{template}",
        refusal=refusal,
        said="saved" if request.args.get("said") == "saved" else "",
        name_of=name,
        where=where,
        contact_of=contact,
        does_of=lambda one: one.does.get(code) or one.does.get("en", ""),
        languages_of=[console.room.phrasebook.language(code) for code in _CODES],
        **values,
    )


def _words(name: str) -> dict[str, str]:
    found = {code: _line(f"{name}_{code}", name) for code in _CODES}
    return {code: text for code, text in found.items() if text}


def _line(field: str, name: str) -> str:
    return wording.clean(typed(field), LONGEST[name]).replace("\n", " ")


def _present(console: Console, partner_id: str) -> Partner:
    try:
        return organisations.one(console.room, partner_id)
    except NoSuchPartner:
        abort(404)
