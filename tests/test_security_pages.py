"""docs/security says nothing of what is not there, and leaves out no item of the standard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
PAGES = sorted([*DOCS.glob("security/*.md"), DOCS / "threat-model.md", DOCS.parent / "SECURITY.md"])
LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")
# Of each section of ASVS 5.0.0, the level of each item. Chapters 10 (OAuth) and 17 (WebRTC) are one line each.
LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223", "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
}  # fmt: skip
TO_THE_THIRD = {"6", "7", "11", "16"}


def items(cell: str) -> set[str]:
    """The items that a line answers: "6.5.3, 6.5.4" or "6.6.1–6.6.4"."""
    found = set()
    for part in cell.split(", "):
        first, _, last = part.partition("–")
        section, _, begin = first.rpartition(".")
        end = int((last or first).rpartition(".")[2])
        found |= {f"{section}.{number}" for number in range(int(begin), end + 1)}
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_about_security_points_to_is_there(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_item_of_the_standard_has_its_line_and_every_yes_something_to_show() -> None:
    lines = [line.split(" | ") for line in (DOCS / "security" / "asvs.md").read_text(encoding="utf-8").splitlines()]
    rows = [line for line in lines if re.match(r"\| \d", line[0])]
    answered = set().union(*(items(row[0].strip("| ")) for row in rows))
    asked = {
        f"{section}.{number}"
        for section, levels in LEVELS.items()
        for number, level in enumerate(levels, 1)
        if level < "3" or section.partition(".")[0] in TO_THE_THIRD
    }

    assert asked - answered == set()
    assert {row[2] for row in rows} == {"yes", "part", "gap", "–"}
    unshown = [row[0] for row in rows if row[2] in ("yes", "part") and "](" not in row[4]]
    assert unshown == ["| 6.3.6", "| 6.4.2"]  # there is nothing to show of what is not there
