"""Hamraz itself, but as fast as it can: in life it sends no more than a provider lets anybody (25 a second on Telegram, 40
on WhatsApp), and that would be all that is measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import webhook_app
from handlers.delivery import PACES

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> Flask:
    assert isinstance(PACES, dict)
    PACES.update(dict.fromkeys(PACES, 1e6))
    return webhook_app.create_app()
