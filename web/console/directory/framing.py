"""What every page of the directory can say: kinds, districts, columns and days in her language; whether she may change it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Response, g

from casework.staff.refusals import Refusal
from casework.staff.roles import Role
from web.console import faults
from web.console.directory import names
from web.console.pages import Console, page, person

_EPOCH = date(1970, 1, 1)


def framed(console: Console, template: str, refusal: Refusal | None = None, **values: Any) -> Response:
    """A page of the directory."""
    return page(f"directory/{template}", refusal=refusal, **frame(console), **values)


def frame(console: Console) -> dict[str, Any]:
    """What its templates call."""
    phrasebook = console.room.phrasebook
    return {
        "names": names,
        "column_said": lambda column: names.of_column(column, phrasebook.languages),
        "fault_said": names.of_fault,
        "trouble_said": names.of_trouble,
        "mend_said": names.of_mend,
        "tip_fault_said": lambda trouble: faults.said(trouble, "fault"),
        "tends": person().role == Role.ADMIN,
        "credits": console.directory.country.credits,
        "district_of": lambda district: names.of_district(console.directory, district),
        "day_of": lambda day: phrasebook.day(_EPOCH + timedelta(days=day), g.words.code),
    }
