"""Where a turn's time goes: each step's share, by Python's own profiler. It slows small functions most: shares, not times."""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from bot.settings import Settings
from operating.serving import make_app
from tests.benchmarks.contestants import ACCOUNT, TOKEN, URL, settings_of
from tests.benchmarks.load import signed
from tests.benchmarks.talk import HEARD, SAID
from tests.benchmarks.turns import durable_postgres
from tests.databases import Place, sqlite_place
from tests.phones import make_hamraz

WARM = 20  # people who talk before anybody looks
STEPS = {
    "prove who sent it": ("handlers/sms.py", "verify"),
    "read the form": ("handlers/webhooks.py", "_raw_request"),
    "find her keys": ("storage/vault/senders.py", "of"),
    "take her session in hand and open it": ("storage/sessions/claiming.py", "claim"),
    "the turn": ("bot/turn.py", "take_turn"),
    "say it in her words": ("bot/rendering.py", "render"),
    "remember what to wipe at the provider": ("storage/outbox/copies.py", "keep_copy"),
    "seal and save her session": ("storage/sessions/claiming.py", "save"),
    "keep the answer for a repeat": ("storage/sessions/answers.py", "keep_answer"),
}
COMMITS = {"sqlite": ("storage/pair.py", "commit"), "postgresql": ("storage/postgres.py", "commit")}
WHOLE = ("handlers/front.py", "__call__")


def measure(folder: Path, people: int) -> dict[str, dict[str, float]]:
    """The share of each step, on each database."""
    with ExitStack() as stack:
        places = [stack.enter_context(sqlite_place(folder))]
        places.append(stack.enter_context(stack.enter_context(durable_postgres()).place(folder)))
        return {place.kind: _shares(place, people) for place in places}


def table(shares: dict[str, dict[str, float]]) -> Iterator[str]:
    for kind, steps in shares.items():
        ranked = sorted(steps, key=lambda step: -steps[step])
        yield f"{kind}: the costliest step is: {ranked[0]}"
        yield from (f"  {steps[step]:6.1%}  {step}" for step in ranked)


def _shares(place: Place, people: int) -> dict[str, float]:
    hamraz = make_hamraz(Settings(**settings_of(place)))  # type: ignore[arg-type]  # as the environment says it
    client = make_app(hamraz).test_client()
    if place.kind == "sqlite":
        hamraz.database._writer._group = False  # each unit in its caller's thread: the profiler sees no other
    for person in range(WARM):
        _talk(client, person)
    profile = cProfile.Profile()
    profile.enable()
    for person in range(WARM, WARM + people):
        _talk(client, person)
    profile.disable()
    hamraz.counter.close()
    hamraz.database.close()
    stats: dict[Any, Any] = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # its stubs leave out what it keeps by (file, line, name)

    def spent(where: tuple[str, str]) -> float:
        file, name = where
        return sum(row[3] for key, row in stats.items() if key[0].endswith(file) and key[2] == name)

    whole = spent(WHOLE)
    named = {**STEPS, "commit": COMMITS[place.kind]}
    shares = {step: spent(where) / whole for step, where in named.items()}
    return {**shares, "all the rest": 1 - sum(shares.values())}


def _talk(client: FlaskClient, person: int) -> None:
    for step in range(len(SAID)):
        form, signature = signed(URL, TOKEN, ACCOUNT, person, step)
        headers = {"X-Twilio-Signature": signature}
        answer = client.post("/webhooks/sms", data=form, headers=headers, base_url=URL)
        if answer.status_code != 200 or HEARD[step] not in answer.text:
            raise ValueError(f"message {step} was answered wrongly")
