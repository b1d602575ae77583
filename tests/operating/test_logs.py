"""What is logged of trouble: its class, and never what it was about."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import structlog

from operating.logs import name_crashes


@pytest.fixture
def named() -> Iterator[None]:
    before = threading.excepthook
    name_crashes()
    yield
    threading.excepthook = before


def test_a_thread_that_dies_leaves_its_name_and_the_class_of_the_error(
    named: None, capsys: pytest.CaptureFixture[str]
) -> None:
    def fall() -> None:
        raise ValueError("zanbil7q")

    with structlog.testing.capture_logs() as logs:
        thread = threading.Thread(target=fall, name="chores")
        thread.start()
        thread.join()

    assert logs == [{"event": "a thread died", "thread": "chores", "error": "ValueError", "log_level": "error"}]
    assert "zanbil" not in "".join(capsys.readouterr())
