"""Staff from the command line: the first admin's link, who there is, who goes, and the log proven whole."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.operating.conftest import TEAM, Said

Quick = Callable[..., Said]
LINK = re.compile(r"^http://127\.0\.0\.1:8000/console/invitation#[\w-]{43}$", re.MULTILINE)


def test_the_first_admin_gets_a_link_of_her_own(quick: Quick) -> None:
    said = quick("staff", "add", "Amina", "--role", "admin")

    assert said.returncode == 0, said.stderr
    assert LINK.search(said.stdout)
    assert quick("staff", "list").stdout == "Amina: admin, invited\n"


def test_a_second_invitation_is_another_link(quick: Quick) -> None:
    first = quick("staff", "add", "Amina").stdout

    again = quick("staff", "invite", " amina ").stdout

    assert LINK.search(again)
    assert LINK.findall(first) != LINK.findall(again)


def test_a_name_is_given_once(quick: Quick) -> None:
    quick("staff", "add", "Sana")

    said = quick("staff", "add", "sana")

    assert (said.returncode, "somebody has this name" in said.stderr) == (1, True)


def test_who_never_came_can_be_removed(quick: Quick) -> None:
    quick("staff", "add", "Amina")

    assert quick("staff", "remove", "Amina").returncode == 0
    assert quick("staff", "list").stdout == ""


def test_the_teams_passphrase_shares_what_there_is(quick: Quick) -> None:
    quick("staff", "add", "Amina")

    assert quick("staff", "share", HAMRAZ_TEAM_PASSPHRASE=TEAM).stdout == "shared: 0 grants\n"


@pytest.mark.parametrize(
    ("words", "given", "why"),
    [
        (("staff", "add", "Amina", "--role", "queen"), {}, "admin, counsellor, supervisor, analyst, translator"),
        (("staff", "add", "  "), {}, "1 to 60 characters"),
        (("staff", "invite", "nobody"), {}, "nobody of this name"),
        (("staff", "remove", "nobody"), {}, "nobody of this name"),
        (("staff", "share"), {"HAMRAZ_TEAM_PASSPHRASE": "a wrong one"}, "does not open its key"),
        (("staff", "list"), {"HAMRAZ_DATABASE_URL": "sqlite:///var/other.db"}, "hamraz migrate"),
        (("audit", "verify"), {"HAMRAZ_KEYRING_PASSPHRASE": "a wrong one"}, "passphrase"),
    ],
)
def test_it_refuses_in_one_clear_line(
    quick: Quick, words: tuple[str, ...], given: dict[str, str | None], why: str
) -> None:
    said = quick(*words, **given)

    assert said.returncode == 1, said.stdout
    assert why in said.stderr
    assert len(said.stderr.strip().splitlines()) == 1, said.stderr


def test_the_log_is_proven_whole(quick: Quick) -> None:
    quick("staff", "add", "Amina")
    quick("staff", "remove", "Amina")

    said = quick("audit", "verify")

    assert (said.returncode, said.stdout) == (0, "2 lines, each as it was written and none missing\n")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM audit WHERE seq = 1",
        "UPDATE audit SET seq = seq - 3; UPDATE audit SET seq = -seq",
    ],
)
def test_a_line_that_was_changed_moved_or_taken_out_is_found(quick: Quick, tmp_path: Path, change: str) -> None:
    for name in ("Amina", "Sana"):
        quick("staff", "add", name)
    with sqlite3.connect(tmp_path / "var" / "hamraz.db") as connection:
        connection.executescript(change)

    said = quick("audit", "verify")

    assert said.returncode == 1
    assert "not as it was left" in said.stderr
