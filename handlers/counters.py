"""What is counted, for Prometheus. No label says who, what was said, which case it was, or where a message went.

Several processes of one `serve` count together in a folder of theirs (prometheus_client's multiprocess mode), so that each
of them shows all. What waits, and how long, is looked up when somebody asks: it is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, start_http_server, values
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

# What is looked up: name → what it is, and the label that tells one value from another ("" for a single value).
LOOKED_UP = {
    "hamraz_oldest_case_seconds": ("How long the oldest case that nobody has waits", "risk"),
    "hamraz_waiting_cases": ("Cases that nobody has", ""),
    "hamraz_oldest_outgoing_seconds": ("How long the oldest message that should have gone waits", "channel"),
    "hamraz_outgoing": ("Messages that should have gone", "channel"),
    "hamraz_worker_seen_seconds": ("Since when no process delivered or did chores", ""),
    "hamraz_backup_seconds": ("Since when no backup was made", ""),
    "hamraz_storage_away": ("Whether the databases are away", ""),
}
Look = Callable[[], Mapping[str, Mapping[str, float]]]  # name → label → value


class Counters:
    """What the doors and what lies behind them count, in a registry that is handed in."""

    def __init__(self, registry: CollectorRegistry, together: str = "") -> None:
        """together: the folder in which several processes count; "" for one that counts alone"""
        self._registry, self._together = registry, together
        if together:
            # The library chooses when it is loaded; the web server's processes are forked from one that counts alone.
            values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]  # theirs has no types
        self.look: Look = dict

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(name, about, labels, registry=registry)

        self.taken = counter("hamraz_inbound_total", "Requests taken in", "channel", "kind")
        self.refused = counter("hamraz_refused_total", "Requests refused", "channel", "why")
        self.turns = Histogram(
            "hamraz_turn_seconds",
            "From a verified request to its answer",
            ["channel"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
            registry=registry,
        )
        self.failed = counter("hamraz_failed_turns_total", "Turns that ended in an error", "channel", "error")
        self.misread = counter("hamraz_misread_total", "Answers that were not understood", "flow", "node")
        self.status = counter("hamraz_status_total", "Delivery reports", "channel", "state", "reason")
        self.delivered = counter("hamraz_outbox_total", "Outbox items handled", "channel", "kind", "outcome")
        self.unlocks = counter("hamraz_unlocks_total", "Tries at a sealed key", "key", "outcome")
        self.logins = counter("hamraz_logins_total", "Tries to log in", "outcome")
        self.console = counter("hamraz_console_total", "Answers of the console", "method", "status")

    def text(self) -> bytes:
        """Everything in Prometheus' text format, of all processes that count together."""
        return generate_latest(self._shown())

    def listen(self, host: str, port: int) -> WSGIServer:
        """Show it at an address of its own, for a process that serves nothing else. Raises OSError."""
        server, _ = start_http_server(port, host, self._shown())
        return server

    def _shown(self) -> CollectorRegistry:
        shown = CollectorRegistry()
        if self._together:
            MultiProcessCollector(shown, self._together)  # type: ignore[no-untyped-call]  # theirs has no types
        else:
            shown.register(_Once(self._registry))
        shown.register(_LookedUp(lambda: self.look()))
        return shown


class _Once(Collector):
    """Another registry's, beside more."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        return iter(self._registry.collect())


class _LookedUp(Collector):
    """What is looked up when somebody asks."""

    def __init__(self, look: Look) -> None:
        self._look = look

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = self._look()
        for name, (about, label) in LOOKED_UP.items():
            family = GaugeMetricFamily(name, about, labels=[label] if label else [])
            for value, number in found.get(name, {}).items():
                family.add_metric([value] if label else [], number)
            yield family
