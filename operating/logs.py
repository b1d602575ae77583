"""How this process logs: JSON lines on standard error, with classes of errors and never their values."""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import UTC, datetime

import structlog


class OfOthers(logging.Formatter):
    """What libraries log, as a line like ours: which one, how grave, the class of the error. Their sentences and tracebacks
    quote what they worked on, and that may be her words."""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0] if record.exc_info else None
        line = {
            "event": "a library complains",
            "library": record.name,
            "error": kind.__name__ if kind else "",
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        return json.dumps(line)


def set_up_logs(level: str) -> None:
    """Set up logging for the whole process.

    level  DEBUG, INFO, WARNING or ERROR
    """
    least = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OfOthers())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def name_crashes() -> None:
    """From now on a thread that dies of an error leaves its class in the log, and no traceback: that would quote values."""
    threading.excepthook = _named


def _named(died: threading.ExceptHookArgs) -> None:
    thread = died.thread.name if died.thread else ""
    structlog.get_logger().error("a thread died", thread=thread, error=died.exc_type.__name__)
