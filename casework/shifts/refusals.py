"""Every way of saying no about shifts and hours."""

from __future__ import annotations

from casework.staff.refusals import Refusal


class ShiftRefusal(Refusal):
    """It was not done. Never raised itself; catch it to mean any of these."""


class NotHers(ShiftRefusal):
    """She changes her own; a supervisor changes anybody's."""

    reason = "shift_not_hers"


class BadTime(ShiftRefusal):
    """A time of day, or a day, that cannot be read: `said`."""

    reason = "shift_time"


class NoTime(ShiftRefusal):
    """It ends before it begins, or is over already."""

    reason = "shift_no_time"


class TooLong(ShiftRefusal):
    """Longer than `hours` at a time."""

    reason = "shift_long"


class TooMany(ShiftRefusal):
    """More than `most` of them."""

    reason = "shift_many"


class ChangedMeanwhile(ShiftRefusal):
    """Somebody else changed it since this page was opened; what is there now is shown."""

    reason = "shift_changed"


class BadCapacity(ShiftRefusal):
    """A number of cases from 0 to `most`."""

    reason = "shift_capacity"


class BadCalled(ShiftRefusal):
    """What she calls herself has at most `most` letters, on one line, and is not her own name."""

    reason = "shift_called"


class NoSuchLanguage(ShiftRefusal):
    """Not among the languages of reporters."""

    reason = "shift_language"


class NoSuchInstitution(ShiftRefusal):
    """Not among the institutions that are known."""

    reason = "shift_institution"
