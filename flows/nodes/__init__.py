"""The kinds of node, one file a kind. A new kind is a file here and a name in KINDS."""

from __future__ import annotations

from flows.nodes.browse import Browse
from flows.nodes.call import Call
from flows.nodes.choice import ChoiceKind, Gate
from flows.nodes.commit import Commit
from flows.nodes.consent import Consent
from flows.nodes.date import Date
from flows.nodes.end import End
from flows.nodes.find import Find
from flows.nodes.handoff import Handoff
from flows.nodes.kind import Kind, Passage, Question
from flows.nodes.language import LanguageKind
from flows.nodes.media import Media
from flows.nodes.multi import Multi
from flows.nodes.offer import Offer
from flows.nodes.place import Place
from flows.nodes.review import Review
from flows.nodes.say import Say
from flows.nodes.set import Set
from flows.nodes.text import Text

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Say(),
        ChoiceKind(),
        Find(),
        Browse(),
        Multi(),
        Text(),
        Date(),
        Place(),
        Media(),
        Consent(),
        Offer(),
        Gate(),
        LanguageKind(),
        Review(),
        Set(),
        Commit(),
        Call(),
        Handoff(),
        End(),
    )
}

__all__ = ["KINDS", "Kind", "Passage", "Question"]
