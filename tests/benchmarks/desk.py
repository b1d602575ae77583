"""How fast the counsellors' pages are: python -m tests.benchmarks.desk [--cases N] [--messages N] [--database KIND]

The list with many open cases (first look of a process, and every later one), a long case, her place in the line, a login
with Argon2id as strong as in life. Prints medians in milliseconds; `./hamraz bench` takes its pages from here.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import pyotp
from flask.testing import FlaskClient

from bot.settings import Settings
from casework.cases import holding, queue
from casework.cases.case import HERS, Case
from casework.cases.searching import MOST
from casework.staff import joining
from casework.staff.factors import Shown
from casework.staff.roles import Role
from operating.clock import now
from operating.parts import Hamraz
from operating.serving import get_warm, keep_for_good, make_app
from storage import reports, threads
from storage.database import Unit
from storage.vault.keyring import Purpose
from storage.vault.receipts import ReceiptCode, derive
from tests.databases import KINDS, Place, postgres_server, sqlite_place
from tests.phones import make_hamraz

SITE = "https://help.example"
PASSWORD = "nine patient lanterns"
BATCH = 200


FIRST_LIST, LIST, CASE = "list, the first look of a process", "list", "a long case"
SEARCH, WORD = "a search, as far as one goes", "followed"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=10_000)
    options.add_argument("--messages", type=int, default=200)
    options.add_argument("--database", choices=KINDS, default=KINDS[0])
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        if asked.database == "sqlite":
            place = stack.enter_context(sqlite_place(folder))
        else:
            place = stack.enter_context(stack.enter_context(postgres_server()).place(folder))
        for what, milliseconds in measure(place, asked.cases, asked.messages).items():
            print(f"{what:36} {milliseconds:9.1f} ms")


def settings_of(place: Place, folder: Path) -> Settings:
    return Settings(
        HAMRAZ_DATABASE_URL=place.url,
        HAMRAZ_KEYS_URL=place.keys_url,
        HAMRAZ_KEYRING=folder / "keyring.json",
        HAMRAZ_PUBLIC_URL=SITE,
    )


def measure(place: Place, cases: int, messages: int) -> dict[str, float]:
    """What each page takes, in the middle, in milliseconds."""
    hamraz = make_hamraz(settings_of(place, place.folder))
    try:
        return {what: 1000 * median(seconds) for what, seconds in _measured(hamraz, cases, messages)}
    finally:
        hamraz.counter.close()
        hamraz.database.close()


def _measured(hamraz: Hamraz, cases: int, messages: int) -> Iterator[tuple[str, list[float]]]:
    client = make_app(hamraz).test_client()
    secret, staff_id = _log_in_first(hamraz, client)
    first = file_cases(hamraz, 1)[0]
    keep_for_good()  # as a server does
    more: list[bytes] = []
    yield f"{cases:,} cases filed", [_timed(lambda: more.extend(file_cases(hamraz, cases - 1)))]
    yield "getting warm, beside what is served", [_timed(lambda: get_warm(hamraz))]
    yield FIRST_LIST, [_timed(lambda: _open(client, "/cases?tab=all"))]
    yield LIST, [_timed(lambda: _open(client, "/cases?tab=all")) for _ in range(9)]
    yield "list of mine", [_timed(lambda: _open(client, "/cases")) for _ in range(9)]
    holding.claim(hamraz.room, staff_id, first, now())
    _write(hamraz, first, messages)
    yield CASE, [_timed(lambda: _open(client, f"/cases/{first.hex()}")) for _ in range(9)]
    yield "her place in the line", [_timed(lambda: _ahead(hamraz, first)) for _ in range(9)]
    holding.be_on_duty(hamraz.room, staff_id, now(), now(), capacity=MOST)
    for one in more[: MOST - 1]:
        holding.claim(hamraz.room, staff_id, one, now())
    proof = _proof(client, "/cases")
    yield SEARCH, [_timed(lambda: _search(client, proof)) for _ in range(9)]
    yield "login", [_timed(lambda: _log_in(client, secret))]


def _log_in_first(hamraz: Hamraz, client: FlaskClient) -> tuple[str, bytes]:
    cookie, staff_id, secret = enter(hamraz, Role.COUNSELLOR)
    client.set_cookie("__Host-hamraz-login", cookie, domain="help.example", secure=True)
    return secret, staff_id


def enter(hamraz: Hamraz, role: Role) -> tuple[str, bytes, str]:
    """Invite somebody and let her in: her cookie, her id, and the secret of her codes."""
    code = joining.invite(hamraz.office, "Amina", role, b"", now())
    invited = joining.look(hamraz.office, code, now())
    offer = joining.offer(hamraz.office, invited, now())
    shown = Shown(code=pyotp.TOTP(offer.secret).at(now()), ticket=offer.ticket)
    return joining.accept(hamraz.office, code, PASSWORD, shown, now()).cookie, invited.id, offer.secret


def file_cases(hamraz: Hamraz, count: int) -> list[bytes]:
    """Reports as they are filed, but for the receipt, which is slow on purpose."""
    keyring = hamraz.keyring
    pepper = keyring.key(Purpose.PEPPER)
    answers = {"path": "me", "happened": "touch", "when": "today", "story": {"words": ["he followed me"] * 3}}
    body = {"answers": answers, "filed": now().isoformat()}
    levels, tongues = ("red", "amber", "green"), ("ur", "sd", "en")

    def work(unit: Unit, numbers: range) -> list[bytes]:
        made = []
        for number in numbers:
            receipt = derive(ReceiptCode.mint(), pepper, 8, 1)
            meta = {"status": "waiting", "language": tongues[number % 3], "channel": "sms"}
            meta |= {"priority": levels[number % 3], "filed": now().isoformat()}
            report, pair = reports.begin(unit, keyring, receipt, body, meta, now())
            reports.file(unit, keyring, report, pair, now())
            made.append(report.id)
        return made

    parts = [range(at, min(at + BATCH, count)) for at in range(0, count, BATCH)]
    return [one for part in parts for one in hamraz.database.work(lambda unit, part=part: work(unit, part))]


def _write(hamraz: Hamraz, report_id: bytes, count: int) -> None:
    def work(unit: Unit) -> None:
        report = reports.fetch(unit, hamraz.keyring, report_id)
        assert report is not None
        for number in range(count):
            said = {"words": [f"message {number} with a few words in it"], "media": []}
            threads.add(unit, report, HERS, {"said": said, "at": now().isoformat()}, now())
        reports.save(unit, hamraz.keyring, report, now())

    hamraz.database.work(work)


def _ahead(hamraz: Hamraz, report_id: bytes) -> int:
    def work(unit: Unit) -> int:
        report = reports.fetch(unit, hamraz.keyring, report_id)
        assert report is not None
        return queue.ahead_of(Case(report), hamraz.room.standings.nobodys(unit, hamraz.keyring))

    return hamraz.database.work(work)


def _open(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/console{path}", base_url=SITE)
    assert answer.status_code == 200


def _search(client: FlaskClient, proof: str) -> None:
    form = {"csrf_token": proof, "words": WORD}
    answer = client.post(
        "/console/cases/search", data=form, base_url=SITE, headers={"Referer": f"{SITE}/console/cases"}
    )
    assert answer.status_code == 200
    assert WORD in answer.text.replace(f'value="{WORD}"', "")


def _proof(client: FlaskClient, path: str) -> str:
    """What says that a form is our own."""
    page = client.get(f"/console{path}", base_url=SITE)
    return str(re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0])


def _log_in(client: FlaskClient, secret: str) -> None:
    client.delete_cookie("__Host-hamraz-login", domain="help.example")
    token = _proof(client, "/login")
    code = pyotp.TOTP(secret).at(datetime.now(UTC), counter_offset=1)  # the next one: this one was used
    form = {"csrf_token": token, "name": "Amina", "password": PASSWORD, "code": code}
    answer = client.post("/console/login", data=form, base_url=SITE, headers={"Referer": f"{SITE}/console/login"})
    assert answer.status_code == 303, answer.text


def _timed(act: Callable[[], object]) -> float:
    begun = perf_counter()
    act()
    return perf_counter() - begun


if __name__ == "__main__":
    main()
