"""Words, checked and kept in step; texts, read as the conversation would read them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from bot.danger import DangerWords, danger_line
from casework.tips.table import phrases
from flows.errors import BrokenFlow
from flows.library import shipped_flows
from flows.reading.answering import answer_line
from flows.wording import phrases_of
from handlers.commands import CommandError
from locales.check import check
from locales.languages import SHIPPED
from locales.pofile import BrokenCatalogue
from locales.updating import extract, update


def danger(text: str) -> str:
    """How dangerous a text sounds, as a line of JSON."""
    return danger_line(text, _danger_words())


@cache
def _danger_words() -> DangerWords:
    return DangerWords.load()


def answer(line: str) -> str:
    """Which option a typed answer means: a line of JSON → a line of JSON."""
    return answer_line(line)


def check_words() -> Iterable[str]:
    """What is wrong with the catalogues: a finding a line. Raises CommandError."""
    return (str(finding) for finding in check(_needed_keys(), SHIPPED))


def extract_words() -> Iterable[str]:
    """Every phrase key that the flows ask for and English lacks; each is added there, without words. Raises CommandError."""
    try:
        lacking = extract(_needed_keys(), SHIPPED)
    except BrokenCatalogue as broken:
        raise CommandError(str(broken)) from None
    return lacking or ["English has every phrase that the flows ask for"]


def update_words() -> Iterable[str]:
    """Carry new English phrases into every catalogue; says what it did. Raises CommandError."""
    try:
        return update(SHIPPED)
    except BrokenCatalogue as broken:
        raise CommandError(str(broken)) from None


def _needed_keys() -> frozenset[str]:
    try:
        return frozenset(key for flow in shipped_flows() for key in phrases_of(flow)) | phrases()
    except BrokenFlow as broken:
        raise CommandError(f"{broken}: see `hamraz flows check`") from None
