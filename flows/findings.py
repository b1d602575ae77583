"""One thing to mend in a flow, and the line that says so.

E blocks publishing, W asks for a yes. A finding names the code, the file and line, the node, the trouble
and the mend, in words for whoever writes the flow.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong at one node; `node` is "" when it is the flow as a whole."""

    code: str
    flow: str
    node: str
    trouble: str
    mend: str
    phrase: str = field(default="", kw_only=True)  # whose words are to be written, or written otherwise
    language: str = field(default="", kw_only=True)  # in which language, by code; "" where it may be any

    def at(self, place: str) -> str:
        """The finding as one line. `place`: "report.toml:12", or whatever else leads to it."""
        node = f", node {self.node}" if self.node else ""
        return f"{self.code} {place}{node}: {self.trouble}; {self.mend}"

    def __str__(self) -> str:
        return self.at(f"flow {self.flow}")
