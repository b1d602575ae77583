"""Everything fails in its turn, on both databases; nothing is lost, doubled or out of order. `python -m tests.chaos` does
the same ten thousand times.
"""

from __future__ import annotations

from pathlib import Path

from tests.chaos import faults
from tests.chaos.provider import ANSWERS
from tests.chaos.round import Outcome, live
from tests.chaos.world import open_world
from tests.databases import Place

FEW, MANY = 5, 60  # lives


def test_whatever_fails_nothing_is_lost_doubled_or_out_of_order(place: Place, tmp_path: Path, long: bool) -> None:
    total = Outcome()
    with open_world(place, tmp_path) as world:
        for seed in range(1, 1 + (MANY if long else FEW)):
            total = total.with_(live(world, seed))

    assert total.trouble == ()
    assert total.struck > 8 * total.lives


def test_every_way_to_fail_is_among_them() -> None:
    kinds = {*faults.OF_STORAGE, *faults.OF_DELIVERY}

    assert len(kinds) == 17
    assert {f"provider {how}" for how in ANSWERS} < kinds
