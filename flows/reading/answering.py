"""The command `hamraz answer`: a line of JSON in, which option is meant out."""

from __future__ import annotations

import json
from typing import Any

from flows.reading.options import Option, read_option


def answer_line(line: str) -> str:
    """`{"typed": …, "options": [{"id": …, "labels": {language: text}}]}` → `{"id": … or null}`."""
    try:
        asked: Any = json.loads(line)
        options = [
            Option(str(one["id"]), {str(k): str(v) for k, v in one["labels"].items()}) for one in asked["options"]
        ]
        found = read_option(str(asked["typed"]), options)
    except (ValueError, KeyError, TypeError, AttributeError):
        return json.dumps({"id": None, "error": "not a line of {typed, options: [{id, labels}]}"})
    return json.dumps({"id": found}, ensure_ascii=False)
