"""What an admin's pages of flows and words cost.

A flow of 60 steps, the shipped report's own and as many more, in five languages and a sixth; and 1,000 phrases. What a form
costs while it is typed is the server's CPU for one whole request, so that it means something on a busy machine. The graph is
timed in a real browser, until something of it is painted.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from threading import Thread
from time import perf_counter, process_time
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import sync_playwright
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from casework.staff.roles import Role
from casework.studio import drafts
from flows.editing import operations
from locales.catalogues import Catalogue
from operating.clock import now
from operating.parts import Hamraz
from operating.serving import keep_for_good, make_app
from tests.benchmarks.bars import Found
from tests.benchmarks.desk import enter, settings_of
from tests.databases import sqlite_place
from tests.phones import make_hamraz
from tests.web.console.browsing import Quiet
from tests.web.console.forms import forms_of

STEPS, PHRASES, TIMES = 60, 1_000, 9
FLOW = "flow=report"
HERE, COOKIE = "http://localhost", "hamraz-login"
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def measure(folder: Path) -> tuple[dict[str, Found], dict[str, Any]]:
    """What is typed, the graph, the words."""
    with ExitStack() as stack:
        place = stack.enter_context(sqlite_place(folder))
        hamraz = make_hamraz(settings_of(place, folder).model_copy(update={"public_url": HERE}))
        stack.callback(hamraz.database.close)
        stack.callback(hamraz.counter.close)
        app = make_app(hamraz)
        cookie, staff_id, _ = enter(hamraz, Role.ADMIN)
        client = app.test_client()
        client.set_cookie(COOKIE, cookie, domain="localhost")
        _make_large(hamraz, staff_id)
        keep_for_good()
        page = _of_cpu(lambda: _open(client, f"/flows/step?{FLOW}&node=where"))
        checks = [_check(client, number) for number in range(TIMES)]
        words = [_timed(lambda: _open(client, "/words?lang=ur")) for _ in range(TIMES)]
        painted, why = _painted(app, cookie)
    typed, listed = median(checks), median(words)
    said = f"{STEPS} steps, 6 languages; the page of one step, the first time a process proves the flow, {page:.0f} ms"
    found = {
        "check_ms": Found(typed, said),
        "graph_ms": Found(painted, why),
        "words_ms": Found(listed, f"{PHRASES:,} phrases"),
    }
    return found, {"check_ms": checks, "words_ms": words, "first_ms": page}


def _make_large(hamraz: Hamraz, by: bytes) -> None:
    draft = drafts.of(hamraz.studio, "report")
    for number in range(STEPS - len(draft.data["node"])):
        fields = {"ask": "report.when.ask", "choose": ["today", "week"], "also": "date"}
        step = operations.add("choice", f"more_{number}", "where" if number == 0 else f"more_{number - 1}", fields)
        draft = drafts.take(hamraz.studio, by, "report", draft.token, step, now())
    book = hamraz.room.phrasebook
    spanish = next(one for one in book.catalogues if one.language.code == "es")
    sixth = replace(spanish, language=replace(spanish.language, code="pt", own_name="Português", order=6))
    large = tuple(map(_with_more, (*book.shipped, sixth)))
    book.adopt(large, large)


def _with_more(catalogue: Catalogue) -> Catalogue:
    entry = catalogue.entries["report.when.ask"]
    return catalogue.with_words({
        key: replace(entry, key=key)
        for number in range(PHRASES - len(catalogue.entries))
        for key in [f"more.number_{number}.ask"]
    })  # fmt: skip


def _check(client: FlaskClient, number: int) -> float:
    """One look while she types: another answer among those of one step, which nobody has measured yet."""
    form = forms_of(_open(client, f"/flows/step?{FLOW}&node=more_3"), "/flows/step")[0].fields
    data = {**form, "field_choose": [f"today week typed_{number}"]}
    return _of_cpu(
        lambda: _right(client.post("/console/flows/check", data=data, base_url=HERE, headers={"Referer": HERE}))
    )


def _painted(app: Flask, cookie: str) -> tuple[float | None, str]:
    """Milliseconds to the first paint of the graph, in the middle; nothing where there is no browser."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return None, "no chromium here; `./hamraz test` installs it"
    server = make_server("localhost", 0, app, threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    url = f"http://localhost:{server.server_port}"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page()
            page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": url}])
            took = []
            for _ in range(TIMES):
                page.goto(f"{url}/console/flows/flow?{FLOW}")
                took.append(float(page.wait_for_function(_PAINT).json_value()))
            assert page.locator("svg a.box").count() == STEPS
            browser.close()
    finally:
        server.shutdown()
        thread.join()
    return median(took), f"{STEPS} steps, chromium and server beside each other"


def _open(client: FlaskClient, path: str) -> TestResponse:
    return _right(client.get(f"/console{path}", base_url=HERE))


def _right(answer: TestResponse) -> TestResponse:
    assert answer.status_code == 200, answer.status
    return answer


def _of_cpu(act: Callable[[], object]) -> float:
    """Milliseconds of CPU, of every thread."""
    begun = process_time()
    act()
    return 1000 * (process_time() - begun)


def _timed(act: Callable[[], object]) -> float:
    begun = perf_counter()
    act()
    return 1000 * (perf_counter() - begun)
