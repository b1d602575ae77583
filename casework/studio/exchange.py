"""Flows out to a file with their words, and in from one: as drafts, of the flow and of its words. Nothing here publishes, and
nobody is told a word of it before somebody says it on the page of words.

A file of our own keeps its flow's name and becomes a draft over the flow of that name. A flow of another house gets a name that
is free. What was looked at is what is taken: a second look at the same file, just before, would refuse it the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from casework.studio import drafts, shelf
from casework.studio.drafts import Draft
from casework.studio.refusals import FlowMeanwhile
from casework.studio.room import StudioRoom
from casework.wordings import checks
from casework.wordings.keeping import held, write_down
from casework.wordings.room import WordsRoom
from casework.wordings.shelf import EVERYWHERE
from flows import graph
from flows.definition import NAME
from flows.editing.operations import whole
from flows.editing.steps import Steps
from flows.editing.values import Data, as_flow, of_flow
from flows.exchange import own
from flows.exchange.bundle import Bundle, Forms, Note, NotTaken, Words
from flows.exchange.strict import read_json
from flows.exchange.taking import Taken
from flows.findings import Finding
from flows.shape import Flow
from flows.wording import phrases_of
from locales.catalogues import Entry
from locales.check import braces
from locales.languages import ENGLISH
from locales.phrasebook import SHOWN_CONTROLS, Phrasebook
from storage import audit, wordings
from storage.database import Unit

CHANNELS = ("sms", "whatsapp", "telegram")
_MOST_NAMES = 99


@dataclass(frozen=True, slots=True)
class Coming:
    """One flow of a file, as it would be here."""

    bundle: Bundle = field(repr=False)
    over: bool  # there is a flow of this name: it becomes a draft of that one
    phrases: Mapping[str, int]  # by language, how many would be kept as drafts
    findings: tuple[Finding, ...] = ()  # what is to be mended before it can hold


@dataclass(frozen=True, slots=True)
class Plan:
    """What taking a file would do."""

    coming: tuple[Coming, ...]
    notes: tuple[Note, ...]  # what has no equal here, or stays as it is


def gathered(flow: Flow, book: Phrasebook, written: Mapping[tuple[str, str], Forms] | None = None) -> Bundle:
    """A flow with its words as they are said.

    written  drafts by language and phrase, for what nobody says yet
    """
    data, drafted = of_flow(flow), written or {}
    keys = sorted(_keys(flow))
    words: dict[str, dict[str, Forms]] = {}
    for catalogue in book.catalogues:
        code = catalogue.language.code
        found = {}
        for key in keys:
            entry = catalogue.entries.get(key)
            forms = entry.forms if entry is not None and entry.written else drafted.get((code, key), ())
            if forms:
                found[key] = tuple(forms)
        if found:
            words[code] = found
    return Bundle(data, words)


def of_draft(studio: StudioRoom, words: WordsRoom, name: str) -> Bundle:
    """What is being written, or what holds where nobody writes. Raises NoSuchFlow."""
    return _with_drafts(words, as_flow(drafts.of(studio, name).data))


def of_edition(studio: StudioRoom, words: WordsRoom, name: str, number: int | None = None) -> Bundle:
    """An edition; the one that holds where no number is given. Raises NoSuchFlow, NoSuchEdition."""
    flow = shelf.one(studio, name).flow if number is None else shelf.edition_of(studio, name, number)
    return _with_drafts(words, flow)


def look(studio: StudioRoom, words: WordsRoom, taken: Taken) -> Plan:
    """What a file would become. Keeps nothing. Raises NotTaken."""
    plan, everything = words.read(lambda unit: _plan(unit, studio, words, taken))
    return replace(plan, coming=tuple(replace(one, findings=_findings(studio, one, everything)) for one in plan.coming))


def take(studio: StudioRoom, words: WordsRoom, by: bytes, taken: Taken, now: datetime) -> Plan:
    """Keep a file's flows and words as drafts, all of them or none. Raises NotTaken, FlowMeanwhile, NotHers."""
    looked = look(studio, words, taken)  # slow, so before the unit of work

    def work(unit: Unit) -> Plan:
        wordings.hold(unit)
        words.room.renew(unit)
        plan, _ = _plan(unit, studio, words, taken)
        flows, begun = shelf.standing(unit, studio), {draft.name for draft in drafts.begun(unit, studio)}
        for one in plan.coming:
            if one.bundle.name in begun:
                raise FlowMeanwhile
            present = flows.get(one.bundle.name)
            start = of_flow(present.flow) if present is not None else one.bundle.data
            steps = Steps(start).take(whole(one.bundle.data)) if present is not None else Steps(start)
            over = present.flow.hash if present is not None else ""
            drafts.keep(unit, studio, Draft(one.bundle.name, "", over, steps, by, int(now.timestamp())), now)
            kept = sum(_write(unit, words, by, language, said, now) for language, said in one.bundle.words.items())
            studio.log(unit, "draft from a file", f"{one.bundle.name}, {kept} phrases", by, now)
        proved = zip(plan.coming, looked.coming, strict=True)
        return replace(plan, coming=tuple(replace(one, findings=same.findings) for one, same in proved))

    return studio.work(by, work)


