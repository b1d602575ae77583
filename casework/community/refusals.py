"""Every way of saying no to whoever tends what is on. `reason` is a key of the console's words."""

from __future__ import annotations

from casework.staff.refusals import Refusal


class NotHers(Refusal):
    """Her role does not tend this."""

    reason = "post_not_hers"


class NoSuchPost(Refusal):
    """There is none with this id."""

    reason = "post_gone"


class PostMeanwhile(Refusal):
    """Somebody else changed it after it was shown."""

    reason = "post_meanwhile"


class PostFaulty(Refusal):
    """It cannot be kept, or told, as it is; each fault names its field."""

    reason = "post_faulty"


class PostIsOn(Refusal):
    """It was told already, and what was told stays as it was said."""

    reason = "post_is_on"


class NoSuchPartner(Refusal):
    """There is none with this id."""

    reason = "partner_gone"


class PartnerFaulty(Refusal):
    """It has no name, or nothing to reach it by."""

    reason = "partner_faulty"
