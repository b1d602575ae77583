"""What her own words mean where tips or the whole menu were offered: a situation, a kind of help, or neither.

Only what asks for something is taken. A story that names the police or a bus stays a story, for whoever asked for one.
"""

from __future__ import annotations

from casework.directory.asking import Asked, shipped_asker
from casework.places.spelling import tokens_of
from casework.tips.asking import shipped_tip_asker
from flows.desk import Slots, Told

_SHORT = 8  # words in which somebody in danger says where she is
_LONGEST = 12  # words of a text that asks; a longer one tells


def about_tips(text: str) -> Told | None:
    """At the list of situations. Outcomes: a situation's id · help (she asks for somebody to call)."""
    about, asked = shipped_tip_asker().read(text), shipped_asker().read(text)
    whole = asked.kind is not None and asked.places.one is not None and not about.by_name  # "hospital larkana"
    if about.situation and not whole:
        return Told(about.situation, slots={"situation": about.situation, "tip": []})
    if asked.kind is None:
        return None
    return Told("help", slots={"help": asked.kind.id, **_where_and_whom(asked)})


def anything(text: str, slots: Slots) -> Told | None:
    """At the menu. Outcomes: tips · find_help, each with what was said of it."""
    words = len(tokens_of(text))
    if not 0 < words <= _LONGEST:
        return None
    about = shipped_tip_asker().read(text)
    in_danger = slots.get("danger") == "red" and words <= _SHORT and bool(about.situation)
    if about.by_name or in_danger:
        return Told("tips", slots={"situation": about.situation})
    asked = shipped_asker().read(text)
    if asked.kind is None or not shipped_asker().is_all(text, asked):
        return None
    return Told("find_help", slots={"kind": asked.kind.id, **_where_and_whom(asked)})


def _where_and_whom(asked: Asked) -> dict[str, str]:
    return {"place": asked.places.one.id if asked.places.one else "", "person": asked.person}
