"""An admin's hand on the tips: what she may save, what is refused and why, and what a tip costs by SMS in each language.

A tip is shown only when it can be told in every language: nobody reads the answer to her question in somebody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from casework.tips.table import LOOK_AGAIN_AFTER, is_old, phrase_of, read_table
from locales.isolates import bare_runs
from locales.phrasebook import SHOWN_CONTROLS, Phrasebook
from locales.segments import cost, plain
from storage import tips
from storage.database import Unit
from storage.tips import Tip

MOST_PARTS = 3  # of an SMS, its list of answers counted in
ANSWERS = ("more", "situation", "find_help", "human")  # below a tip, as the flow has them
_LONGEST_VALUES = {"police": "15", "rescue": "1122", "helpline": "1094", "cyber": "0800-39393", "lawyer": "0800-70806"}
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_ID = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a tip cannot be saved as it is."""

    about: str  # "id", "situations", "source", "reviewed_on", "shown", or the code of a language
    trouble: str


class TipRefused(Exception):
    """It cannot be saved as it is."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.about}: {fault.trouble}" for fault in faults))
        self.faults = tuple(faults)


def save(unit: Unit, phrasebook: Phrasebook, tip: Tip, today: date) -> None:
    """Put a tip in the place of the one with its id, or behind the others. Raises TipRefused."""
    every = tips.everything(unit)
    others = [one for one in every if one.id != tip.id]
    found = list(faults(tip, others, phrasebook, today))
    if found:
        raise TipRefused(found)
    at = next((number for number, one in enumerate(every) if one.id == tip.id), len(every))
    tips.replace(unit, [*others[:at], tip, *others[at:]])


def reorder(unit: Unit, ids: Sequence[str]) -> None:
    """Bring the tips into this order; whichever is not named keeps its place behind them."""
    every = {tip.id: tip for tip in tips.everything(unit)}
    named = [every.pop(tip_id) for tip_id in dict.fromkeys(ids) if tip_id in every]
    tips.replace(unit, [*named, *every.values()])


def faults(tip: Tip, others: Sequence[Tip], phrasebook: Phrasebook, today: date) -> Iterator[Fault]:
    """Everything that keeps a tip from being saved. What is not shown may lack words and a date."""
    known = {one.id for one in read_table().situations}
    if not _ID.fullmatch(tip.id):
        yield Fault("id", "a-z, 0-9 and _, at most 40, a letter first")
    if not tip.situations or not known.issuperset(tip.situations):
        yield Fault("situations", "name one at least that there is")
    if not tip.source.strip():
        yield Fault("source", "say where it comes from")
    if tip.reviewed_on is not None and tip.reviewed_on > (today - _EPOCH).days:
        yield Fault("reviewed_on", "it lies in the future")
    elif tip.shown and is_old(tip, today):
        yield Fault("reviewed_on", f"look again whether it holds: {LOOK_AGAIN_AFTER // 365} years at most")
    shown = {name for other in others if other.shown for name in other.situations} | set(
        tip.situations if tip.shown else ()
    )
    if bare := sorted(known - shown):
        yield Fault("shown", f"nothing would be left for {', '.join(bare)}")
    for language in phrasebook.languages:
        if language.complete:
            yield from _of_words(tip, language.code, phrasebook)


def text_of(tip: Tip, language: str, phrasebook: Phrasebook) -> str:
    """What is told in a language, unfilled; "" when nothing is written in it."""
    return tip.words.get(language) or phrasebook.forms(phrase_of(tip.id)).get(language, "")


def sms_parts(text: str, language: str, phrasebook: Phrasebook) -> int:
    """How many parts a tip takes by SMS, at its longest and with its list of answers. Raises MissingValue."""
    answers = (f"{n} {phrasebook.say(f'tips.next.{name}', language, {}, 'sms')}" for n, name in enumerate(ANSWERS, 1))
    lines = (phrasebook.fill(text, language, _LONGEST_VALUES), *answers, phrasebook.say("tips.next.after", language))
    return cost(plain("\n".join(lines), phrasebook.language(language).sms_plain)).parts


def _of_words(tip: Tip, language: str, phrasebook: Phrasebook) -> Iterator[Fault]:
    text = text_of(tip, language, phrasebook)
    if not text.strip():
        if tip.shown:
            yield Fault(language, "it is not written yet")
        return
    unknown = set(_PLACEHOLDER.findall(text)) - _LONGEST_VALUES.keys() - SHOWN_CONTROLS.keys()
    if unknown or text.count("{") != len(_PLACEHOLDER.findall(text)):
        yield Fault(language, f"only {_named(_LONGEST_VALUES)} may stand in braces")
        return
    if phrasebook.language(language).right_to_left and (bare := bare_runs(_PLACEHOLDER.sub("", text))):
        yield Fault(language, f"{bare[0]!r} stands bare: put it between U+2068 and U+2069")
    if (parts := sms_parts(text, language, phrasebook)) > MOST_PARTS:
        yield Fault(language, f"{parts} SMS parts with its answers, {MOST_PARTS} at most")


def _named(values: Mapping[str, str]) -> str:
    return ", ".join(f"{{{name}}}" for name in values)
