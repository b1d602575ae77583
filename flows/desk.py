"""The counter where a flow asks the world.

A flow knows no storage. It asks the desk for choices, facts to tell, and effects;
`casework.desk` serves it, `operating` joins the two, tests serve it from memory.
Every call happens inside the turn's unit of work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from flows.prompt import Choice, Value

# What there is to ask for: a flow that names anything else is refused when it is read.
SOURCES = (
    "districts", "resource_kinds", "places_asked", "situations",
    "institutions", "institution_districts", "institutions_there", "institutions_asked", "institution_chosen",
    "news_districts", "asked_rows",
)  # fmt: skip
# What her own words may mean where the choices are fixed, and what comes of them besides those choices.
HEARD: Mapping[str, tuple[str, ...]] = {"anything": (), "more_help": ("found", "which", "country", "outside")}
TOLD = (
    "resources", "nationwide", "emergency", "report", "summary", "reading", "tip", "posts", "post", "partners", "partner",
    "kept", "saved", "sms_number", "asked_rows", "copy",
)  # fmt: skip
EFFECTS = (
    "file_report", "add_to_report", "send_report", "withdraw_report", "erase_report", "read_replies", "send_copy", "subscribe",
    "save_numbers", "forget_saved", "send_by_sms", "ask_tomorrow", "count_answer", "let_question_go",
)  # fmt: skip
# Whether she may be asked what she agreed to yesterday: her answers, which come in the middle of anything.
ASK_YES, ASK_NO = "ask_yes", "ask_no"
# Not of any question: the word on a poster, which may come instead of whatever was asked.
KEYWORD = "keyword"
# What a talk with a person asks for; no flow may name these.
TALK = ("talk", "hand_off", "relay", "here_again", "helped", "end_talk")
# What one word does, wherever she says it; no flow may name it.
UNSUBSCRIBE = "unsubscribe"


class SenderWanted(Exception):
    """What an effect needs of another address takes too long to work out inside a unit of work: do so, and begin again."""

    def __init__(self, channel: str, address: str) -> None:
        super().__init__(f"the sender of another address on {channel}")
        self.channel, self.address = channel, address


Slots = Mapping[str, object]  # JSON values only; see flows/definition.py for each kind's shape


@dataclass(frozen=True, slots=True)
class Told:
    """What the desk answers: an outcome to branch on, and values for phrases."""

    outcome: str = "ok"  # one word, a key of the node's `then`
    values: Mapping[str, Value] = field(default_factory=dict, repr=False)
    slots: Mapping[str, object] = field(default_factory=dict, repr=False)  # merged into the frame's slots


class Desk(Protocol):
    """What a flow may ask. `now` is UTC."""

    def values(self, language: str) -> Mapping[str, Value]:
        """Values every phrase may use: police, rescue, helpline (emergency numbers), cyber, lawyer (advice), hour (when
        the team reads next) and until."""
        ...

    def choices(self, source: str, slots: Slots) -> tuple[Choice, ...]:
        """Choices that come from data: "districts", "resource_kinds"… Raises KeyError on an unknown source."""
        ...

    def understand(self, source: str, text: str, cell: str, slots: Slots) -> Told | None:
        """What her own words, or the cell of her pin, mean instead of a choice from `source`; None when nothing.

        source  one of SOURCES, or of HEARD
        The outcome is a key of the node's `then`, the slots are kept as answers.
        """
        ...

    def tell(self, about: str, slots: Slots, now: datetime) -> Told:
        """Look something up and say it: "resources", "report_status"… Changes nothing."""
        ...

    def commit(self, effect: str, slots: Slots, now: datetime) -> Told:
        """Do one of the effects, in the turn's unit of work. Raises KeyError on an unknown effect."""
        ...

    def staffed(self, now: datetime) -> bool:
        """Whether somebody is reading now."""
        ...
