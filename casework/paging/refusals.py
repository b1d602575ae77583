"""Every way of saying no about being called."""

from __future__ import annotations

from casework.staff.refusals import Refusal


class DoorRefusal(Refusal):
    """It was not done. Never raised itself; catch it to mean any of these."""


class BadPhone(DoorRefusal):
    """No number of a mobile phone that can be dialled."""

    reason = "door_phone"


class NoSuchDoor(DoorRefusal):
    """By a way for which she has given no number, or connected no account."""

    reason = "door_missing"


class DoorClosed(DoorRefusal):
    """That channel is not switched on here."""

    reason = "door_closed"


class TriedJustNow(DoorRefusal):
    """One try a minute."""

    reason = "door_again"
