"""The tips: by situation, in every language, counted in parts of an SMS and shown as they are told."""

from __future__ import annotations

from collections import defaultdict

from flask import Response, abort, g, make_response, render_template, request

from casework.directory.rows import day_of_text
from casework.staff import register
from casework.staff.refusals import Refusal
from casework.tips import editing, tending
from casework.tips.editing import MOST_PARTS, Fault, TipRefused
from casework.tips.refusals import NoSuchTip, TipFaulty, TipMeanwhile
from casework.tips.table import read_table
from casework.tips.tending import Tip
from locales.pofile import WordsError
from web.console.directory import telling
from web.console.directory.framing import framed
from web.console.directory.looking_back import moment_of
from web.console.pages import Console, go, person, typed


def tips(console: Console) -> Response:
    """Every tip, under each situation that it is told in."""
    every, now = tending.everything(console.directory), console.clock()
    phrasebook = console.room.phrasebook
    return framed(
        console,
        "tips",
        groups=[
            (one, _situation(console, one.id), [tip for tip in every if one.id in tip.situations])
            for one in read_table().situations
        ],
        states={tip.id: tending.states(tip, tending.past_of(console.directory, tip), phrasebook, now) for tip in every},
        text=lambda tip: editing.text_of(tip, g.words.code, phrasebook) or editing.text_of(tip, "en", phrasebook),
        languages_of=phrasebook.languages,
    )


def tip(console: Console) -> Response:
    """One tip."""
    if not request.args.get("tip"):
        return go("/tips")
    try:
        found = tending.one(console.directory, request.args["tip"])
    except NoSuchTip:
        abort(404)
    said = request.args.get("said", "")
    return _page(console, found, said=said if said in ("saved", "same") else "")


def save(console: Console) -> Response:
    """Keep what was typed; or the form again, with what is wrong beside each field."""
    if not typed("tip"):
        return go("/tips")
    room = console.directory
    try:
        present = tending.one(room, typed("tip"))
    except NoSuchTip:
        abort(404)
    wanted = _typed(console, present.id, present.situations)
    try:
        changed = tending.save(room, console.room.phrasebook, wanted, typed("was"), person().id, console.clock())
    except TipRefused as refused:
        return _page(console, present, TipFaulty(), wanted, refused.faults, typed("was"))
    except TipMeanwhile as refusal:
        return _page(console, present, refusal, wanted, meanwhile=True)
    return go("/tips/tip", tip=present.id, said="saved" if changed else "same")


def preview(console: Console) -> Response:
    """How the tip would be told as it is typed now: a part of the page, for its program."""
    told = _told(console, _typed(console, typed("tip") or "new"))
    return make_response(render_template("console/directory/_told.html", t=g.words, told=told))


def move(console: Console) -> Response:
    """One place up or down among the tips of a situation."""
    try:
        tending.move(console.directory, typed("tip"), typed("situation"), -1 if typed("by") == "up" else 1)
    except NoSuchTip:
        return go("/tips")
    return go("/tips")


def _page(
    console: Console,
    present: Tip,
    refusal: Refusal | None = None,
    wanted: Tip | None = None,
    faults: tuple[Fault, ...] = (),
    was: str = "",
    *,
    said: str = "",
    meanwhile: bool = False,
) -> Response:
    """The tip, and the form as she typed it where something was refused."""
    phrasebook, shown = console.room.phrasebook, wanted or present
    past = tending.past_of(console.directory, present)
    by_field: dict[str, list[str]] = defaultdict(list)
    for fault in faults:
        by_field[fault.about].append(fault.trouble)
    return framed(
        console,
        "tip",
        refusal,
        tip=shown,
        present=present,
        was=was or tending.digest(present),
        faults=by_field,
        situations=[(one.id, _situation(console, one.id)) for one in read_table().situations],
        text=lambda one, code: editing.text_of(one, code, phrasebook),
        parts=lambda code: _parts(console, shown, code),
        most=MOST_PARTS,
        languages_of=phrasebook.languages,
        states=tending.states(present, past, phrasebook, console.clock()),
        meanwhile=meanwhile,
        told=_told(console, shown),
        past=past,
        staff={one.id: one.name for one in register.entries(console.office)},
        moment=lambda line: moment_of(console, line),
        reviewed_on=tending.cells_of(shown)["reviewed_on"],
        said=said,
    )


def _typed(console: Console, tip_id: str, before: tuple[str, ...] = ()) -> Tip:
    """The tip as the form has it. before: its situations in their order, which no form says."""
    sent, ticked = request.form, request.form.getlist("situations")
    words = {
        language.code: sent.get(f"words_{language.code}", "").replace("\r\n", "\n").strip()
        for language in console.room.phrasebook.languages
    }
    try:
        reviewed_on = day_of_text(sent.get("reviewed_on", ""))
    except ValueError:
        reviewed_on = None
    return Tip(
        id=tip_id,
        situations=tuple(one for one in dict.fromkeys((*before, *ticked)) if one in ticked),
        source=sent.get("source", "").strip(),
        reviewed_on=reviewed_on,
        words={code: text for code, text in words.items() if text},
        shown=sent.get("shown") == "yes",
    )


def _told(console: Console, tip: Tip) -> list[tuple[object, list[telling.Told]]]:
    """How it is told; nothing while it lacks words, or its braces hold what cannot be filled."""
    try:
        return list(telling.tip_told(console.room.phrasebook, tip, console.directory.stock()))
    except WordsError:
        return []


def _parts(console: Console, tip: Tip, code: str) -> int:
    phrasebook = console.room.phrasebook
    text = editing.text_of(tip, code, phrasebook)
    try:
        return editing.sms_parts(text, code, phrasebook) if text else 0
    except WordsError:
        return 0


def _situation(console: Console, situation: str) -> str:
    return console.room.phrasebook.say(f"tips.situation.{situation}", g.words.code)
