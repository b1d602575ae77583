"""The counsellors' pages on both databases, as bars."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.benchmarks import desk
from tests.benchmarks.bars import Found
from tests.benchmarks.turns import durable_postgres
from tests.databases import sqlite_place

_PAGES = {"list_ms": desk.LIST, "list_first_ms": desk.FIRST_LIST, "case_ms": desk.CASE, "search_ms": desk.SEARCH}


def measure(folder: Path, cases: int, messages: int) -> tuple[dict[str, Found], dict[str, Any]]:
    with ExitStack() as stack:
        places = [stack.enter_context(sqlite_place(folder))]
        places.append(stack.enter_context(stack.enter_context(durable_postgres()).place(folder)))
        took = {place.kind: desk.measure(place, cases, messages) for place in places}
    found = {}
    for bar, page in _PAGES.items():
        each = {kind: pages[page] for kind, pages in took.items()}
        told = ", ".join(f"{kind} {milliseconds:.0f} ms" for kind, milliseconds in each.items())
        found[bar] = Found(max(each.values()), f"{told}; {cases:,} cases, {messages} messages")
    return found, {"ms": took, "cases": cases, "messages": messages}
