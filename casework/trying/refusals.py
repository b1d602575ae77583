"""Every way of saying no to whoever tries a draft out. `reason` is a key of the console's words."""

from __future__ import annotations

from casework.staff.refusals import Refusal


class TryOver(Refusal):
    """It was made long ago, by somebody else, or by no page of ours."""

    reason = "try_over"


class TryTooLong(Refusal):
    """A page cannot carry more."""

    reason = "try_too_long"


class TooManyLinks(Refusal):
    """So many are open already."""

    reason = "try_many_links"
