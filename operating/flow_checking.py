"""`hamraz flows check` and `graph`: everything that may be wrong with a flow, from its form to the room its words need."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bot.fitting import Fitting
from bot.settings import Settings, read_settings
from bot.walkthrough.stage import Company
from bot.walkthrough.whole import walked
from flows.drawing import mermaid
from flows.files import FlowFile, read_flow_files
from flows.findings import Finding
from flows.inspection import inspect
from flows.library import SHIPPED
from flows.shape import Flow
from flows.wording import phrases_of
from handlers.commands import CommandError
from locales.check import check
from locales.languages import SHIPPED as SHIPPED_WORDS
from locales.phrasebook import Phrasebook
from locales.pofile import BrokenCatalogue
from operating.paper_desk import PaperDesk
from operating.providers import approved

_ALWAYS = ("control.",)  # words that every flow listens to


def check_flows(files: Sequence[str]) -> Iterable[str]:
    """What is wrong with these files and folders, or with the shipped flows: a finding a line."""
    given = [Path(file) for file in files] or [SHIPPED]
    return findings(given, SHIPPED_WORDS, templates=templates_of(read_settings()))


def findings(given: Sequence[Path], words: Path, *, templates: Collection[str] | None = None) -> Iterator[str]:
    """A line for each thing to mend in the flows given.

    words      folder of the catalogues they speak from
    templates  names of WhatsApp's approved templates; None where there is no WhatsApp
    """
    read = list(read_flow_files(given))
    yield from (file.broken for file in read if file.flow is None)
    files: dict[str, FlowFile] = {}
    flows: list[Flow] = []
    for file in read:
        if file.flow is None:
            continue
        if file.flow.name in files:
            yield file.said(Finding("E106", file.flow.name, "", "two files hold a flow of this name", "rename one"))
            continue
        files[file.flow.name] = file
        flows.append(file.flow)
    if not flows:
        return
    shipped = (file.flow for file in read_flow_files([SHIPPED]))
    everything = {flow.name: flow for flow in (*shipped, *flows) if flow is not None}
    about_words = list(_about_words(flows, words))
    yield from about_words
    try:
        book = Phrasebook.load(words)
    except BrokenCatalogue:
        return  # said already: E200
    found = Prover(book, templates)(flows, everything)
    yield from (files[finding.flow].said(finding) for finding in found)
    if any(one.startswith("E") for one in (*about_words, *(finding.code for finding in found))):
        return  # what has faults already cannot be walked through
    company = Company(everything.values(), book, PaperDesk())
    yield from (files[flow.name].said(finding) for flow in flows for finding in walked(flow, company).findings())


class Prover:
    """Proves flows again and again, as they are edited: a question that did not change is not measured anew.

    Safe to use from many threads.
    """

    def __init__(self, book: Phrasebook, templates: Collection[str] | None) -> None:
        self._book, self._templates = book, templates
        self._fitting = Fitting(book, PaperDesk())

    def __call__(self, flows: Sequence[Flow], everything: Mapping[str, Flow]) -> list[Finding]:
        """What is wrong with flows that can be read, and with the room that their words need."""
        languages = [language.code for language in self._book.languages if language.complete]
        found = inspect(flows, everything, self._book, languages, self._templates)
        return found + [
            one for flow in flows for node in flow.nodes.values() for one in self._fitting.unfit(flow, node)
        ]


def templates_of(settings: Settings) -> Collection[str] | None:
    """Names of WhatsApp's approved templates; None where there is no WhatsApp."""
    return approved(settings) if settings.whatsapp_from else None


def draw_flow(name: str) -> str:
    """A shipped flow as Mermaid. Raises CommandError when there is none of that name."""
    read = list(read_flow_files([SHIPPED]))
    flows = {file.flow.name: file.flow for file in read if file.flow is not None}
    if name in flows:
        return mermaid(flows[name])
    broken = "".join(f"; {file.broken}" for file in read if file.flow is None)
    raise CommandError(f"no flow {name!r}; there are {', '.join(flows)}{broken}")


def _about_words(flows: Sequence[Flow], words: Path) -> Iterator[str]:
    """What is wrong with the phrases that these flows say. A missing one is told with its node, not here."""
    said = {key for flow in flows for key in phrases_of(flow)}
    for finding in check((), words):
        key = finding.key.partition("@")[0]
        if finding.code != "E201" and (not key or key in said or key.startswith(_ALWAYS)):
            yield str(finding)
