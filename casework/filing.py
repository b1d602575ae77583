"""Filing: from the answers of a talk to a sealed report, and what she agreed to hang on it.

Four consents, each its own: keep, count, publish, contact. Without "keep" nothing is filed;
without "count" she is in no statistic; without "contact" no way back to her is kept at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from casework import answers
from casework.institutions import told as institutions
from casework.taxonomy import kind_of
from casework.triage import level_of
from flows.desk import Slots
from storage import counting, reports, ways_back, wishes
from storage.database import Unit
from storage.shredding import day_of
from storage.vault.keyring import Keyring
from storage.vault.receipts import ReceiptCode, ReceiptKeys
from storage.vault.senders import Sender

LINK_LIVES = 90  # days; numbers are given to other people
CONTACT_LIVES = {"week": 7, "month": 30, "quarter": 90}
_NOT_KEPT = ("keep", "count", "publish", "contact", "counts", "danger", *institutions.SLOTS)


@dataclass(frozen=True, slots=True)
class Teller:
    """Who is telling, by which way. No name is ever needed."""

    sender: Sender = field(repr=False)
    channel: str
    address: str = field(repr=False)
    language: str
    media: Callable[[bytes], bytes] = field(repr=False)  # id of a draft's file → its bytes


def file_report(
    unit: Unit, keyring: Keyring, slots: Slots, teller: Teller, receipt: tuple[ReceiptCode, ReceiptKeys], now: datetime
) -> reports.Report:
    """Keep a report. The caller has seen the consent to keep it."""
    danger = str(slots.get("danger", "none"))
    level = level_of(slots, danger, now)
    private = answers.chosen(slots, "path") == "record"
    institution = institutions.told(unit, slots)
    meta = {
        "status": "private" if private else "new",
        "kind": kind_of(slots),
        "language": teller.language,
        "channel": teller.channel,
        "district": _district(slots),
        "institution": institution.id,
        "priority": str(level),
        "answers": 0,
        "filed": now.isoformat(),
    }
    body = {
        "answers": {name: value for name, value in slots.items() if name not in _NOT_KEPT} | institution.answer,
        "consents": consents(slots),
        "danger": danger,
        "channel": teller.channel,
        "language": teller.language,
        "filed": now.isoformat(),
    }
    report, pair = reports.begin(unit, keyring, receipt[1], body, meta, now)
    keep_files(unit, report, slots, teller, 0)
    if not private:
        allow(unit, keyring, report, slots, teller, now)
    reports.file(unit, keyring, report, pair, now)
    return report


def keep_files(unit: Unit, report: reports.Report, said: Slots, teller: Teller, first: int) -> dict[str, bytes]:
    """Seal every file in what she said to the report, in order from `first`; return them by their ids."""
    files = {item["id"]: teller.media(bytes.fromhex(item["id"])) for item in answers.media(said)}
    for seq, (media_id, content) in enumerate(files.items(), first):
        reports.add_media(unit, report, bytes.fromhex(media_id), content, seq)
    return files


def allow(unit: Unit, keyring: Keyring, report: reports.Report, slots: Slots, teller: Teller, now: datetime) -> None:
    """Hang on a report what she said yes to: a way back to her, a count. The caller files or saves it."""
    if answers.given(slots, "contact"):
        ways_back.add_link(unit, teller.sender, report, day_of(now) + LINK_LIVES)
        lives = CONTACT_LIVES.get(answers.chosen(slots, "contact_until"), CONTACT_LIVES["month"])
        route = {
            "channel": teller.channel,
            "address": teller.address,
            "language": teller.language,
            "owner": teller.sender.outbox_tag.hex(),
            "session": teller.sender.index.hex(),
            "hours": slots.get("contact_hours"),
            "word": " ".join(answers.words(slots, "contact_word")),
        }
        ways_back.add_contact(unit, keyring, report, route, day_of(now) + lives)
    if answers.given(slots, "count"):
        counting.add_pending(unit, keyring, report, fact(slots, teller, now), now, _wish(unit, slots, teller, now))


def consents(slots: Slots) -> dict[str, Any]:
    """Each consent as it was given, with the version of its words. Nothing is published of a child's report."""
    found = {name: slots[name] for name in ("keep", "count", "publish", "contact") if name in slots}
    if answers.chosen(slots, "under18") == "yes":
        found["publish"] = {"given": False, "version": 0}
    return found


def fact(slots: Slots, teller: Teller, now: datetime) -> dict[str, Any]:
    """What may be counted: coarse, and only the slots that the flow allows to be."""
    counted = slots.get("counts")
    allowed = frozenset(counted) if isinstance(counted, (list, tuple)) else frozenset()
    only = {name: value for name, value in slots.items() if name in allowed or name == "under18"}
    day = answers.latest(only, "when") or now.date()
    week = day - timedelta(days=day.weekday())  # a week is fine enough to count by
    return {
        "day": (week - date(1970, 1, 1)).days,
        "month": week.year * 12 + week.month - 1,
        "district": _district(only),
        "area": "",
        "kind": kind_of(only),
        "place": answers.chosen(only, "where"),
        "relation": answers.chosen(only, "relation"),
        "path": answers.chosen(only, "path"),
        "language": teller.language,
        "day_part": "",
        "response": "",
        "told": "",
        "wants": "",
        "institution": "",
        "child": int(answers.chosen(only, "under18") == "yes"),
        "mark": teller.sender.mark("facts", wishes.label_of(wishes.quarter_of(now.date()))).hex(),
    }


def _wish(unit: Unit, slots: Slots, teller: Teller, now: datetime) -> dict[str, Any] | None:
    """The institution that she named and the list lacks: wished for by one more person, once a quarter."""
    institution = institutions.told(unit, slots)
    if not institution.is_wanting:
        return None
    quarter = wishes.quarter_of(now.date())
    mark = teller.sender.mark("wishes", wishes.label_of(quarter)).hex()
    return {"name": institution.name, "city": institution.city, "quarter": quarter, "mark": mark}


def _district(slots: Mapping[str, object]) -> str:
    return answers.chosen(slots, "area")
