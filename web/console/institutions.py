"""Institutions: the list, one of them with its posters and codes, and what reporters named that the list lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Response, abort, make_response, request

from casework import resources
from casework.institutions import tending
from casework.institutions.rows import KINDS
from casework.institutions.tending import Row
from casework.printing import CannotPrint
from casework.staff.refusals import Refusal
from web import codes
from web.console.pages import Console, go, page, person, typed, whole
from web.posters.sheet import Sheet

A_PAGE = 50
_TYPED = ("kind", "name_en", "name_ur", "name_sd", "alt_names", "city", "district")
_SAID = ("saved", "added", "closed", "opened", "joined", "listed", "dismissed")
_HEADERS = {"Cache-Control": "no-store"}


def everything(console: Console) -> Response:
    """The list, searched as reporters search it."""
    register = tending.register(console.office, console.institutions)
    text = request.args.get("text", "")[:100]
    if text:
        found = [one.institution for one in register.finder.find(text).candidates]
        found += [row for row in register.all if text.casefold() in row.name.casefold() and row not in found]
    else:
        found = list(register.all)
    pages = max(1, -(-len(found) // A_PAGE))
    at = max(1, min(whole(request.args.get("page", ""), digits=5, otherwise=1), pages))
    rows = found[(at - 1) * A_PAGE : at * A_PAGE]
    return page(
        "institutions/list", rows=rows, text=text, at=at, pages=pages, count=len(found), district=_district(console)
    )


def one(console: Console) -> Response:
    """One of them, or the form for another."""
    row_id = request.args.get("row", "")
    return _form(console, _row(console, row_id) if row_id else None)


def save(console: Console) -> Response:
    """Keep what was typed, or the form again."""
    row_id = typed("row")
    row = _row(console, row_id) if row_id else None
    cells = {name: typed(name) for name in _TYPED}
    try:
        if row is None:
            made = tending.add(console.office, person().id, cells, console.clock(), wanted=typed("wanted"))
        else:
            made = tending.change(console.office, person().id, row.id, typed("seen"), cells, console.clock())
    except Refusal as refusal:
        return _form(console, row, refusal, cells)
    return go("/institutions/one", row=made.id, said="added" if row is None else "saved")


def close(console: Console) -> Response:
    """Offer one no more, or again."""
    row_id, again = typed("row"), bool(typed("again"))
    if not row_id:
        return go("/institutions")
    row = _row(console, row_id)
    try:
        tending.close(console.office, person().id, row.id, typed("seen"), console.clock(), again=again)
    except Refusal as refusal:
        return _form(console, row, refusal)
    return go("/institutions/one", row=row.id, said="opened" if again else "closed")


def poster(console: Console) -> Response:
    """Its poster, as PDF."""
    row_id, sheet = request.args.get("row", ""), _sheet(console)
    language = request.args.get("in", "en")
    if not row_id or language not in sheet.languages or not sheet.ways.there:
        return go("/institutions")
    row = _row(console, row_id)
    try:
        made = make_response(sheet.pdf(row, language))
    except CannotPrint:
        return _form(console, row, _NoPrinter())
    made.headers.update(_HEADERS)
    made.headers["Content-Type"] = "application/pdf"
    made.headers["Content-Disposition"] = f'inline; filename="poster-{row.number}-{language}.pdf"'
    return made


def code(console: Console) -> Response:
    """One of its QR codes, as PNG."""
    row_id, channel = request.args.get("row", ""), request.args.get("channel", "")
    if not row_id:
        return go("/institutions")
    row = _row(console, row_id)
    found = next((one for one in _sheet(console).links(row, "en") if one.channel == channel), None)
    if found is None:
        return go("/institutions/one", row=row.id)
    made = make_response(codes.png(found.code))
    made.headers.update(_HEADERS)
    made.headers["Content-Type"] = "image/png"
    made.headers["Content-Disposition"] = f'attachment; filename="{row.number}-{channel}.png"'
    return made


def wanted(console: Console, refusal: Refusal | None = None) -> Response:
    """What reporters named and the list lacks, ranked."""
    said = request.args.get("said", "")
    return page(
        "institutions/wanted",
        refusal=refusal,
        wanted=tending.wanted(console.office, console.institutions, console.clock()),
        kinds=KINDS,
        said=said if said in _SAID else "",
    )


def put_together(console: Console) -> Response:
    """Two names are one institution."""
    return _decided(
        console,
        "joined",
        lambda: tending.put_together(console.office, person().id, typed("of"), typed("other"), console.clock()),
    )


def is_listed(console: Console) -> Response:
    """It is in the list already."""
    return _decided(
        console,
        "listed",
        lambda: tending.is_listed(console.office, person().id, typed("of"), typed("row"), console.clock()),
    )


def dismiss(console: Console) -> Response:
    """It is no institution."""
    return _decided(
        console, "dismissed", lambda: tending.dismiss(console.office, person().id, typed("of"), console.clock())
    )


class _NoPrinter(Refusal):
    reason = "institution_no_printer"


def _decided(console: Console, said: str, do: Callable[[], None]) -> Response:
    try:
        do()
    except Refusal as refusal:
        return wanted(console, refusal)
    return go("/institutions/wanted", said=said)


def _row(console: Console, row_id: str) -> Row:
    row = tending.register(console.office, console.institutions).by_id.get(row_id)
    if row is None:
        abort(404)
    return row


def _form(
    console: Console, row: Row | None, refusal: Refusal | None = None, cells: Mapping[str, str] | None = None
) -> Response:
    sheet, said = _sheet(console), request.args.get("said", "")
    return page(
        "institutions/one",
        refusal=refusal,
        row=row,
        seen=tending.mark_of(row) if row else "",
        cells=cells or _cells(console, row),
        wanted=typed("wanted"),
        kinds=KINDS,
        districts=[district.names["en"] for district in console.directory.stock().districts],
        links=sheet.links(row, "en") if row else (),
        sheets=[one for one in console.room.phrasebook.languages if one.complete],
        said=said if said in _SAID else "",
    )


def _cells(console: Console, row: Row | None) -> dict[str, str]:
    if row is None:
        return dict.fromkeys(_TYPED, "")
    names = {f"name_{language}": row.names.get(language, "") for language in ("en", "ur", "sd")}
    return {
        **names,
        "kind": row.kind,
        "alt_names": "|".join(row.others),
        "city": row.city,
        "district": _district(console)(row),
    }


def _district(console: Console) -> Callable[[Row], str]:
    there = console.directory.stock().district
    return lambda row: there[row.district].names["en"] if row.district in there else ""


def _sheet(console: Console) -> Sheet:
    numbers = {name: str(number) for name, number in resources.emergency(console.directory.stock()).items()}
    return Sheet(console.room.phrasebook, console.ways, numbers)
