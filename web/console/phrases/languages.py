"""The languages that reporters are told things in, as the pages of words show them."""

from __future__ import annotations

from collections.abc import Iterator

from flask import g, request

from locales.catalogues import PLACEHOLDER
from locales.languages import ENGLISH, Language
from web.console.pages import Console, typed


def spoken(console: Console) -> dict[str, Language]:
    """Every language, also one that is not offered yet."""
    return {one.code: one for one in console.wording.phrasebook.languages}


def asked(console: Console) -> Language:
    """The language that the page is about: asked for; otherwise the interface's, and English where it is English."""
    there = spoken(console)
    wanted = typed("lang") or request.args.get("lang", "")
    return there.get(wanted) or there.get(g.words.code) or there[ENGLISH]


def html(language: Language) -> str:
    """Its name in HTML."""
    return language.code.replace("_", "-")


def parts_of(text: str) -> Iterator[tuple[str, str]]:
    """Words in parts: (words, "") and ("", placeholder)."""
    at = 0
    for found in PLACEHOLDER.finditer(text):
        yield text[at : found.start()], ""
        yield "", found[1]
        at = found.end()
    yield text[at:], ""
