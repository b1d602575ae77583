"""Each command is joined to something that exists."""

from __future__ import annotations

from dataclasses import fields
from importlib import import_module

import pytest

import webhook_app
from handlers.commands import Hands


@pytest.mark.parametrize("name", [field.name for field in fields(Hands)])
def test_every_command_has_its_work(name: str) -> None:
    hand = getattr(webhook_app.HANDS, name)
    target = getattr(hand, "target", None)

    if target is None:
        assert hand is webhook_app.described
        return
    module, function = target.split(".")
    assert callable(getattr(import_module(f"operating.{module}"), function))
