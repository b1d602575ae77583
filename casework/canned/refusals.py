"""Every way of saying no about a canned reply."""

from __future__ import annotations

from casework.staff.refusals import Refusal


class CannedRefusal(Refusal):
    """It was not done. Never raised itself; catch it to mean any of these."""


class NoSuchReply(CannedRefusal):
    """There is no reply of this name, or not any more."""

    reason = "canned_gone"


class NotInHerLanguage(CannedRefusal):
    """The reporter's language is not among those it is written in. `language`: hers; `there`: those it has, by their own names."""

    reason = "canned_language"


class NoSuchVariable(CannedRefusal):
    """It asks for `name`, which nothing fills."""

    reason = "canned_variable"


class StrayBrace(CannedRefusal):
    """A brace that belongs to no variable."""

    reason = "canned_brace"


class BadText(CannedRefusal):
    """No words, or more than `most` characters."""

    reason = "canned_text"


class BadShortcut(CannedRefusal):
    """A shortcut is 2 to 24 small Latin letters, digits and hyphens, beginning with a letter."""

    reason = "canned_shortcut"


class ShortcutTaken(CannedRefusal):
    """Another reply has it."""

    reason = "canned_taken"


class ChangedMeanwhile(CannedRefusal):
    """Somebody else wrote it since this page was opened; what is there now is shown."""

    reason = "canned_changed"


class OwnReview(CannedRefusal):
    """Whoever wrote the words does not review them: a second pair of eyes does."""

    reason = "canned_own"


class NoEditor(CannedRefusal):
    """Only translators and supervisors write canned replies."""

    reason = "canned_editor"
