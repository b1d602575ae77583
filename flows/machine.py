"""The state machine of a flow. The only file that knows transitions.

One flat machine a flow, built once (under a millisecond for 40 nodes) and shared by every
session: sub-flows and digressions are our own stack of frames, so the machine needs no nesting.
A session is not added as a model (that costs 200 µs); a light one is carried through (8 µs).
"""

from __future__ import annotations

from transitions import EventData, Machine, MachineError

from flows.errors import StaleEdition
from flows.scene import Scene
from flows.shape import ANY, Flow, Rule

_ADVANCE = "advance"


class _Walker:
    """The light model: just where it stands."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


class FlowMachine:
    """Where a flow goes from each node, by outcome and guard."""

    def __init__(self, flow: Flow) -> None:
        """Raises StaleEdition if a rule leads to a node that is not there."""
        self.flow = flow
        for node in flow.nodes.values():
            for rule in node.rules:
                if rule.target not in flow.nodes:
                    raise StaleEdition(flow.name, rule.target)
        self._machine = Machine(
            model=None,
            states=list(flow.nodes),
            initial=flow.begins,
            auto_transitions=False,  # its default adds a jump to every node
            send_event=True,
            queued=False,  # never true on a shared machine
            transitions=[
                {"trigger": _ADVANCE, "source": node.name, "dest": rule.target, "conditions": [_condition(rule)]}
                for node in flow.nodes.values()
                for rule in node.rules
            ],
        )

    def advance(self, node: str, outcome: str, scene: Scene) -> str:
        """The node after `node`, when it ended with `outcome`. Raises StaleEdition."""
        walker = _Walker(node)
        try:
            self._machine.events[_ADVANCE].trigger(walker, outcome=outcome, scene=scene)
        except (ValueError, MachineError, KeyError):
            # transitions says ValueError for a state it never had: a session of another edition.
            raise StaleEdition(self.flow.name, node) from None
        return walker.state


def _condition(rule: Rule):  # type: ignore[no-untyped-def]  # transitions calls it with its own untyped event
    def holds(event: EventData) -> bool:
        if rule.outcome not in (ANY, event.kwargs["outcome"]):
            return False
        return rule.guard is None or rule.guard.holds(event.kwargs["scene"])

    return holds
