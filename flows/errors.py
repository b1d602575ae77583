"""The one family of errors of this room. Each names the file, the node and the mend."""

from __future__ import annotations


class FlowError(Exception):
    """A flow cannot be used. Never raised itself; catch it to mean any of these."""


class BrokenFlow(FlowError):
    """The text of a flow does not say what a flow must say."""

    def __init__(self, flow: str, node: str, trouble: str) -> None:
        where = f"flow {flow}, node {node}" if node else f"flow {flow}"
        super().__init__(f"{where}: {trouble}")
        self.flow, self.node, self.trouble = flow, node, trouble


class StaleEdition(FlowError):
    """A session stands at a node or in an edition that is not there any more."""

    def __init__(self, flow: str, node: str) -> None:
        super().__init__(f"flow {flow} has no node {node}: its edition is gone")


class EndlessFlow(FlowError):
    """One message walked through too many nodes without a question."""

    def __init__(self, flow: str, node: str) -> None:
        super().__init__(f"flow {flow}: node {node} goes round without ever waiting for an answer")
