"""What a flow is, once read: nodes, and the rules that lead from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.guards import Guard

ANY = "*"  # the outcome that stands for every other


@dataclass(frozen=True, slots=True)
class Rule:
    """Go to `target` if the node's outcome is `outcome` (or any) and `guard` holds (or there is none)."""

    target: str
    outcome: str = ANY
    guard: Guard | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One point of a flow. `keys` are the kind's own fields, as the kind's file names them."""

    name: str
    kind: str
    rules: tuple[Rule, ...] = ()
    keys: Mapping[str, object] = field(default_factory=dict)

    @property
    def slot(self) -> str:
        return self.text("slot") or self.name

    @property
    def skippable(self) -> bool:
        """A question may be left out unless its kind or its flow says otherwise."""
        return bool(self.keys.get("skippable", self.kind not in ("consent", "gate", "language", "review")))

    def text(self, key: str) -> str:
        """The field as text; "" when it is not there."""
        value = self.keys.get(key, "")
        return value if isinstance(value, str) else ""

    def names(self, key: str) -> tuple[str, ...]:
        """The field as a list of names; () when it is not there."""
        value = self.keys.get(key, ())
        return tuple(str(item) for item in value) if isinstance(value, (list, tuple)) else ()

    @property
    def labels(self) -> str:
        """Prefix of the phrases that label this node's choices: "report.happened"."""
        return self.text("labels") or self.text("ask").removesuffix(".ask")


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow, whole. `hash` is of its content: two equal flows have the same."""

    name: str
    begins: str
    nodes: Mapping[str, Node]
    hash: str
    source: str = field(repr=False)  # canonical JSON, what an edition stores
