"""What the doors count. No label says who, what was said, or where a message went."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)


class Counters:
    """The doors' own counters, in a registry that is handed in."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self.taken = Counter(
            "hamraz_inbound_total",
            "Requests taken in",
            ["channel", "kind"],
            registry=registry,
        )
        self.refused = Counter(
            "hamraz_refused_total",
            "Requests refused",
            ["channel", "why"],
            registry=registry,
        )
        self.turns = Histogram(
            "hamraz_turn_seconds",
            "From a verified request to its answer",
            ["channel"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15),
            registry=registry,
        )
        self.failed = Counter(
            "hamraz_failed_turns_total",
            "Turns that ended in an error",
            ["channel", "error"],
            registry=registry,
        )
        self.status = Counter(
            "hamraz_status_total",
            "Delivery reports",
            ["channel", "state", "reason"],
            registry=registry,
        )
        self.delivered = Counter(
            "hamraz_outbox_total",
            "Outbox items handled",
            ["channel", "kind", "outcome"],
            registry=registry,
        )

    def text(self) -> bytes:
        """Everything in the registry, in Prometheus' text format."""
        return generate_latest(self._registry)