def dumped(plan: Plan) -> str:
    """The flows of a plan for a hidden field: what is taken is what was looked at, whatever the file was."""
    return json.dumps([[one.bundle.own, own.to_json(one.bundle)] for one in plan.coming], ensure_ascii=False)


def loaded(text: str) -> Taken:
    """The same out of it. Raises NotTaken."""
    rows = read_json(text)
    if not isinstance(rows, list) or not all(isinstance(one, list) and len(one) == 2 for one in rows):
        raise NotTaken("no_flow")
    found = []
    for hers, content in rows:
        read = read_json(content) if isinstance(content, str) else None
        if not isinstance(read, dict):
            raise NotTaken("no_flow")
        found.append(replace(own.from_json(read), own=hers is True))
    return Taken(tuple(found))


def _plan(unit: Unit, studio: StudioRoom, words: WordsRoom, taken: Taken) -> tuple[Plan, Mapping[str, Flow]]:
    """What would come, not proved yet; and every flow that there would be then."""
    flows, begun = shelf.standing(unit, studio), {draft.name for draft in drafts.begun(unit, studio)}
    notes = [*taken.notes]
    coming: list[Coming] = []
    for bundle in _named(taken.bundles, {*flows, *begun}):
        if bundle.name in begun:
            raise NotTaken("draft_is_there", flow=bundle.name)
        said, remarks = _fitting(unit, words, bundle)
        notes += remarks
        counts = {language: len(phrases) for language, phrases in said.items()}
        coming.append(Coming(replace(bundle, words=said), bundle.name in flows, counts))
    everything = {name: one.flow for name, one in flows.items()}
    everything |= {one.bundle.name: as_flow(one.bundle.data) for one in coming}
    for one in coming:
        _no_circle(everything[one.bundle.name], everything)
    return Plan(tuple(coming), tuple(notes)), everything


def _findings(studio: StudioRoom, one: Coming, everything: Mapping[str, Flow]) -> tuple[Finding, ...]:
    found = studio.prove([everything[one.bundle.name]], everything)
    return tuple(sorted(found, key=lambda each: (each.code, each.node)))


def _no_circle(flow: Flow, everything: Mapping[str, Flow]) -> None:
    """A flow that calls itself in silence, through others too, would never wait for anybody: no draft of that. Raises NotTaken."""
    if any(graph.targets(flow, everything)):
        return
    sound = {name: one for name, one in everything.items() if not any(graph.targets(one, everything))}
    for finding in graph.circles(flow, sound):
        raise NotTaken("circle", flow=flow.name, node=finding.node)


def _named(bundles: Sequence[Bundle], there: set[str]) -> Iterator[Bundle]:
    """The same flows under names that are free where they are of another house; what calls them says the new name."""
    fresh: dict[str, str] = {}
    for bundle in bundles:
        if not bundle.own:
            fresh[bundle.name] = _free(bundle.name, there | set(fresh.values()))
    for bundle in bundles:
        yield bundle if bundle.own else replace(bundle, data=_renamed(bundle.data, fresh))


