"""Twilio's error codes, in plain words: which will never work, and which may later.

Source: twilio.com/docs/api/errors, read in 2026. A code that is not here is judged by
its HTTP status.
"""

from __future__ import annotations

from handlers.channel import RefusalReason, SendError, SendLater, SendRefused

REFUSALS: dict[str, RefusalReason] = {
    "21610": "opted out",
    "21211": "bad number",
    "21214": "bad number",
    "21217": "bad number",
    "21614": "bad number",
    "63003": "bad number",
    "63024": "bad number",
    "21612": "unreachable",
    "30003": "unreachable",
    "30005": "unreachable",
    "30006": "unreachable",
    "30008": "unreachable",
    "30004": "blocked",
    "63032": "blocked",
    "21408": "not allowed",
    "21606": "not allowed",
    "21659": "not allowed",
    "63007": "not allowed",
    "21605": "too long",
    "21617": "too long",
    "63013": "rejected",
    "63021": "rejected",
    "30007": "filtered",
    "63016": "window closed",
    "63038": "daily cap",  # said of a delivery; a call answered so is tried again, see LATER
}

# Code: seconds to wait, and whether the whole channel should.
LATER: dict[str, tuple[float, bool]] = {
    "20429": (5, True),  # too many requests
    "14107": (5, True),  # too many messages
    "21611": (60, True),  # the sender's queue is full
    "30001": (60, True),  # queue overflow
    "63018": (30, True),  # WhatsApp rate limit
    "20003": (
        60,
        True,
    ),  # our own account or token; the operator must mend it, her message waits
    "63038": (3600, True),  # daily cap; what has waited 24 h leaves the outbox
}

ALREADY_GONE = (404, 20404)
NOT_FINISHED = (20009, 30039, 409)


def explain(status: int, code: str) -> SendError:
    """The error to raise for a call that was answered with `status` and `code`."""
    if code in LATER:
        wait, whole_channel = LATER[code]
        return SendLater(f"code {code}", wait, whole_channel=whole_channel)
    if code in REFUSALS:
        return SendRefused(code, REFUSALS[code])
    if status == 429:
        return SendLater(f"code {code}", 5, whole_channel=True)
    if status in (401, 403):
        return SendLater(f"code {code}", 60, whole_channel=True)
    if status >= 500:
        return SendLater(f"code {code}")
    return SendRefused(code, "rejected")
