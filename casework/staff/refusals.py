"""Every way of saying no to staff. `reason` is a key of the console's words; no message holds a name or a password."""

from __future__ import annotations


class Refusal(Exception):
    """It was not done. Never raised itself; catch it to mean any of these."""

    reason = "refused"

    def __init__(self, **values: object) -> None:
        super().__init__(f"staff: {self.reason}")
        self.values = values


class Refused(Refusal):
    """Name, password, code: something does not fit, and which of them is not said."""


class Wait(Refusal):
    """Too many tries: again in `minutes`."""

    reason = "wait"

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes=minutes)
        self.minutes = minutes


class Busy(Refusal):
    """Too many log in at this moment: again in a few seconds."""

    reason = "busy"


class TooShort(Refusal):
    """Under eight characters."""

    reason = "password_short"


class TooLong(Refusal):
    """Over a thousand characters."""

    reason = "password_long"


class TooCommon(Refusal):
    """Among the first that a thief tries, or hardly more than her own name."""

    reason = "password_common"


class WrongFactor(Refusal):
    """The one-time code or the passkey does not fit what was just set up."""

    reason = "factor_wrong"


class NoInvitation(Refusal):
    """Never given, used before, withdrawn or too old."""

    reason = "invitation_gone"


class Stale(Refusal):
    """The page was open for too long, or sent twice: once more from its beginning."""

    reason = "stale"


class BadName(Refusal):
    """A name of 1 to 60 characters, on one line."""

    reason = "name_bad"


class NameTaken(Refusal):
    """Somebody has this name."""

    reason = "name_taken"


class NobodyThere(Refusal):
    """No such member, or she has left."""

    reason = "nobody"


class OnlyHers(Refusal):
    """`count` reports could be opened by nobody once she has left."""

    reason = "only_hers"


class LastAdmin(Refusal):
    """Nobody could invite anybody any more."""

    reason = "last_admin"
