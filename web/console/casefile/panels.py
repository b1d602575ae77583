"""What the case's page shows beside the talk: referrals, the safety plan, what two must agree to, what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import g

from casework.casefile import asking, history, plans, referrals
from casework.casefile.asking import Request
from casework.casefile.history import Done
from casework.casefile.plans import Plan
from casework.casefile.referrals import SHARED, WAYS, Referral
from casework.cases.opening import Opened
from casework.staff.office import short
from web.console.pages import Console, person, to

PLAYED = ("audio/", "video/mp4", "video/webm")  # by the browser itself, in the page
_SHOWN = 12  # lines of the history at first; the rest opens below them


@dataclass(frozen=True, slots=True)
class Casefile:
    """All of it, for the templates."""

    case: str  # its id, hexadecimal
    referrals: Sequence[Referral]
    plan: Plan
    requests: Sequence[Request]
    done: Sequence[Done]
    named: bool
    offices: Sequence[str]  # names in the directory, to choose from
    names: Mapping[str, str] = field(repr=False)  # of colleagues, by 8 digits of their ids
    me: bytes
    today: str  # as a field for a day takes it
    first: int = _SHOWN
    parts: Sequence[str] = plans.PARTS
    shared: Sequence[str] = SHARED
    ways: Sequence[str] = WAYS
    least: int = asking.LEAST
    most: int = asking.LONGEST

    def step(self, referral: str) -> str:
        """Where the next step of a referral is sent to."""
        return to("/cases/<case>/referrals/<referral>", "post", case=self.case, referral=referral)

    def decide(self, request: str, what: str) -> str:
        """Where what becomes of a request is sent to."""
        return to(f"/cases/<case>/requests/<request>/{what}", "post", case=self.case, request=request)

    def may(self, what: str) -> bool:
        """Whether it can be asked for now."""
        return not any(one.what == what and one.state in ("asked", "agreed") for one in self.requests)

    @property
    def may_share(self) -> Sequence[Referral]:
        """Referrals for which she agreed to share something."""
        return [one for one in self.referrals if one.may_share]

    def name(self, staff: bytes | str) -> str:
        """What a colleague is called."""
        return self.names.get(staff if isinstance(staff, str) else short(staff), "")

    def line(self, one: Done) -> str:
        """What was done, in the words of the interface; as the log has it where there are none yet."""
        t = g.words
        if one.kind == history.REFERRAL:
            return str(t(f"referral_done.{one.what}", to=one.more))
        key = "plan.done" if one.kind == history.PLAN else f"history.{one.what.replace(' ', '_').replace(':', '')}"
        return str(t(key)) if t.has(key) else one.what


def casefile(console: Console, opened: Opened, now: datetime) -> Casefile:
    """What belongs to an opened case."""
    return Casefile(
        case=opened.standing.id.hex(),
        referrals=referrals.standing(opened.book),
        plan=plans.standing(opened.book),
        requests=opened.requests,
        done=history.read(list(opened.book)),
        named=opened.named,
        offices=sorted(referrals.offices(console.directory.stock(), g.words.code)),
        names={short(one): name for one, name in opened.names.items()},
        me=person().id,
        today=now.date().isoformat(),
    )
