"""What a canned reply may have filled in: a closed list, put in literally, and no other brace at all.

So a text can ask for nothing that is not on the list, whatever tricks a format string knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from casework import telling_hours
from casework.canned.refusals import NoSuchVariable, StrayBrace
from casework.cases.room import CaseRoom
from casework.directory.exchange import EMERGENCY
from casework.resources import DirectoryEmpty
from locales.catalogues import PLACEHOLDER
from storage import counsellors, directory
from storage.database import Unit

VARIABLES = ("counsellor", "helpline", "hours", "panic", "police", "rescue")


def check(text: str) -> None:
    """Raise NoSuchVariable or StrayBrace when a text holds more than variables of the list."""
    for name in PLACEHOLDER.findall(text):
        if name not in VARIABLES:
            raise NoSuchVariable(name=name)
    if set(PLACEHOLDER.sub("", text)) & {"{", "}"}:
        raise StrayBrace


class Variables:
    """What the list stands for where one counsellor writes in one language. Each is found when a text first asks for
    it, and once, however many texts are filled. For one unit of work.
    """

    def __init__(self, unit: Unit, room: CaseRoom, by: bytes, language: str) -> None:
        """
        by        the counsellor; {counsellor} is what she calls herself, and a word of ours where she chose no name
        language  the reporter's, by code
        """
        self._phrasebook, self._language = room.phrasebook, language
        say = partial(self._phrasebook.say, language=language)
        self._known: Mapping[str, Callable[[], str]] = {
            "counsellor": lambda: counsellors.look(unit, room.keyring, by).called or say("canned.counsellor"),
            "hours": lambda: telling_hours.told(room.rota(unit).hours, self._phrasebook, language),
            "panic": lambda: self._phrasebook.shown("panic", language),
            **{name: partial(_number, unit, row_id) for name, row_id in EMERGENCY.items()},
        }
        self._found: dict[str, str] = {}

    def fill(self, text: str) -> str:
        """The words as they go out. Raises DirectoryEmpty when a number is asked for that the directory lacks."""
        asked = set(PLACEHOLDER.findall(text)) & self._known.keys()
        for name in asked - self._found.keys():
            self._found[name] = self._known[name]()
        return self._phrasebook.fill(text, self._language, {name: self._found[name] for name in asked})


def _number(unit: Unit, row_id: str) -> str:
    office = directory.office(unit, row_id)
    if office is None or not office.phones:
        raise DirectoryEmpty(f"the directory has no number {row_id}: run `hamraz migrate`")
    return office.phones[0]
