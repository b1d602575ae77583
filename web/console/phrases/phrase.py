"""One phrase in one language: written, kept as a draft, looked over; where it is said, and what helps to write it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Response, abort, g, make_response, render_template, request

from casework.staff import register
from casework.staff.refusals import Refusal
from casework.studio import comparing
from casework.wordings import checks, keeping, listing, memory
from casework.wordings.keeping import Sheet, Wording
from casework.wordings.listing import Line
from casework.wordings.refusals import NoSuchPhrase, WordsDoubtful, WordsMeanwhile, WordsUnfit
from casework.wordings.shelf import forms_of
from locales.languages import ENGLISH, Language
from locales.phrasebook import SHOWN_CONTROLS
from web.console.cases import moments
from web.console.pages import Console, go, page, person, typed, whole
from web.console.phrases.counting import count
from web.console.phrases.languages import asked, html, parts_of
from web.console.phrases.listing import query_of, wanted_of

_SAID = ("said", "drafted", "reviewed", "shipped", "noted", "same")
_FORMS = 6  # no language has more forms for a number


def shown(console: Console) -> Response:
    """The page."""
    key = request.args.get("phrase", "")
    return _page(console, asked(console), key) if key else go("/words", lang=asked(console).code)


def counted(console: Console) -> Response:
    """What is typed, counted: a part of the page, for its program."""
    language, key = _which(console)
    if not key:
        return go("/words")
    forms = _typed()
    shown = count(console.wording, console.wording.read(console.wording.asked), language.code, key, forms)
    return make_response(
        render_template("console/phrases/_count.html", t=g.words, counted=shown, of=language, html=html)
    )


def draft(console: Console) -> Response:
    """Keep what is typed, and say it to nobody yet."""
    return _do(
        console, "drafted", lambda of: keeping.draft(console.wording, person().id, of, _typed(), console.clock())
    )


def say(console: Console) -> Response:
    """Say it from now on."""
    anyway = typed("anyway") == "yes"
    return _do(
        console,
        "said",
        lambda of: keeping.say(console.wording, person().id, of, _typed(), console.clock(), anyway=anyway),
    )


def review(console: Console) -> Response:
    """She has looked it over."""
    return _do(console, "reviewed", lambda of: keeping.review(console.wording, person().id, of, console.clock()))


def ship(console: Console) -> Response:
    """Say the shipped words again."""
    return _do(console, "shipped", lambda of: keeping.ship(console.wording, person().id, of, console.clock()))


def native(console: Console) -> Response:
    """Ask for a native speaker, or no more."""
    wanted = typed("native") == "yes"
    return _do(
        console, "noted", lambda of: keeping.ask_native(console.wording, person().id, of, wanted, console.clock())
    )


def remark(console: Console) -> Response:
    """Tell colleagues something about it."""
    return _do(
        console,
        "noted",
        lambda of: keeping.remark(console.wording, person().id, of, typed("remark"), console.clock()),
    )


def _do(console: Console, what: str, act: Callable[[Wording], bool]) -> Response:
    language, key = _which(console)
    if not key:
        return go("/words")
    try:
        changed = act(Wording(language.code, key, version=whole(typed("version"), digits=9, otherwise=-1)))
    except NoSuchPhrase:
        abort(404)
    except Refusal as refusal:
        return _page(console, language, key, refusal)
    told = what if changed else "same"
    following = typed("next") if typed("go") == "next" else ""
    query = query_of(wanted_of(request.form))
    return go("/words/phrase", lang=language.code, phrase=following or key, said=told, **query)


def _page(console: Console, language: Language, key: str, refusal: Refusal | None = None) -> Response:
    words, book = console.wording, console.wording.phrasebook
    try:
        sheet = keeping.look(words, language.code, key)
    except NoSuchPhrase:
        abort(404)
    every, flows = listing.lines(words, language.code), words.read(words.asked)
    line = next((one for one in every if one.key == key), None) or _unwritten(every, key)
    wanted = wanted_of(request.form if request.method == "POST" else request.args)
    mine = checks.catalogue(book.catalogues, language.code)
    shipped = checks.catalogue(book.shipped, language.code).entries.get(key)
    number = forms_of(mine) if line.english is not None and len(line.english.forms) > 1 else 1
    writes = refusal is not None and "form0" in request.form
    forms = _typed() if writes else _now(sheet, line)
    forms = [*forms, *[""] * number][:number]
    basis = line.english or line.entry
    asks = basis.placeholders if basis is not None else frozenset()
    return page(
        "phrases/phrase",
        refusal=refusal,
        of=language,
        html=html,
        line=line,
        sheet=sheet,
        forms=forms,
        remark=typed("remark"),
        number=number,
        shipped=shipped if shipped is not None and shipped.written else None,
        chips=[(name, _example(console, line, name, language)) for name in sorted(asks)],
        counted=count(words, flows, language.code, key, forms),
        findings=refusal.findings if isinstance(refusal, WordsUnfit) else (),
        doubtful=isinstance(refusal, WordsDoubtful),
        meanwhile=isinstance(refusal, WordsMeanwhile),
        compared=key.partition("@")[0] in comparing.phrases(console.studio),
        spots=flows.spots.get(key.partition("@")[0], ()),
        text_of=lambda other: book.forms(other).get(language.code) or book.forms(other).get(ENGLISH, ""),
        suggestions=memory.suggestions(line, every),
        terms=memory.terms(line.english_text, language.code),
        staff={one.id.hex(): one.name for one in register.entries(console.office)},
        at=lambda seconds: moments.at(g.words, datetime.fromtimestamp(seconds, UTC), console.room),
        notes=[note for note in (line.english.notes if line.english else ()) if not _of_the_program(note)],
        wanted=wanted,
        query=query_of(wanted),
        beside=_beside([one for one in every if wanted.fits(one) or one.key == key], key),
        own=bool(sheet.wording.said) and sheet.wording.by == person().id.hex(),
        said=request.args.get("said", "") if request.args.get("said", "") in _SAID else "",
        english=ENGLISH,
        parts_of=parts_of,
    )


def _which(console: Console) -> tuple[Language, str]:
    """What a form is about; no phrase where it says none."""
    language, key = asked(console), typed("phrase")
    if key and language.code != typed("lang"):
        abort(404)  # nobody's words are put into another language
    try:
        if key:
            words = console.wording
            keeping.known(words.phrasebook, words.read(words.asked), language.code, key)
    except NoSuchPhrase:
        abort(404)
    return language, key


def _typed() -> list[str]:
    return [request.form[f"form{at}"] for at in range(_FORMS) if f"form{at}" in request.form]


def _now(sheet: Sheet, line: Line) -> list[str]:
    """What the form begins with: the draft, else what is said."""
    return list(sheet.wording.draft or (line.entry.forms if line.entry is not None else ()))


def _example(console: Console, line: Line, name: str, language: Language) -> str:
    """What a placeholder may hold."""
    if name in SHOWN_CONTROLS:
        return console.wording.phrasebook.shown(SHOWN_CONTROLS[name].removeprefix("control."), language.code)
    return (line.english.worst if line.english is not None else {}).get(name, "")


def _unwritten(every: tuple[Line, ...], key: str) -> Line:
    """A wording for one channel that nobody has written yet: as its phrase, with no words."""
    base = next((one for one in every if one.key == key.partition("@")[0]), None)
    if base is None:
        abort(404)
    return Line(key, None, base.english, None, ("missing",), base.flows)


def _beside(found: list[Line], key: str) -> tuple[str, str]:
    """The phrases before and after this one, among those that were looked for."""
    keys = [line.key for line in found]
    at = keys.index(key) if key in keys else -1
    return keys[at - 1] if at > 0 else "", keys[at + 1] if 0 <= at < len(keys) - 1 else ""


def _of_the_program(note: str) -> bool:
    """Whether a note is for the checks, which say it in words of their own."""
    return note.partition(":")[0].strip() in ("sms", "button", "item", "worst", "en", "en was", "native")
