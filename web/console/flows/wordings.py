"""A question asked in two wordings: offering the second, ending the comparison, and taking the better one into the draft."""

from __future__ import annotations

from typing import Any

from flask import Response, abort

from casework.staff.refusals import Refusal
from casework.studio import comparing, drafts, shelf
from casework.studio.drafts import Draft
from casework.studio.refusals import NoSuchFlow
from casework.wordings import keeping
from casework.wordings.keeping import Wording
from casework.wordings.refusals import WordsRefusal
from flows.editing import operations
from flows.editing.values import Written, as_flow
from flows.nodes.kind import OTHER_WORDING
from flows.shape import Node
from flows.wording import phrases_of
from locales.languages import ENGLISH
from web.console.flows.framing import asked, draft_of
from web.console.flows.insight import insight
from web.console.flows.step import step
from web.console.pages import Console, go, person, typed, whole


def offer(console: Console) -> Response:
    """A second wording in the draft, with its words; or none any more."""
    draft, name = draft_of(console), typed("node")
    written = next((one for one in draft.data["node"] if one["name"] == name), None) or abort(404)
    wanted = None if typed("do") == "off" else _wanted(console, draft, written)
    try:
        change = operations.change(name, {OTHER_WORDING: wanted})
        drafts.take(console.studio, person().id, draft.name, typed("at"), change, console.clock())
    except Refusal as refusal:
        return step(console, refusal, hers=False)
    languages = console.room.phrasebook.languages
    spoken = sorted(languages, key=lambda one: one.code != ENGLISH)  # the others are held against it
    left = [one for one in spoken if wanted is not None and not _say(console, wanted["ask"], one.code)]
    return go("/flows/step", flow=draft.name, node=name, said="wording_drafted" if left else "done")


def end(console: Console) -> Response:
    """Compare no more."""
    run = whole(typed("run"), digits=9, otherwise=-1)
    try:
        comparing.end(console.studio, person().id, asked(), run, console.clock())
    except NoSuchFlow:
        abort(404)
    except Refusal as refusal:
        return insight(console, refusal)
    return go("/flows/insight", flow=asked(), said="wording_ended")


def take(console: Console) -> Response:
    """One of the two into the draft; it is proved and published as any change is."""
    draft = draft_of(console)
    try:
        standing = shelf.one(console.studio, asked())
    except NoSuchFlow:
        abort(404)
    stand = comparing.stands(console.studio, standing, console.clock())
    if stand is None or typed("run") != str(stand.run):
        return go("/flows/insight", flow=draft.name)
    node = standing.flow.nodes[stand.of.node]
    fields: dict[str, Any] = {OTHER_WORDING: None}
    if typed("which") == "other":
        # The words of its answers are named after the question's phrase, unless the step names them itself.
        fields |= {"ask": stand.of.other, "labels": node.labels}
    try:
        change = operations.change(node.name, fields)
        drafts.take(console.studio, person().id, draft.name, draft.token, change, console.clock())
    except Refusal as refusal:
        return insight(console, refusal)
    return go("/flows/publish", flow=draft.name, said="wording_taken")


def _wanted(console: Console, draft: Draft, written: Written) -> dict[str, Any]:
    most, weeks = (whole(typed(name), digits=6, otherwise=0) for name in ("most", "weeks"))
    return {"ask": _free(console, draft, written), "most": most, "weeks": weeks}


def _free(console: Console, draft: Draft, written: Written) -> str:
    """A phrase that nothing says yet: "report.when.ask_2"."""
    there = phrases_of(as_flow(draft.data))
    base, number = Node(written["name"], written["kind"], (), written).labels, 2
    while (key := f"{base}.ask_{number}") in there or console.room.phrasebook.has(key):
        number += 1
    return key


def _say(console: Console, key: str, language: str) -> bool:
    """Let it be said so; what cannot be said yet is kept as a draft of words. Whether nothing is left to do."""
    text, words, of = typed(f"words_{language}"), console.wording, Wording(language, key)
    if not text.strip():
        return not console.room.phrasebook.language(language).complete
    try:
        keeping.say(words, person().id, of, [text], console.clock())
    except WordsRefusal:
        try:
            keeping.draft(words, person().id, of, [text], console.clock())
        except WordsRefusal:
            return False
        return False
    return True
