"""What the desk may answer, by what it is asked: every outcome there is, and the slots that guards look at.

A flow is proved and walked through against these. `casework` keeps them: whatever it answers besides stands here first
(tests/flows/test_promises.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Promise:
    """One answer; a few slots that may come with it, as they would be, and what that means where one outcome has several."""

    outcome: str
    slots: Mapping[str, object] = field(default_factory=dict)
    means: str = ""

    @property
    def label(self) -> str:
        """What it is called where a walk-through tells of it; kept with editions."""
        return f"{self.outcome}, {self.means}" if self.means else self.outcome


def _plainly(*outcomes: str) -> tuple[Promise, ...]:
    return tuple(Promise(outcome) for outcome in outcomes)


_KIND, _PLACE = {"kind": "police"}, {"place": "karachi"}
_HELD = ("ok", "closed", "gone")  # of a report that her number opened

TOLD: Mapping[str, Sequence[Promise]] = {
    "resources": (
        Promise("ok", {"shown": ["one"], "can": ["save", "sms", "ask"], "hour": "hers"}),
        Promise("ok", {"shown": ["one"], "can": ["save"], "hour": "same"}, "only to be kept"),
        Promise("none"),
    ),
    "nationwide": _plainly("ok", "none"),
    "emergency": _plainly("ok"),
    "report": _plainly("ok", "private", "withdrawn", "gone", "closed"),
    "summary": _plainly("ok", "nothing"),
    "reading": _plainly("open", "ending", "closed", "never"),
    "tip": _plainly("ok", "last"),
    "posts": _plainly("ok", "none"),
    "post": _plainly("ok", "last"),
    "partners": _plainly("ok", "none"),
    "partner": _plainly("ok", "last"),
    "kept": (Promise("ok", {"kept": ""}), Promise("ok", {"kept": "yes"}, "she kept some")),
    "saved": (
        Promise("ok", {"missing": ""}),
        Promise("ok", {"missing": "yes"}, "some are gone"),
        *_plainly("gone", "none"),
    ),
    "sms_number": (
        Promise("ok", {"sms_number": "+923001234567", "sms_to": None}),
        Promise("ask"),
        Promise("bad", {"sms_to": None}),
    ),
    "asked_rows": (Promise("one", {"row": "r1"}), *_plainly("some", "none")),
    "copy": (*_plainly("sms", "word", "number"), Promise("short", {"copy_word": None})),
}
DONE: Mapping[str, Sequence[Promise]] = {
    "file_report": _plainly("ok", "refused"),
    "add_to_report": _plainly(*_HELD),
    "send_report": _plainly(*_HELD),
    "withdraw_report": _plainly(*_HELD),
    "erase_report": _plainly(*_HELD),
    "read_replies": _plainly("some", "some_kept", "files", "kept", "none"),
    "send_copy": _plainly("ok", "sms", "gone"),
    "subscribe": _plainly("ok", "refused"),
    "save_numbers": _plainly("ok", "none"),
    "forget_saved": _plainly("ok"),
    "send_by_sms": _plainly("ok", "limit", "stopped", "none"),
    "ask_tomorrow": _plainly("ok", "no"),
    "count_answer": _plainly("ok", "known", "none"),
    "let_question_go": _plainly("ok"),
    "hand_off": (Promise("new", {"talk": "00"}), Promise("known", {"talk": "00"}), Promise("refused")),
}
_WHERE = (*_plainly("which", "country", "outside"), Promise("found", {**_KIND, **_PLACE}))
UNDERSTOOD: Mapping[str, Sequence[Promise]] = {
    "resource_kinds": (*_WHERE, Promise("kind", _KIND), Promise("there", _PLACE)),
    "districts": (*_WHERE, Promise("guess"), Promise("kind", _KIND), Promise("there", _PLACE)),
    "places_asked": (*_WHERE, Promise("guess"), Promise("kind", _KIND), Promise("there", _PLACE)),
    "more_help": (*_WHERE, Promise("there", _PLACE)),
    "situations": (Promise("help", {"help": "police"}),),  # or a situation's own id
    "anything": (Promise("tips", {"situation": ""}), Promise("find_help", _KIND)),
    "news_districts": (Promise("there", _PLACE),),
    **dict.fromkeys(
        ("institutions", "institution_districts", "institutions_there", "institutions_asked"),
        (*_plainly("found", "there", "which", "unknown"), Promise("again", {"refused": "yes"})),
    ),
}
LEAVES = frozenset({"tip", "post", "partner"})  # told one by one
OFF_HOURS = "off_hours"
# What the talk itself begins a flow with; a call hands over its own (`gives`, `with`). None: or without it.
BEGUN_WITH: Mapping[str, Mapping[str, Sequence[object]]] = {
    "answered": {"rows": (["one"],), "may": ("yes", "no")},
    "followup": {
        "report": ("00" * 16,),
        "opened": ("2026-01-01T00:00:00+00:00",),
        "copy_word": (None, {"words": ["…"], "media": []}),
    },
}


def outcomes(promises: Sequence[Promise]) -> frozenset[str]:
    """Each outcome once."""
    return frozenset(one.outcome for one in promises)
