"""When the team reads, as an operator writes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from casework.hours import OpeningHours

KARACHI = "Asia/Karachi"  # five hours ahead of UTC


@pytest.mark.parametrize(
    ("hours", "moment", "open_"),
    [
        ("Mon-Fri 09:00-17:00", datetime(2026, 11, 25, 4, 0, tzinfo=UTC), True),  # Wednesday, 9 in Karachi
        ("Mon-Fri 09:00-17:00", datetime(2026, 11, 25, 3, 59, tzinfo=UTC), False),
        ("Mon-Fri 09:00-17:00", datetime(2026, 11, 25, 12, 0, tzinfo=UTC), False),
        ("Mon-Fri 09:00-17:00", datetime(2026, 11, 28, 6, 0, tzinfo=UTC), False),  # Saturday
        ("mon, wed ,sat 9:30-14:00", datetime(2026, 11, 28, 4, 30, tzinfo=UTC), True),
        ("Fri-Mon 00:00-23:59", datetime(2026, 11, 29, 6, 0, tzinfo=UTC), True),  # over the week's end
        ("Fri-Mon 00:00-23:59", datetime(2026, 11, 25, 6, 0, tzinfo=UTC), False),
        ("never", datetime(2026, 11, 25, 6, 0, tzinfo=UTC), False),
    ],
)
def test_hours_are_read_as_written(hours: str, moment: datetime, open_: bool) -> None:
    found = OpeningHours.read(hours, KARACHI).between(moment, moment)
    assert any(opens <= moment < closes for opens, closes in found) is open_


@pytest.mark.parametrize(
    "hours",
    [
        "",
        "whenever",
        "Mon-Fri",
        "Mon-Fri 17:00-09:00",
        "Mon-Fri 25:00-26:00",
        "Xyz 09:00-17:00",
        "Mon-Tue-Wed 9:00-10:00",
    ],
)
def test_what_cannot_be_read_is_refused(hours: str) -> None:
    with pytest.raises(ValueError, match=r"Mon|days|closes|hour"):
        OpeningHours.read(hours, KARACHI)


def test_a_door_that_never_opens_has_no_next_opening() -> None:
    assert OpeningHours.read("never", KARACHI).next_opening(datetime(2026, 11, 25, tzinfo=UTC)) is None
