"""The one family of errors of this room. Each names the file, the node and the mend."""

from __future__ import annotations


class FlowError(Exception):
    """A flow cannot be used. Never raised itself; catch it to mean any of these."""


class BrokenFlow(FlowError):
    """The text of a flow does not say what a flow must say.

    code  as in the design's list of checks; E100 where the form itself is broken
    line  of the file, from 1; 0 where the node says it better
    """

    def __init__(self, flow: str, node: str, trouble: str, mend: str, *, code: str = "E100", line: int = 0) -> None:
        where = f"flow {flow}, node {node}" if node else f"flow {flow}"
        super().__init__(f"{code} {where}: {trouble}; {mend}")
        self.flow, self.node, self.trouble, self.mend, self.code, self.line = flow, node, trouble, mend, code, line


class StaleEdition(FlowError):
    """A session stands at a node or in an edition that is not there any more."""

    def __init__(self, flow: str, node: str) -> None:
        super().__init__(f"flow {flow} has no node {node}: its edition is gone")


class EndlessFlow(FlowError):
    """One message walked through too many nodes without a question."""

    def __init__(self, flow: str, node: str) -> None:
        super().__init__(f"flow {flow}: node {node} goes round without ever waiting for an answer")
