"""How the stand-in for Telegram says no."""

from __future__ import annotations


class Refused(Exception):
    """Telegram says no: an HTTP status, a sentence, and how long to wait."""

    def __init__(self, status: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.retry_after = retry_after
