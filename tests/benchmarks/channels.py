"""Our turn by each channel: the same talk, typed, by SMS, WhatsApp and Telegram, each in the same server.

By SMS the answer rides in the webhook's own. Elsewhere what has buttons goes into the outbox and leaves through a call to
the provider, and a message counts as answered once the provider has the words that were expected. On each connection several
people talk in turn: whoever answers in the millisecond in which the provider took our words finds her last item still in
hand, and waits for it.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from handlers.whatsapp import TEMPLATES
from tests.benchmarks import kept
from tests.benchmarks.bars import Found
from tests.benchmarks.contestants import Contestant, free_port, ours_on, serving
from tests.benchmarks.providers import BOT, SECRET
from tests.benchmarks.turns import Round, Wrong, durable_postgres, race
from tests.databases import KINDS, Place, sqlite_place

BESIDE = 5  # people a connection
CHANNELS = ("sms", "whatsapp", "telegram")


def measure(folder: Path, rounds: int, people: int) -> tuple[dict[str, Found], dict[str, Any]]:
    """`people` of each channel and database a round."""
    provider, running = free_port(), []
    with ExitStack() as stack:
        places = [stack.enter_context(sqlite_place(folder))]
        places.append(stack.enter_context(stack.enter_context(durable_postgres()).place(folder)))
        for place in places:
            one = stack.enter_context(serving(_with_all(place, provider)))
            for channel in CHANNELS:
                as_one = replace(one.contestant, name=f"{channel} {place.kind}", kind=channel)
                running.append(replace(one, contestant=as_one))
        found = race(running, rounds, people, {"provider": provider, "secret": SECRET, "beside": BESIDE})
        must = people * (rounds + 1) * len(CHANNELS)
        for place in places:
            if (there := kept.sessions(place)) != must:
                raise Wrong(f"{place.kind} keeps {there} talks where {must} must be")
    raw = {"people_a_round": people, "rounds": found}
    return {f"{channel}_over_sms": _over(found, channel) for channel in CHANNELS[1:]}, raw


def _with_all(place: Place, provider: int) -> Contestant:
    """Hamraz with every channel on, whose providers are at this port."""
    ours, url = ours_on(place.kind, place), f"http://127.0.0.1:{provider}"
    more = {
        "HAMRAZ_TWILIO_API_URL": url,
        "HAMRAZ_TELEGRAM_API_URL": url,
        "HAMRAZ_WHATSAPP_FROM": "+15005550006",
        "HAMRAZ_WHATSAPP_TEMPLATES": ",".join(f"{name}=HX{'0' * 32}" for name in sorted(TEMPLATES)),
        "TELEGRAM_BOT_TOKEN": BOT,
        "TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
    target = "tests.benchmarks.contenders.unpaced:create_app"
    return replace(ours, target=target, environment={**ours.environment, **more})


def _over(rounds: list[Round], channel: str) -> Found:
    ratios = {
        kind: [each[f"{channel} {kind}"]["rps"] / each[f"sms {kind}"]["rps"] for each in rounds] for kind in KINDS
    }
    told = ", ".join(
        f"{kind} {median(those):.2f} ({min(those):.2f} to {max(those):.2f})" for kind, those in ratios.items()
    )
    return Found(median(ratios["sqlite"]), told)
