"""The flows there are: the current edition of each, and earlier ones that sessions are pinned to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock

from flows.definition import from_source, parse
from flows.errors import StaleEdition
from flows.machine import FlowMachine
from flows.published import Published
from flows.shape import Flow

SHIPPED = Path(__file__).parent / "shipped"
Fetch = Callable[[str], str | None]  # edition hash → its source; None when nobody has it


@cache
def shipped_flows() -> tuple[Flow, ...]:
    """Every flow that comes with this version, by name. Raises BrokenFlow."""
    return tuple(parse(path.read_text(encoding="utf-8"), path.stem) for path in sorted(SHIPPED.glob("*.toml")))


class Library:
    """Finds a flow by name (current) or by edition (pinned), and its machine, built once."""

    def __init__(
        self,
        current: Iterable[Flow],
        fetch: Fetch = lambda edition: None,
        past: Mapping[str, Sequence[Published]] | None = None,
        known: Library | None = None,
        over: Collection[str] = (),
    ) -> None:
        """
        fetch  for editions that are not current
        past   by flow, its publications, the first first; the last is the current one
        known  an earlier library, whose machines stay built
        over   flows whose current edition compares two wordings no more
        """
        self._machines: dict[str, FlowMachine] = dict(known._machines) if known is not None else {}
        self._current = {flow.name: flow for flow in current}
        for flow in self._current.values():
            if flow.hash not in self._machines:
                self._machines[flow.hash] = FlowMachine(flow)
        self._fetch = fetch
        self._past = past or {}
        self._over = frozenset(over)
        self._lock = Lock()

    def __contains__(self, name: str) -> bool:
        return name in self._current

    def current(self, name: str) -> Flow:
        """The edition a new conversation gets. Raises KeyError."""
        return self._current[name]

    def since(self, name: str, edition: str) -> Sequence[Published]:
        """What was published after an edition; nothing when it is the current one."""
        past = self._past.get(name, ())
        if not past or (name in self and self.current(name).hash == edition):
            return ()
        own = max((one.number for one in past if one.edition == edition), default=0)  # 0: it came with us
        return [one for one in past if one.number > own]

    def compared(self, name: str, edition: str) -> int:
        """The number of the publication in which two wordings of an edition are compared now; 0 for none."""
        past = self._past.get(name, ())
        goes_on = past and name in self and name not in self._over
        return past[-1].number if goes_on and edition == past[-1].edition == self.current(name).hash else 0

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
