"""Which tip is told now: those of her situation one by one, in the order of the table.

A slot holds the ids of what she was told, the latest last: it stays true whatever an admin changes meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence

from casework.answers import chosen
from casework.tips.table import phrase_of, read_table
from flows.desk import Slots, Told
from flows.prompt import Phrase, Value, Worded
from storage.tips import Tip


def told(tips: Sequence[Tip], slots: Slots) -> Told:
    """The tip to tell. Outcomes: ok (another one follows) · last. `leaf` and `next` are ids, `help` a kind of help."""
    table = read_table()
    situation = table.situation(chosen(slots, "situation")) or table.situations[0]
    here = [tip for tip in tips if situation.id in tip.situations] or [
        tip for tip in table.tips if situation.id in tip.situations
    ]
    at = next((number for number, tip in enumerate(here) if tip.id == _latest(slots)), 0)
    tip, rest = here[at], here[at + 1 :]
    more = {"leaf": tip.id, "next": rest[0].id if rest else "", "help": situation.help}
    return Told("ok" if rest else "last", {"tip": words_of(tip)}, more)


def words_of(tip: Tip) -> Value:
    """What is said: an admin's own words where she wrote some, else the catalogue's."""
    return Worded(tip.words, phrase_of(tip.id)) if tip.words else Phrase(phrase_of(tip.id))


def _latest(slots: Slots) -> str:
    path = slots.get("tip")
    return str(path[-1]) if isinstance(path, list) and path else ""
