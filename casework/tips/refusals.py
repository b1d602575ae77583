"""Every way of saying no to whoever tends the tips. `reason` is a key of the console's words."""

from __future__ import annotations

from casework.staff.refusals import Refusal


class NoSuchTip(Refusal):
    """There is none with this id."""

    reason = "tip_gone"


class TipMeanwhile(Refusal):
    """Somebody else changed the tip after it was shown."""

    reason = "tip_meanwhile"


class TipFaulty(Refusal):
    """It cannot be saved as it is; each fault names its field."""

    reason = "tip_faulty"
