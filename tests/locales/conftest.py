"""Words for one test."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.small_catalogues import write_language

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a language's catalogue into the test's own directory; returns that directory."""

    def writes(code: str, phrases: Mapping[str, str | tuple[str, ...]], headers: str = "") -> Path:
        write_language(tmp_path, code, phrases, headers)
        return tmp_path

    return writes
