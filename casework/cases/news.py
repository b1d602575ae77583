"""News of cases, for whoever tells counsellors: in chat, on a page, by a call at night. Told inside the unit of work in which it
happens, so that what is put into the outbox for it is there if it happened, and only then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from casework.cases.case import Case
from storage.database import Unit

# What may happen, beside what the log calls it ("case claimed", "case given", "case answered", …).
FILED = "case filed"  # nobody's until somebody claims it
WAITS = "case waits"  # for a person, from now on
WROTE = "she wrote"
ENDED = "she ended it"
LEFT = "she left"  # panic and STOP: what she wrote and nobody has seen is gone
WITHDRAWN = "she took it back"
ERASED = "case erased"
BECAME = "reply became"  # sent, delivered, read, failed…


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened to a case."""

    what: str
    case: Case = field(repr=False)
    now: datetime
    by: bytes | None = None  # which of staff did it
    said: Mapping[str, Any] = field(default_factory=dict, repr=False)  # her words, or a counsellor's
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)  # hers, by the ids that stand in `said`
    seq: int = 0  # of a reply, in the thread
    state: str = ""  # what became of it
    why: str = ""  # the provider's own reason


class Herald(Protocol):
    """Somebody who tells."""

    def tell(self, unit: Unit, news: News) -> None:
        """Hear of it. Called last before the log; what it raises takes the whole unit back."""
        ...
