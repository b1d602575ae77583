"""Every way of saying no to a counsellor about a case. `can` names what she may do instead."""

from __future__ import annotations

from casework.staff.refusals import Refusal


class CaseRefusal(Refusal):
    """It was not done. Never raised itself; catch it to mean any of these."""

    can: tuple[str, ...] = ()


class NotStaff(CaseRefusal):
    """Nobody who opens cases, or not any more."""

    reason = "not_counsellor"


class CaseGone(CaseRefusal):
    """Never there, or erased by the reporter: nothing can be written to her, and nothing read."""

    reason = "case_gone"


class CaseBroken(CaseRefusal):
    """Something of it is not as we left it: it does not open, and that is on record."""

    reason = "case_broken"


class HeldByOther(CaseRefusal):
    """A colleague has it. `code`: the case; `holder`: her id."""

    reason = "case_held"
    can = ("ask_holder", "join")


class OwnInstitution(CaseRefusal):
    """It is about an institution that she belongs to: somebody else answers it."""

    reason = "case_own_institution"


class NotYours(CaseRefusal):
    """Only whoever holds it, or joined, does that."""

    reason = "case_not_yours"
    can = ("claim",)


class NotShared(CaseRefusal):
    """The colleague's key does not open it: it was filed before she came, and nobody has shared it with her yet."""

    reason = "case_not_shared"
    can = ("share",)


class NoRoom(CaseRefusal):
    """She carries as many cases as she may: `capacity`."""

    reason = "case_no_room"
    can = ("release", "close", "hand_over")


class NotOpen(CaseRefusal):
    """It is closed, withdrawn, or she left. `status` says which."""

    reason = "case_not_open"
    can = ("reopen", "keep")


class OptedOut(CaseRefusal):
    """She asked her carrier for no more messages."""

    reason = "case_opted_out"
    can = ("keep",)


class WindowClosed(CaseRefusal):
    """Over 24 hours since her last WhatsApp message: free words are not delivered any more, and she did not agree to be
    written to first.
    """

    reason = "case_window_closed"
    can = ("keep",)


class NoFiles(CaseRefusal):
    """She writes by SMS: no file goes there."""

    reason = "case_no_files"
    can = ("say_it", "keep")


class FileCannotWait(CaseRefusal):
    """She can be sent nothing now, and only words wait for her to write."""

    reason = "case_file_cannot_wait"
    can = ("say_it", "keep")


class FileUnknown(CaseRefusal):
    """Neither a picture, nor a voice note that her app plays (Ogg with Opus, MP3, M4A), nor an open PDF."""

    reason = "case_file_unknown"


class FileTooLarge(CaseRefusal):
    """Over `size` megabytes."""

    reason = "case_file_too_large"


class NoConsent(CaseRefusal):
    """She has not agreed, or not in a way and on a day that can be named."""

    reason = "case_no_consent"


class StepTaken(CaseRefusal):
    """A referral, or what two decide, stands elsewhere by now: look again."""

    reason = "case_step_taken"


class PlanChanged(CaseRefusal):
    """Somebody wrote the safety plan meanwhile: look at it before yours takes its place."""

    reason = "case_plan_changed"


class NotYou(CaseRefusal):
    """Who asked cannot be who agrees."""

    reason = "case_not_you"


class AskedAlready(CaseRefusal):
    """The same is asked in this case already."""

    reason = "case_asked_already"


class NoReason(CaseRefusal):
    """Why it is asked takes 10 to 500 characters."""

    reason = "case_no_reason"


class WeakPassphrase(CaseRefusal):
    """A passphrase of a copy has 10 to 100 characters."""

    reason = "case_passphrase"


class CannotCopy(CaseRefusal):
    """This machine makes no PDF."""

    reason = "case_cannot_copy"


class NothingSaid(CaseRefusal):
    """No words and no file, or more than 4,000 characters."""

    reason = "case_nothing_said"


class NobodyChosen(CaseRefusal):
    """To whom it is to be handed over was not said."""

    reason = "case_nobody_chosen"
