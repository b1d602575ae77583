"""Languages that an organisation brings itself: facts and words that steer first, every phrase on the pages of words after.

Off until it is complete: it is written, looked over and tried, and no reporter is offered it. Its few facts are one paper; its
words are wordings as any other's. What tells every process that the words changed tells of a language, too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from locales.borrowing import borrowed
from locales.catalogues import Catalogue
from locales.languages import SHIPPED, Language, catalogue_path
from storage import papers
from storage.database import Unit
from storage.papers import Paper
from storage.vault.keyring import Keyring

PAPER = "language"
CODE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?")
MOST = 40  # beside those that come with Hamraz
LONGEST_NAME = 24  # as an item of a list at WhatsApp
_AFTER_SHIPPED = 1_000  # in the list of languages


@dataclass(frozen=True, slots=True)
class Tongue:
    """One of them."""

    code: str  # "pa", "ur_Latn"
    own_name: str  # "ਪੰਜਾਬੀ"
    own_name_sms: str  # in Latin letters
    direction: Literal["ltr", "rtl"]
    on: bool = False  # offered to reporters
    offered: bool = False  # whether it ever was: somebody may write in it still
    by: str = ""  # who brought it: hex of an id
    at: int = 0  # when, in seconds since 1970
    id: bytes = field(default=b"", repr=False)  # of its paper

    def catalogue(self, place: int) -> Catalogue:
        """It without any words."""
        cldr, plural = borrowed(self.code, rtl=self.direction == "rtl")
        language = Language(
            self.code, self.own_name, self.own_name_sms, self.direction, cldr, _AFTER_SHIPPED + place, complete=self.on
        )
        return Catalogue(language, catalogue_path(SHIPPED, self.code), {}, plural)


def every(unit: Unit, keyring: Keyring) -> list[Tongue]:
    """All of them, the first first. One whose seal does not open is left out: it keeps nobody from talking."""
    found, _ = papers.sound(unit, keyring, PAPER)
    return sorted((_tongue(paper) for paper in found), key=lambda one: (one.at, one.code))


def catalogues(unit: Unit, keyring: Keyring) -> tuple[Catalogue, ...]:
    """Each without any words, for wordings to be laid over."""
    return tuple(one.catalogue(place) for place, one in enumerate(every(unit, keyring)))


def add(unit: Unit, keyring: Keyring, one: Tongue, now: datetime) -> None:
    """Keep a new one. Hold the wordings first."""
    papers.add(unit, keyring, PAPER, _body(one), now)


def save(unit: Unit, keyring: Keyring, one: Tongue) -> None:
    """Keep what changed of one. Hold the wordings first."""
    for paper in papers.sound(unit, keyring, PAPER)[0]:
        if paper.id == one.id:
            paper.body = _body(one)
            papers.save(unit, keyring, paper)


def remove(unit: Unit, one: Tongue) -> None:
    """Take one away. Hold the wordings first."""
    papers.remove(unit, one.id)


def name(text: str) -> str:
    """A language's name as it is kept: on one line, nothing invisible."""
    kept = "".join(
        " " if letter.isspace() else letter
        for letter in unicodedata.normalize("NFC", text)
        if letter.isspace() or letter in "\u200c\u200d" or unicodedata.category(letter)[0] != "C"
    )
    return " ".join(kept.split())


def _body(one: Tongue) -> dict[str, Any]:
    body = asdict(one)
    del body["id"]
    return body


def _tongue(paper: Paper) -> Tongue:
    return replace(Tongue(**paper.body), id=paper.id)
