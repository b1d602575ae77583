"""One publication of a flow, and what becomes of whoever stands in an earlier edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FINISH = "finish"  # whoever is in an earlier edition goes on in it to its end
MIGRATE = "migrate"  # she goes on in this one at her next message, where she stands
RESTART = "restart"  # she is told that the questions have changed, and begins at the menu
POLICIES = (FINISH, MIGRATE, RESTART)


@dataclass(frozen=True, slots=True)
class Published:
    """One of a flow's publications, counted from 1."""

    number: int
    edition: str  # hash
    policy: str = FINISH
    renamed: Mapping[str, str] = field(
        default_factory=dict
    )  # nodes of the edition before that have another name in this
