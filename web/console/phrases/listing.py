"""Every phrase of a language beside its English, filtered by how it stands, by flow, and by words in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, request

from casework.wordings import listing
from casework.wordings.listing import STATES, Line, Wanted
from locales.languages import ENGLISH
from web.console.pages import Console, page
from web.console.phrases.languages import asked, html, parts_of, spoken


def phrases(console: Console) -> Response:
    """The list."""
    language = asked(console)
    every = listing.lines(console.wording, language.code)
    wanted = wanted_of(request.args)
    return page(
        "phrases/list",
        of=language,
        spoken=spoken(console),
        html=html,
        lines=[line for line in every if wanted.fits(line)],
        total=len(every),
        counts=listing.counts(every),
        states=STATES,
        flows=flows_of(every),
        wanted=wanted,
        query=query_of(wanted),
        english=ENGLISH,
        parts_of=parts_of,
    )


def wanted_of(args: Mapping[str, str]) -> Wanted:
    """What an address or a form looks for."""
    state = args.get("state", "")
    return Wanted(state if state in STATES else "", args.get("flow", "")[:60], args.get("q", "")[:200])


def query_of(wanted: Wanted) -> dict[str, str]:
    """The same, for an address."""
    named = {"state": wanted.state, "flow": wanted.flow, "q": wanted.text}
    return {name: value for name, value in named.items() if value}


def flows_of(lines: Sequence[Line]) -> list[str]:
    """The flows that say something, in their order."""
    return list(dict.fromkeys(flow for line in lines for flow in line.flows))
