"""Every way of saying no to whoever works in the flow studio. `reason` is a key of the console's words."""

from __future__ import annotations

from collections.abc import Sequence

from casework.staff.refusals import Refusal
from flows.editing.merging import Difference
from flows.editing.values import EditRefused
from flows.errors import BrokenFlow
from flows.findings import Finding


class NotHers(Refusal):
    """Her role does not tend the flows."""

    reason = "flow_not_hers"


class NoSuchFlow(Refusal):
    """There is none of this name."""

    reason = "flow_gone"


class NoSuchEdition(Refusal):
    """There is none of this number, or nobody can read it any more."""

    reason = "flow_no_edition"


class FlowMeanwhile(Refusal):
    """A colleague changed the same nodes, or published, after the page was shown. Nothing was overwritten."""

    reason = "flow_meanwhile"

    def __init__(self, differing: Sequence[Difference] = ()) -> None:
        super().__init__(nodes=", ".join(dict.fromkeys(one.node for one in differing if one.node)) or "…")
        self.differing = tuple(differing)


class CannotEdit(Refusal):
    """The step cannot be taken here."""

    def __init__(self, refused: EditRefused) -> None:
        super().__init__(**refused.values)
        self.reason = f"flow_{refused.reason}"


class BadForm(Refusal):
    """What was typed is no flow; the check's own words say why."""

    reason = "flow_bad_form"

    def __init__(self, broken: BrokenFlow) -> None:
        self.place = f"{broken.flow}.toml:{broken.line}" if broken.line else f"{broken.flow}.toml"
        self.finding = Finding(broken.code, broken.flow, broken.node, broken.trouble, broken.mend)
        self.line = broken.line  # of the text; 0 where the node says it better
        super().__init__(said=self.finding.at(self.place))
        self.node = broken.node


class NotProved(Refusal):
    """Something is wrong with it that nobody may meet."""

    reason = "flow_not_proved"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(count=len(findings))
        self.findings = tuple(findings)


class WantsYes(NotProved):
    """Something is worth a look: it holds once she says that she has seen it."""

    reason = "flow_wants_yes"


class NothingDiffers(Refusal):
    """It is what holds already."""

    reason = "flow_nothing_differs"


class NoSuchHour(Refusal):
    """It is past, over a year away, or no hour at all."""

    reason = "flow_no_such_hour"


class WantsTwo(Refusal):
    """One planned it, and since then two must agree."""

    reason = "flow_wants_two"


class NoDraft(Refusal):
    """There is no draft, or none any more."""

    reason = "flow_no_draft"


class AnotherMust(Refusal):
    """The second yes is somebody else's."""

    reason = "flow_another_must"


class NothingAsked(Refusal):
    """Nothing waits for a second yes, or it waited for over a day, or the draft was changed since."""

    reason = "flow_nothing_asked"


class TooFewAdmins(Refusal):
    """Two cannot agree where there is one."""

    reason = "flow_too_few_admins"
