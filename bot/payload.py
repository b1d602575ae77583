"""A reply as it waits: in the outbox, or as the answer that a repeated webhook gets again."""

from __future__ import annotations

import json
from typing import Any

from bot.message import Reply


def payload_of(reply: Reply) -> dict[str, Any]:
    """What the outbox keeps of a reply (`handlers.payloads` reads it)."""
    return {
        "text": reply.text,
        "buttons": [[[button.label, button.data] for button in row] for row in reply.buttons],
        "asks_pin": reply.asks_pin,
        "protect": reply.protect,
    }


def replies_from(stored: bytes | None) -> tuple[Reply, ...]:
    """Replies that rode in a webhook's answer, which has no buttons."""
    if not stored:
        return ()
    return tuple(Reply(one["text"], (), one["asks_pin"], one["protect"]) for one in json.loads(stored))
