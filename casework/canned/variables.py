"""What a canned reply may have filled in: a closed list, put in literally, and no other brace at all.

So a text can ask for nothing that is not on the list, whatever tricks a format string knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from casework import telling_hours
from casework.canned.refusals import NoSuchVariable, StrayBrace
from casework.directory.exchange import EMERGENCY
from casework.hours import OpeningHours
from casework.resources import DirectoryEmpty
from locales.catalogues import PLACEHOLDER
from locales.phrasebook import Phrasebook
from storage import directory
from storage.database import Unit

VARIABLES = ("counsellor", "helpline", "hours", "panic", "police", "rescue")


def check(text: str) -> None:
    """Raise NoSuchVariable or StrayBrace when a text holds more than variables of the list."""
    for name in PLACEHOLDER.findall(text):
        if name not in VARIABLES:
            raise NoSuchVariable(name=name)
    if set(PLACEHOLDER.sub("", text)) & {"{", "}"}:
        raise StrayBrace


def filled(text: str, unit: Unit, phrasebook: Phrasebook, language: str, hours: OpeningHours, called: str = "") -> str:
    """The words as they go out.

    called  what the counsellor calls herself to reporters; "" for one who has chosen no name
    Raises DirectoryEmpty when a number is asked for that the directory lacks.
    """
    known: Mapping[str, Callable[[], str]] = {
        "counsellor": lambda: called or phrasebook.say("canned.counsellor", language),
        "hours": lambda: telling_hours.told(hours, phrasebook, language),
        "panic": lambda: phrasebook.shown("panic", language),
        **{name: partial(_number, unit, row_id) for name, row_id in EMERGENCY.items()},
    }
    asked = set(PLACEHOLDER.findall(text)) & known.keys()
    return phrasebook.fill(text, language, {name: known[name]() for name in asked})


def _number(unit: Unit, row_id: str) -> str:
    office = directory.office(unit, row_id)
    if office is None or not office.phones:
        raise DirectoryEmpty(f"the directory has no number {row_id}: run `hamraz migrate`")
    return office.phones[0]
