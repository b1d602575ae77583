"""A language as a file, out and in, and one word for another: what would change is shown first, and taken as a whole."""

from __future__ import annotations

from typing import Any

from flask import Response, g, make_response, request
from markupsafe import Markup

from casework.sheets import Fault
from casework.staff.refusals import Refusal
from casework.wordings import exchange, replacing
from casework.wordings.exchange import FORMATS, Plan
from casework.wordings.refusals import NothingWritten, WordsFile, WordsMoved
from locales.languages import ENGLISH, Language
from web.console.faults import said as faults_said
from web.console.pages import Console, go, page, person, typed, whole
from web.console.phrases.languages import asked, html, parts_of, spoken

MOST_SHOWN = 300  # changes, and faults, on the page
_TYPES = {
    "po": "text/x-gettext-translation; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def files(console: Console, refusal: Refusal | None = None, faults: tuple[Fault, ...] = ()) -> Response:
    """Where a file is chosen, and where the language is given as one."""
    return _page(
        console, "files", refusal, faults=faults[:MOST_SHOWN], more=max(0, len(faults) - MOST_SHOWN), done=_done()
    )


def export(console: Console) -> Response:
    """Every phrase of a language."""
    language, form = asked(console), request.args.get("form", "")
    if form not in FORMATS:
        return go("/words/files", lang=language.code)
    response = make_response(exchange.export(console.wording, language, form))
    response.headers["Content-Type"] = _TYPES[form]
    response.headers["Content-Disposition"] = f'attachment; filename="words_{language.code}.{form}"'
    return response


def look(console: Console) -> Response:
    """What a file would change. Takes nothing."""
    language = asked(console)
    sent = request.files.get("file")
    content = sent.stream.read() if sent is not None else b""
    if not content:
        return files(console)
    found, faults = exchange.read(content, language)
    if faults:
        return files(console, WordsFile(), tuple(faults))
    return _of_file(console, exchange.plan(console.wording, language, found))


def take(console: Console) -> Response:
    """Take the file that she looked at."""
    language, say = asked(console), typed("say") == "yes"
    sent = exchange.loaded(typed("content"))
    try:
        count = exchange.take(console.wording, person().id, language, sent, typed("digest"), console.clock(), say=say)
    except WordsMoved as refusal:
        return _of_file(console, exchange.plan(console.wording, language, sent), refusal)
    return _gone(language, say, count)


def replace(console: Console) -> Response:
    """What one word for another would change."""
    try:
        plan = replacing.plan(console.wording, asked(console), typed("old"), typed("new"))
    except NothingWritten as refusal:
        return files(console, refusal)
    return _shown(console, plan)


def do_replace(console: Console) -> Response:
    """Do what she looked at."""
    language, say = asked(console), typed("say") == "yes"
    try:
        count = replacing.take(
            console.wording,
            person().id,
            language,
            typed("old"),
            typed("new"),
            typed("digest"),
            console.clock(),
            say=say,
        )
    except NothingWritten as refusal:
        return files(console, refusal)
    except WordsMoved as refusal:
        return _shown(console, replacing.plan(console.wording, language, typed("old"), typed("new")), refusal)
    return _gone(language, say, count)


def _of_file(console: Console, plan: Plan, refusal: Refusal | None = None) -> Response:
    """What a file would change, or what to mend in it."""
    bad = tuple(fault for fault in plan.faults if fault.blocks)
    return files(console, WordsFile(), bad) if bad else _shown(console, plan, refusal)


def _shown(console: Console, plan: Plan, refusal: Refusal | None = None) -> Response:
    return _page(
        console,
        "plan",
        refusal,
        plan=plan,
        changes=plan.changes[:MOST_SHOWN],
        more=max(0, len(plan.changes) - MOST_SHOWN),
        bad=[fault for fault in plan.faults if fault.blocks][:MOST_SHOWN],
        doubts=[fault for fault in plan.faults if not fault.blocks][:MOST_SHOWN],
        # Written anew, so that what is taken is what was read, whatever the file was.
        content=exchange.dumped(plan.sent),
    )


def _page(console: Console, template: str, refusal: Refusal | None = None, **values: Any) -> Response:
    return page(
        f"phrases/{template}",
        refusal=refusal,
        of=asked(console),
        spoken=spoken(console),
        html=html,
        parts_of=parts_of,
        files=True,
        query={},
        english=ENGLISH,
        trouble_said=_trouble,
        mend_said=lambda fault: "" if _finding(fault) else faults_said(fault.mend, "mend"),
        old=typed("old"),
        new=typed("new"),
        **values,
    )


def _trouble(fault: Fault) -> str:
    """What is wrong, in the language of the interface; the exact finding behind it."""
    found = _finding(fault)
    if not found:
        return faults_said(fault.trouble, "fault")
    exact = Markup('<bdi class="soft" lang="en" dir="ltr">{}</bdi>').format(fault.trouble)
    return Markup("{} {}").format(g.words(found), exact)


def _finding(fault: Fault) -> str:
    """The key of the words for a finding; "" where it is no finding about words."""
    key = f"words_finding.{fault.trouble[:4]}"
    return key if fault.trouble[4:5] == ":" and g.words.has(key) else ""


def _done() -> str:
    """What was just done, if the address says so."""
    count = whole(request.args.get("count", ""), digits=6, otherwise=-1)
    key = f"phrases.done_{request.args.get('done', '')}"
    return str(g.words(key, count=count)) if count >= 0 and g.words.has(key) else ""


def _gone(language: Language, say: bool, count: int) -> Response:
    return go("/words/files", lang=language.code, done="said" if say else "drafted", count=str(count))
