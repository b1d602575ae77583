"""The languages we speak: one folder each, its facts in the header of its PO file.

A language is complete when its folder is. The code is the folder's name (`ur_Latn`), never
parsed as a locale: CLDR would turn Roman Urdu into Urdu, and Latin letters right to left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from babel import Locale, UnknownLocaleError

from locales.pofile import BrokenCatalogue, read_headers

SHIPPED = Path(__file__).parent
ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """What differs from language to language, apart from the words."""

    code: str  # the folder's name
    own_name: str  # "اردو"
    own_name_sms: str  # "Urdu": in Latin letters, so that an SMS list stays GSM-7
    direction: Literal["ltr", "rtl"]
    cldr: str  # whose month names and number marks to borrow
    order: int  # place in the list of languages
    complete: bool = True  # False: a preview, not offered to reporters
    letters: frozenset[str] = frozenset()  # letters no other language here uses
    sms_plain: Mapping[int, str] = field(default_factory=dict)  # for str.translate, on SMS only

    @property
    def right_to_left(self) -> bool:
        return self.direction == "rtl"


def catalogue_path(directory: Path, code: str) -> Path:
    """Return where the words of language `code` lie."""
    return directory / code / "LC_MESSAGES" / "messages.po"


def read_languages(directory: Path = SHIPPED) -> tuple[Language, ...]:
    """Return every language with a folder in `directory`, in the order to list them.

    Raises BrokenCatalogue when a header is missing or says something impossible.
    """
    paths = sorted(directory.glob("*/LC_MESSAGES/messages.po"))
    found = [read_language(path, read_headers(path)) for path in paths]
    return tuple(sorted(found, key=lambda language: (language.order, language.code)))


def read_language(path: Path, headers: Mapping[str, str]) -> Language:
    """Return the language whose PO file at `path` has these `headers`."""
    code = path.parent.parent.name
    own_name = headers.get("X-Own-Name", "")
    if not own_name:
        raise BrokenCatalogue(path, "header X-Own-Name is missing: the language's name in itself")
    if headers.get("Language", code) != code:
        raise BrokenCatalogue(path, f"header Language says {headers['Language']!r}, the folder {code!r}")
    direction = headers.get("X-Direction", "ltr")
    if direction not in ("ltr", "rtl"):
        raise BrokenCatalogue(path, f"header X-Direction is {direction!r}: write ltr or rtl")
    order = headers.get("X-Order", "99")
    if not order.isdecimal():
        raise BrokenCatalogue(path, f"header X-Order is {order!r}: write a number")
    return Language(
        code=code,
        own_name=own_name,
        own_name_sms=headers.get("X-Name-On-SMS") or own_name,
        direction="rtl" if direction == "rtl" else "ltr",
        cldr=_known_locale(path, headers.get("X-CLDR") or code),
        order=int(order),
        complete=headers.get("X-Complete", "yes").strip().lower() != "no",
        letters=frozenset(headers.get("X-Letters", "")) - {" "},
        sms_plain=_folding(path, headers.get("X-SMS-Plain", "")),
    )


def _known_locale(path: Path, name: str) -> str:
    try:
        Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        raise BrokenCatalogue(path, f"header X-CLDR: Babel knows no locale {name!r}") from None
    return name


def _folding(path: Path, pairs: str) -> dict[int, str]:
    """Read "áa íi óo": the first letter of each pair is written as the second on SMS."""
    folding: dict[int, str] = {}
    for pair in pairs.strip('"').split():
        if len(pair) != 2:
            raise BrokenCatalogue(path, f"header X-SMS-Plain: {pair!r} is not a pair of letters")
        folding[ord(pair[0])] = pair[1]
    return folding
