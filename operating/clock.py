"""The one clock; everything below is handed the time."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The moment, in UTC."""
    return datetime.now(UTC)
