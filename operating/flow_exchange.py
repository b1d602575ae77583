"""`hamraz flows export` and `import`: a flow with its words out to a file, and in from one as drafts. Nothing is published."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.settings import read_settings
from bot.walkthrough.walks import Walks
from casework.staff.office import BY_COMMAND
from casework.staff.refusals import Refusal
from casework.studio import exchange, shelf
from casework.studio.exchange import Plan
from casework.wordings.room import WordsRoom
from flows import graph
from flows.editing.values import as_flow
from flows.exchange import taking
from flows.exchange.bundle import Bundle, Note, NotTaken
from flows.exchange.giving import FORMS
from flows.library import shipped_flows
from flows.shape import Flow
from handlers.commands import CommandError
from locales.phrasebook import Phrasebook
from operating.clock import now
from operating.keys import open_keyring
from operating.paper_desk import PaperDesk
from operating.parts import Hamraz, build
from operating.wording import words_room
from storage.engines import parsed, sqlite_file
from web.console.flows.booklet import CHANNEL, booklet
from web.console.flows.exchange import BOOKLET
from web.console.words import FIRST, languages

_ODD = re.compile(r"[^\x20-\x7e\u00a1-\ud7ff\ue000-\U0010ffff]")  # would break the line, or the terminal
_NO_EDITION = -1


def export_flow(name: str, form: str, out: str, edition: int, draft: bool) -> Iterable[str]:
    """Write a flow into a file, or print it where none is named. edition: -1 for the one that holds. Raises CommandError."""
    if form not in (*FORMS, BOOKLET):
        raise CommandError(f"no form {form!r}; there are {', '.join((*FORMS, BOOKLET))}")
    bundle, flows, book = _bundle(name, edition, draft)
    content = FORMS[form].written(bundle) if form in FORMS else _booklet(as_flow(bundle.data), flows, book)
    if not out:
        sys.stdout.write(content)
        return
    try:
        Path(out).write_text(content, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CommandError(f"{out}: {error.strerror}") from None
    yield f"{out}: the flow {name} as {form}, {len(content.encode()):,} bytes"


def import_file(file: str, dry_run: bool) -> Iterable[str]:
    """Keep the flows of a file as drafts; says what of it has no equal here. Raises CommandError."""
    path = Path(file)
    if path.exists() and not path.is_file():
        raise CommandError(f"{file}: it is no file")
    try:
        with path.open("rb") as opened:
            content = opened.read(taking.MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from None
    try:
        taken = taking.read(content)
        with _everything() as (hamraz, words):
            if dry_run:
                plan = exchange.look(hamraz.studio, words, taken)
            else:
                plan = exchange.take(hamraz.studio, words, BY_COMMAND, taken, now())
            yield from _told(plan, dry_run)
    except NotTaken as refused:
        raise CommandError(f"{file}: {said(refused.note)}") from None
    except Refusal as refusal:
        raise CommandError(_ODD.sub("?", languages()[FIRST](f"error.{refusal.reason}", **refusal.values))) from None


def said(note: Note) -> str:
    """A note as one line, in the words of the console."""
    sentence = languages()[FIRST](f"flow_file.{note.code}", **note.values)
    return _ODD.sub("?", f"{note.where}: {sentence}" if note.where else sentence)


def _told(plan: Plan, dry_run: bool) -> Iterator[str]:
    yield from map(said, plan.notes)
    for one in plan.coming:
        words = ", ".join(f"{count} {language}" for language, count in sorted(one.phrases.items())) or "none"
        kind = "a draft over the flow" if one.over else "a new flow, as a draft"
        would = "would be" if dry_run else "is"
        yield f"{one.bundle.name}: {would} {kind}; steps: {len(one.bundle.data['node'])}; drafts of words: {words}"
        blocking = sum(finding.code.startswith("E") for finding in one.findings)
        if blocking:
            yield f"{one.bundle.name}: things to mend before it can hold: {blocking}; its page in the console lists them"
    if dry_run:
        yield "nothing was kept"


def _booklet(flow: Flow, others: Mapping[str, Flow], book: Phrasebook) -> str:
    """Raises CommandError where it cannot be walked through before something is mended."""
    flows = {**others, flow.name: flow}
    wrong = next(graph.targets(flow, flows), None)
    if wrong is not None:
        raise CommandError(f"mend this first: {wrong}")
    walks = Walks(book, PaperDesk())
    walk = walks.of(flow, flows, CHANNEL)
    spoken = [language for language in book.languages if language.complete]
    return booklet(languages()[FIRST], walk, lambda at, code: walks.told(walk, at, flows, CHANNEL, code), spoken)


def _bundle(name: str, edition: int, draft: bool) -> tuple[Bundle, Mapping[str, Flow], Phrasebook]:
    """The flow with its words, those that it is among, and everything that is said. Raises CommandError."""
    if not _installed():
        return _shipped(name, edition, draft)
    try:
        with _everything() as (hamraz, words):
            flows = {flow: one.flow for flow, one in shelf.everything(hamraz.studio).items()}
            if draft:
                return exchange.of_draft(hamraz.studio, words, name), flows, words.phrasebook
            number = None if edition == _NO_EDITION else edition
            return exchange.of_edition(hamraz.studio, words, name, number), flows, words.phrasebook
    except Refusal as refusal:
        raise CommandError(f"{name}: {languages()[FIRST](f'error.{refusal.reason}', **refusal.values)}") from None


def _shipped(name: str, edition: int, draft: bool) -> tuple[Bundle, Mapping[str, Flow], Phrasebook]:
    """Where nothing is installed yet there is what came with Hamraz."""
    flows = {flow.name: flow for flow in shipped_flows()}
    if name not in flows or draft or edition > 0:
        raise CommandError(f"no flow {name!r}; nothing is installed here, so there are {', '.join(flows)}")
    book = Phrasebook.load()
    return exchange.gathered(flows[name], book), flows, book


def _installed() -> bool:
    url = parsed(read_settings().database_url)
    return url.get_backend_name() != "sqlite" or sqlite_file(url).exists()


@contextmanager
def _everything() -> Iterator[tuple[Hamraz, WordsRoom]]:
    settings = read_settings().without_surprises()
    hamraz = build(settings, open_keyring(settings))
    try:
        yield hamraz, words_room(hamraz.room, hamraz.studio)
    finally:
        hamraz.counter.close()
        hamraz.database.close()
