"""What holds now of each setting, and proof that it is what was decided: the paper must be what the last line of its past left.

So an older paper that was put back is not believed, nor one that was taken away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from casework.deployment.table import KIND, SETTINGS, SWITCHES
from storage import changes, papers
from storage.changes import Change
from storage.database import Unit
from storage.papers import Paper
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Standing:
    """One setting as it is."""

    value: Any = field(repr=False)
    version: int  # how often it was decided; 0 also where what was decided is not as we left it
    sound: bool = True
    last: Change | None = field(default=None, repr=False)
    paper: Paper | None = field(default=None, repr=False)


def standing(unit: Unit, keyring: Keyring, name: str) -> Standing:
    """As it is in this unit of work; what comes with Hamraz where it is not as we left it."""
    try:
        paper, last = _paper(unit, keyring, name), changes.last(unit, keyring, thing(name))
        return Standing(_proven(paper, last, name), last.seq if last else 0, last=last, paper=paper)
    except Tampered:
        return Standing(SETTINGS[name].default, 0, sound=False)


def value(unit: Unit, keyring: Keyring, name: str) -> Any:
    """What holds. Raises Tampered."""
    return _proven(_paper(unit, keyring, name), changes.last(unit, keyring, thing(name)), name)


def switched_off(unit: Unit, keyring: Keyring) -> frozenset[str]:
    """What is not offered. Where that is not as it was left, everything is."""
    return frozenset(standing(unit, keyring, SWITCHES).value)


def is_off(unit: Unit, keyring: Keyring, part: str) -> bool:
    """Whether this is not offered."""
    return part in switched_off(unit, keyring)


def past(unit: Unit, keyring: Keyring, name: str) -> list[Change]:
    """Every decision, the first first. Raises Tampered."""
    return changes.of(unit, keyring, thing(name))


def thing(name: str) -> str:
    """What its past is filed under."""
    return f"setting {name}"


def _paper(unit: Unit, keyring: Keyring, name: str) -> Paper | None:
    found = papers.every(unit, keyring, KIND, name.encode())
    if len(found) > 1:
        raise Tampered("papers.sealed")
    return found[0] if found else None


def _proven(paper: Paper | None, last: Change | None, name: str) -> Any:
    kept = None if paper is None else paper.body["value"]
    if kept != (None if last is None else last.content["after"]):
        raise Tampered("papers.sealed")
    return SETTINGS[name].default if kept is None else kept
