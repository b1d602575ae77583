"""What the page of a step shows of its second wording."""

from __future__ import annotations

from typing import Any

from casework.studio.drafts import Draft
from flows.comparing import comparison, refused
from flows.editing.values import Written, as_flow
from flows.nodes.kind import OTHER_WORDING, other_wording
from web.console.pages import Console, typed

MOST, WEEKS = 400, 12  # what the form suggests


def section(console: Console, draft: Draft, written: Written) -> dict[str, Any] | None:
    """What the page of a step shows of it; None where it is not to be asked in two wordings, or another is."""
    flow = as_flow(draft.data)
    node = flow.nodes.get(written["name"])
    if node is None or (OTHER_WORDING not in node.keys and (refused(flow, node) or comparison(flow) is not None)):
        return None
    book, now = console.room.phrasebook, other_wording(node)
    first, other = book.forms(node.text("ask")), book.forms(str(now.get("ask", "")))
    return {
        "other": now,
        "most": typed("most") or str(now.get("most", MOST)),
        "weeks": typed("weeks") or str(now.get("weeks", WEEKS)),
        "languages": [
            (one, first.get(one.code, ""), other.get(one.code, ""), typed(f"words_{one.code}"))
            for one in book.languages
            if one.complete
        ],
    }
