"""The corpora of what people type, read for tests."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "corpora"


def lines(name: str) -> list[tuple[str, ...]]:
    """Each line of tests/corpora/`name` as its columns; lines that begin with # are notes."""
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#")]
