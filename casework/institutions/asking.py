"""Which college or workplace, as the desk serves it to a flow: what is offered, and what her own words mean.

Each question of the way keeps its own slot; `resolved` says what they come to. A name that is not in the list is kept as
she wrote it, in `institution_name`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from casework import resources
from casework.answers import chosen as answer
from casework.directory.asking import shipped_asker
from casework.directory.stock import Stock
from casework.institutions.shelf import Register
from flows.desk import Slots, Told
from flows.prompt import Choice, Named
from flows.reading.yes_no import read_yes_no
from storage.institutions import Institution

NONE, LIST = "none", "list"
SLOTS = {
    "institutions": "institution",
    "institution_districts": "institution_district",
    "institutions_there": "institution_there",
    "institutions_asked": "institution_which",
}  # by source, where an answer is kept
SOURCES = frozenset({*SLOTS, "institution_chosen"})
ON_THE_WAY = ("institution_district", "institution_there", "institution_which", "institution_unknown")
_MOST_ASKED = 4  # names asked about at once
_LONGEST = 10  # words; what is longer is a story, in which every word is like some name
_SHORT = 44  # characters of a name on SMS
_SHARED = re.compile(
    r"\b(?:govt|government|degree)\b\.?\s*|(?:^|(?<=\s))(?:گورنمنٹ|گورنمينٽ|ڈگری|ڊگري)\s+|\s*\([^)]*\)", re.IGNORECASE
)
_LANGUAGES = ("en", "ur", "sd", "ur_Latn", "es")  # each has a name of its own on SMS
_JOINING = frozenset(
    {"and", "of", "the", "for", "&", "آف", "اینڈ", "اينڊ", "۽", "برائے", "فار"}
)  # a cut name ends in none
_NOBODY = Choice(NONE, "report.institution.none")


def choices(source: str, register: Register, stock: Stock, slots: Slots) -> tuple[Choice, ...]:
    """What is offered at a question of this source."""
    match source:
        case "institution_districts":
            return tuple(Choice(one.id, Named(one.names)) for one in stock.districts if one.id in register.by_district)
        case "institutions_there":
            found = register.by_district.get(answer(slots, "institution_district"), ())
            return (*map(_choice, found), _NOBODY)
        case "institutions_asked":
            listed = slots.get("institutions")
            ids = listed if isinstance(listed, list) else []
            return (*(_choice(register.by_id[one]) for one in ids if one in register.by_id), _NOBODY)
        case "institution_chosen":
            chosen = resolved(register, slots)
            return (_choice(chosen),) if chosen is not None else (_NOBODY,)
    preset = None if slots.get("refused") else register.by_id.get(answer(slots, "preset"))
    offered = (_choice(preset),) if preset is not None and preset.active else ()
    return (*offered, Choice(LIST, "report.institution.list"), _NOBODY)


def heard(source: str, text: str, register: Register, stock: Stock, slots: Slots) -> Told | None:
    """What she wrote instead of a choice; None when it names nothing.

    Outcomes: found · there (a town or district: its list) · which (as likely, or a guess) · unknown · again (not the one
    on the poster).
    """
    slot = SLOTS[source]
    if source == "institutions" and (meant := _yes_or_no(text, register, slots)) is not None:
        return meant
    if not any(letter.isalpha() for letter in text) or len(text.split()) > _LONGEST:
        return None
    found = register.finder.find(text)
    if found.one is not None:
        return Told("found", slots={slot: found.one.id})
    district = _district(text, stock)
    if district in register.by_district:
        return Told("there", slots={slot: "there", "institution_district": district})
    typed = {"words": [text[:200]], "media": []}  # as a question of kind text keeps them
    if found.candidates:
        ids = [one.institution.id for one in found.candidates[: min(found.equal or _MOST_ASKED, _MOST_ASKED)]]
        return Told("which", slots={slot: "which", "institutions": ids, "institution_name": typed})
    return Told("unknown", slots={slot: "unknown", "institution_name": typed})


def resolved(register: Register, slots: Slots) -> Institution | None:
    """The institution that was chosen in the end; None when it was left out or is not in the list."""
    for slot in ("institution_which", "institution_there", "institution_district", "institution"):
        if (one := register.by_id.get(answer(slots, slot))) is not None:
            return one
    return None


def label(one: Institution) -> Named:
    """Its name in every language, with a short one for SMS."""
    on_sms = {f"{code}@sms": short(one.names.get(code, one.name)) for code in _LANGUAGES}
    return Named({**one.names, **on_sms})


def short(name: str) -> str:
    """A name without the words that most of them share, cut between two words where it is still long."""
    bare = " ".join(_SHARED.sub("", name).split()).strip(" ,،") or name
    if len(bare) <= _SHORT:
        return bare
    words = bare[: _SHORT + 1].split(" ")[:-1]
    while words and words[-1].casefold() in _JOINING:
        words.pop()
    return " ".join(words).rstrip(" ,،") or bare[:_SHORT]


def _choice(one: Institution) -> Choice:
    return Choice(one.id, label(one))


def _yes_or_no(text: str, register: Register, slots: Mapping[str, object]) -> Told | None:
    """A yes or no to the one on the poster."""
    meant, preset = read_yes_no(text), answer(slots, "preset")
    if meant is None or preset not in register.by_id or slots.get("refused"):
        return None
    return Told("found", slots={"institution": preset}) if meant else Told("again", slots={"refused": "yes"})


def _district(text: str, stock: Stock) -> str:
    """The district of the town that a text names, with nothing beside it; "" when it names none."""
    found = shipped_asker().finder.find(text)
    likely = found.candidates[: found.equal]
    if not likely or not likely[0].whole or len({one.place.district for one in likely}) > 1:
        return ""
    return resources.target_at(likely[0].place, stock).district
