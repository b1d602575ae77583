"""Flows out to files, and in from them: what a file would become is shown first, and kept as drafts with one more click."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Response, abort, g, make_response, request

from bot.walkthrough.telling import Transcript
from casework.staff.refusals import Refusal
from casework.studio import exchange, shelf
from casework.studio.exchange import Plan
from flows import graph
from flows.editing.values import as_flow
from flows.exchange import taking
from flows.exchange.bundle import Bundle, Note, NotTaken
from flows.exchange.giving import FORMS
from flows.findings import Finding
from flows.shape import Flow
from locales.isolates import isolate
from web.console import faults
from web.console.flows.booklet import CHANNEL, booklet
from web.console.flows.framing import asked, shown
from web.console.pages import Console, go, person, typed, whole

DRAFT, BOOKLET = "draft", "booklet"
_MOST_SHOWN = 300
_SAID_BY_CHECKS = frozenset({"broken", "not_toml"})
_NONE = -1  # no number of an edition


def give(console: Console) -> Response:
    """One flow as a file: the draft, or an edition by its number."""
    name, form = asked(), request.args.get("as", "")
    if form not in (*FORMS, BOOKLET):
        return go("/flows/flow", flow=name)
    try:
        bundle = _bundle(console, request.args.get("of", ""))
    except Refusal:
        abort(404)
    if form in FORMS:
        return _file(FORMS[form].written(bundle), f"{bundle.name}.{FORMS[form].ending}", FORMS[form].type)
    page = _booklet(console, as_flow(bundle.data))
    return _file(page, f"{bundle.name}.html", "text/html; charset=utf-8") if page else go("/flows/walk", flow=name)


def bring(console: Console, note: Note | None = None, refusal: Refusal | None = None) -> Response:
    """Where a file is chosen; after a refusal with what to mend in it."""
    return shown(console, "bring", refusal, note=note, said=said, status=400 if note is not None else 200)


def look(console: Console) -> Response:
    """What a file would become. Keeps nothing."""
    sent = request.files.get("file")
    try:
        taken = taking.read(sent.stream.read(taking.MOST_BYTES + 1) if sent is not None else b"")
        plan = exchange.look(console.studio, console.wording, taken)
    except NotTaken as refused:
        return bring(console, refused.note)
    return _coming(console, plan)


def take(console: Console) -> Response:
    """Keep the drafts that were looked at."""
    try:
        taken = exchange.loaded(typed("content"))
        plan = exchange.take(console.studio, console.wording, person().id, taken, console.clock())
    except NotTaken as refused:
        return bring(console, refused.note)
    except Refusal as refusal:
        return bring(console, refusal=refusal)
    if len(plan.coming) == 1:
        return go("/flows/flow", flow=plan.coming[0].bundle.name, said="brought")
    return go("/flows", said="brought")


def said(note: Note) -> str:
    """A note as a sentence of the page; what it quotes keeps its place in either direction of writing."""
    values = {name: isolate(value) for name, value in note.values.items()}
    if note.code in _SAID_BY_CHECKS:
        values["said"] = _of_checks(note.values["said"])
    return str(g.words(f"flow_file.{note.code}", **values))


def _of_checks(sentence: str) -> str:
    """What the checks of flows say, a trouble and perhaps its mend, in the language of the page."""
    parts = zip(sentence.split("; ", 1), ("finding_trouble", "finding_mend"), strict=False)
    return str(g.words("flows.then_mend")).join(faults.told(part, table) for part, table in parts)


def _booklet(console: Console, flow: Flow) -> str:
    """The booklet; "" where it cannot be walked through before something is mended."""
    flows = {name: one.flow for name, one in shelf.everything(console.studio).items()} | {flow.name: flow}
    if any(graph.targets(flow, flows)):
        return ""
    walk = console.walks.of(flow, flows, CHANNEL)

    def tell(number: int, language: str) -> Transcript:
        return console.walks.told(walk, number, flows, CHANNEL, language)

    return booklet(g.words, walk, tell, [one for one in console.room.phrasebook.languages if one.complete])


def _file(content: str, name: str, type_: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = type_
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _coming(console: Console, plan: Plan) -> Response:
    return shown(
        console,
        "coming",
        plan=plan,
        notes=plan.notes[:_MOST_SHOWN],
        more=max(0, len(plan.notes) - _MOST_SHOWN),
        said=said,
        blocking=_blocking,
        spoken={one.code: isolate(one.own_name) for one in console.room.phrasebook.languages},
        content=exchange.dumped(plan),
    )


def _blocking(findings: Iterable[Finding]) -> int:
    return sum(one.code.startswith("E") for one in findings)


def _bundle(console: Console, of: str) -> Bundle:
    """Raises NoSuchFlow, NoSuchEdition."""
    if of == DRAFT:
        return exchange.of_draft(console.studio, console.wording, asked())
    return exchange.of_edition(console.studio, console.wording, asked(), whole(of, digits=6, otherwise=_NONE))
