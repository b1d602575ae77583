"""The flows there are: the current edition of each, and earlier ones that sessions are pinned to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from threading import Lock

from flows.definition import from_source, parse
from flows.errors import StaleEdition
from flows.machine import FlowMachine
from flows.shape import Flow

SHIPPED = Path(__file__).parent / "shipped"


@cache
def shipped_flows() -> tuple[Flow, ...]:
    """Every flow that comes with this version, by name. Raises BrokenFlow."""
    return tuple(parse(path.read_text(encoding="utf-8"), path.stem) for path in sorted(SHIPPED.glob("*.toml")))


class Library:
    """Finds a flow by name (current) or by edition (pinned), and its machine, built once."""

    def __init__(self, current: Iterable[Flow], fetch: Callable[[str], str | None] = lambda edition: None) -> None:
        """`fetch`: edition hash → its source, for editions that are not current; None when unknown."""
        self._machines = {flow.hash: FlowMachine(flow) for flow in current}
        self._current = {machine.flow.name: machine for machine in self._machines.values()}
        self._fetch = fetch
        self._lock = Lock()

    def __contains__(self, name: str) -> bool:
        return name in self._current

    def current(self, name: str) -> Flow:
        """The edition a new conversation gets. Raises KeyError."""
        return self._current[name].flow

    def machine(self, name: str, edition: str) -> FlowMachine:
        """The machine of a pinned edition. Raises StaleEdition when nobody has it any more."""
        found = self._machines.get(edition)
        if found is None:
            source = self._fetch(edition)
            if source is None:
                raise StaleEdition(name, "")
            found = FlowMachine(from_source(source))
            with self._lock:
                self._machines[edition] = found
        return found
