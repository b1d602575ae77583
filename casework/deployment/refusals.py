"""Every way of saying no to whoever decides how things are here. `reason` is a key of the console's words."""

from __future__ import annotations

from casework.staff.refusals import Refusal


class SettingRefusal(Refusal):
    """It was not done. Never raised itself; catch it to mean any of these."""


class NotHersToSet(SettingRefusal):
    """Only admins decide this."""

    reason = "setting_not_hers"


class SettingMeanwhile(SettingRefusal):
    """Somebody else decided meanwhile: what holds now is shown beside what she typed."""

    reason = "setting_meanwhile"


class SettingUnfit(SettingRefusal):
    """It cannot be this: from `least` to `most`."""

    reason = "setting_number"


class SettingName(SettingRefusal):
    """A name has at most `most` letters, on one line."""

    reason = "setting_name"


class SettingUnknown(SettingRefusal):
    """There is nothing like that to choose."""

    reason = "setting_unknown"


class NothingToTakeBack(SettingRefusal):
    """Nobody has decided anything yet."""

    reason = "setting_nothing"


class TakesReports(SettingRefusal):
    """A shorter time would let `goes` reports go, `held` of them with a counsellor: she says yes to that number first."""

    reason = "setting_takes"

    def __init__(self, goes: int, held: int) -> None:
        super().__init__(goes=goes, held=held)
        self.goes, self.held = goes, held


class MenuElsewhere(SettingRefusal):
    """The menu is no plain list any more, or a draft of it is being written: its order is changed under Flows."""

    reason = "setting_menu_elsewhere"


class MenuPlaces(SettingRefusal):
    """Two stand at one place, or one at none."""

    reason = "setting_menu_places"


class TrialNumber(SettingRefusal):
    """It is no mobile number of this country."""

    reason = "trial_number"


class TrialOften(SettingRefusal):
    """Enough of them for now."""

    reason = "trial_often"


class TrialStopped(SettingRefusal):
    """Whoever has this number wants nothing from us."""

    reason = "trial_stopped"


class TrialClosed(SettingRefusal):
    """The channel is not on, or nobody can be written to first on it."""

    reason = "trial_closed"