def _free(name: str, there: set[str]) -> str:
    for number in range(1, _MOST_NAMES + 1):
        tried = name if number == 1 else f"{name[:36]}_{number}"
        if tried not in there and NAME.fullmatch(tried):
            return tried
    raise NotTaken("no_name", flow=name)


def _renamed(data: Data, fresh: Mapping[str, str]) -> Data:
    nodes = [
        {**node, "flow": fresh.get(node["flow"], node["flow"])} if node.get("kind") == "call" else node
        for node in data["node"]
    ]
    return {**data, "name": fresh[data["name"]], "node": nodes}


def _fitting(unit: Unit, words: WordsRoom, bundle: Bundle) -> tuple[Words, list[Note]]:
    """The words that would be kept as drafts; the others are told of. Raises NotTaken for what may stand nowhere."""
    book, notes = words.phrasebook, []
    wanted = _keys(as_flow(bundle.data))
    there = {language.code for language in book.languages}
    fitting: dict[str, dict[str, Forms]] = {}
    for language, phrases in bundle.words.items():
        if language not in there:
            notes.append(Note("no_language", f"words.{language}", {"said": language, "count": str(len(phrases))}))
            continue
        strange = [key for key in phrases if key not in wanted or not checks.may_be_written(key)]
        if strange:
            shown = {"said": ", ".join(strange[:3]), "count": str(len(strange))}
            notes.append(Note("not_its_words", bundle.where(language, strange[0]), shown))
        kept_here = {one.phrase: one for one in wordings.every(unit, words.room.keyring, language)[0]}
        for key, forms in phrases.items():
            if key in strange:
                continue
            kept = _checked(book, bundle, language, key, forms)
            mine = checks.catalogue(book.catalogues, language)
            entry = mine.entries.get(key)
            said = tuple(checks.kept(form, mine.language, key) for form in entry.forms) if entry is not None else ()
            draft = kept_here[key].draft if key in kept_here else ()
            if draft and draft != kept:
                notes.append(Note("colleagues_words", bundle.where(language, key), {"said": key, "language": language}))
            elif kept not in (said, draft) and any(kept):
                fitting.setdefault(language, {})[key] = kept
    return fitting, notes


def _checked(book: Phrasebook, bundle: Bundle, language: str, key: str, forms: Forms) -> Forms:
    """Words as they are kept. Raises NotTaken where something in them would be filled that nothing fills."""
    kept = tuple(checks.kept(form, book.language(language), key) for form in forms)
    entry = Entry(key, kept)
    english = checks.catalogue(book.catalogues, ENGLISH).entries
    original = english.get(key) or english.get(key.partition("@")[0])
    allowed = (original.placeholders if original is not None else EVERYWHERE) | SHOWN_CONTROLS.keys()
    wrong = [*braces(entry), *(f"{{{name}}}" for name in sorted(entry.placeholders - allowed))]
    if wrong:
        raise NotTaken("placeholder", bundle.where(language, key), said=wrong[0][:40])
    return kept


def _write(unit: Unit, words: WordsRoom, by: bytes, language: str, phrases: Mapping[str, Forms], now: datetime) -> int:
    """Keep words as drafts; how many."""
    for key, forms in phrases.items():
        one = held(words, unit, language, key, now)
        was = replace(one)
        one.draft = forms
        write_down(words, unit, one, was, "drafted", by, now)
    if phrases:
        audit.append(unit, words.room.keyring, "words drafted", now, f"{len(phrases)} {language} from a flow's file")
    return len(phrases)


def _with_drafts(words: WordsRoom, flow: Flow) -> Bundle:
    def read(unit: Unit) -> Bundle:
        found, _ = wordings.every(unit, words.room.keyring)
        return gathered(flow, words.phrasebook, {(one.language, one.phrase): one.draft for one in found if one.draft})

    return words.read(read)


def _keys(flow: Flow) -> set[str]:
    """Every phrase that a flow may say: what it names, what stands below its lists, and each for one channel."""
    named = set(phrases_of(flow)) | {f"{node.labels}.after" for node in flow.nodes.values() if node.labels}
    return named | {f"{key}@{channel}" for key in named for channel in CHANNELS}
