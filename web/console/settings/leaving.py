"""The word that clears everything, and the line that is seen then: in each language."""

from __future__ import annotations

from flask import Response, abort

from casework.deployment import leaving
from casework.staff.refusals import Refusal
from casework.wordings import keeping
from casework.wordings.keeping import Wording
from casework.wordings.refusals import WordsDoubtful, WordsMeanwhile, WordsUnfit
from locales.languages import Language
from web.console.pages import Console, go, person, typed
from web.console.phrases.languages import asked, html, spoken
from web.console.settings.framing import done, shown, version


def both(console: Console, refusal: Refusal | None = None) -> Response:
    """The page; after a refusal with what was typed."""
    language, book = asked(console), console.room.phrasebook
    about = typed("phrase") if refusal is not None else ""
    parts = []
    for key in leaving.PHRASES:
        sheet = keeping.look(console.wording, language.code, key)
        now = book.entry(key, language.code).text
        parts.append((key, sheet, leaving.rewritings(sheet), now, typed("text") if about == key else now))
    return shown(
        console,
        "leaving",
        refusal,
        of=language,
        spoken=spoken(console),
        html=html,
        parts=parts,
        about=about,
        findings=refusal.findings if isinstance(refusal, WordsUnfit) else (),
        doubtful=isinstance(refusal, WordsDoubtful),
        meanwhile=isinstance(refusal, WordsMeanwhile),
    )


def say(console: Console) -> Response:
    """Let it be so from the next message on."""
    language, of = _which(console)
    anyway = typed("anyway") == "yes"

    def act() -> str:
        changed = keeping.say(console.wording, person().id, of, [typed("text")], console.clock(), anyway=anyway)
        return "kept" if changed else "same"

    return done("/settings/leaving", act, lambda refusal: both(console, refusal), lang=language.code)


def undo(console: Console) -> Response:
    """What was before it."""
    language, of = _which(console)

    def act() -> str:
        return "undone" if leaving.undo(console.wording, person().id, of, console.clock()) else "same"

    return done("/settings/leaving", act, lambda refusal: both(console, refusal), lang=language.code)


def _which(console: Console) -> tuple[Language, Wording]:
    language = asked(console)
    if not typed("phrase"):
        abort(go("/settings/leaving"))
    if language.code != typed("lang") or typed("phrase") not in leaving.PHRASES:
        abort(404)  # nobody's words are put into another language
    return language, Wording(language.code, typed("phrase"), version=version())
