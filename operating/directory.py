"""`hamraz places` and `hamraz directory`: what the conversation finds, tried from a terminal; rows brought in and out."""

from __future__ import annotations

import json

from casework.places.finding import shipped_finder


def find_places(text: str) -> str:
    """Which places a text may mean, best first: a line of JSON, a list."""
    finder = shipped_finder()
    found = finder.find(text)
    told = [
        {
            "id": one.place.id,
            "name": one.place.name,
            "district": one.place.district,
            "kind": one.place.kind,
            "why": one.why,
            "sure": one.sure and number < max(found.equal, 1),
            "ask": found.equal > 1 and number < found.equal,  # as likely as the first: the bot asks which
        }
        for number, one in enumerate(found.candidates)
    ]
    return json.dumps(told, ensure_ascii=False)
