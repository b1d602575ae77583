"""Did that number answer? Asked once, about a day later, where she agreed; one question at a time.

What is to be asked lies in her pocket, and one item of the outbox brings it: a greeting that says nothing of what it is
about. Only when she says yes to that is she shown the numbers again. Whatever else she writes instead lets go of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from casework import named_hours
from casework.answers import chosen
from casework.directory import feedback
from casework.directory.stock import Stock
from casework.filing import Teller
from casework.places.gazetteer import read_country
from casework.pocket import safe_hours
from casework.pocket.saving import shown, without
from flows.desk import ASK_NO, ASK_YES, Slots, Told
from flows.prompt import Choice, Named
from locales.phrasebook import Phrasebook
from storage import outbox, subscriptions
from storage.database import Unit
from storage.directory import Resource
from storage.sessions import pockets
from storage.vault.keyring import Keyring
from storage.vault.randomness import new_item_id
from storage.vault.senders import Sender

QUESTION = "question"  # in the pocket: {"rows", "item", "until", "sent", "language"}
STANDS = timedelta(hours=48)  # from when she agreed; after that nobody remembers
NONE = "none"  # she called none of them


def moment(unit: Unit, keyring: Keyring, teller: Teller, now: datetime) -> datetime | None:
    """When she could be asked; None where one question stands already, or no hour is sure to suit her."""
    if _standing(pockets.look(unit, keyring, teller.sender, now), now):
        return None
    return safe_hours.moment(now, _hours(unit, keyring, teller.sender, now), read_country().zone)


def put(
    unit: Unit, keyring: Keyring, phrasebook: Phrasebook, stock: Stock, slots: Slots, teller: Teller, now: datetime
) -> Told:
    """She agreed: let it wait for tomorrow. "no" where it cannot be asked after all."""
    when = moment(unit, keyring, teller, now)
    rows = [row for row in shown(slots) if row in stock.by_id and stock.by_id[row].phones]
    item, words = new_item_id(now), {name: phrasebook.say(f"say.{name}", teller.language) for name in ("yes", "no")}
    text = [phrasebook.say("answered.may.ask", teller.language, channel=teller.channel)]
    buttons = [[[words["yes"], f"0:{ASK_YES}"], [words["no"], f"0:{ASK_NO}"]]] if teller.channel == "telegram" else []
    if not buttons:
        text += [f"{number} {word}" for number, word in enumerate(words.values(), 1)]
    payload = {"text": "\n".join(text), "buttons": buttons}
    owner, address = teller.sender.outbox_tag, teller.address
    if when is None or not rows or not outbox.put(
        unit, keyring, owner, "ask", teller.channel, address, payload, now, unasked=True, item_id=item, due=when
    ):  # fmt: skip
        return Told("no", slots={"can": without(slots, "ask")})
    pocket = pockets.look(unit, keyring, teller.sender, now)
    until = int((now + STANDS).timestamp())
    asked = {"rows": rows, "item": item.hex(), "until": until, "sent": 0, "language": teller.language}
    pockets.put(unit, keyring, teller.sender, {**pocket, QUESTION: asked}, now)
    return Told("ok", slots={"can": without(slots, "ask")})


def sending(unit: Unit, keyring: Keyring, sender: Sender, item: bytes, now: datetime) -> bool:
    """Whether the item may go out now: the question still stands. From here on her next word may be its answer."""
    pocket = pockets.look(unit, keyring, sender, now)
    known = _standing(pocket, now)
    if not known or known["item"] != item.hex():
        return False
    if not known["sent"]:
        pockets.put(unit, keyring, sender, {**pocket, QUESTION: {**known, "sent": int(now.timestamp())}}, now)
    return True


def open_to(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> dict[str, Any] | None:
    """The question that was put to her and that she has not answered: {"rows", "language"}."""
    known = _standing(pockets.look(unit, keyring, sender, now), now)
    if not known or not known["sent"]:
        return None
    return {"rows": known["rows"], "language": known["language"]}


def choices(stock: Stock, slots: Slots) -> tuple[Choice, ...]:
    """The numbers she may have called."""
    named = [Choice(f"r{number}", Named(row.names)) for number, row in _rows(stock, slots)]
    return (*named, Choice(NONE, "answered.row.none"))


def told(stock: Stock, slots: Slots) -> Told:
    """How many there are to ask about: "one", "some", or "none" where they are not told any more."""
    found = list(_rows(stock, slots))
    if len(found) == 1:
        return Told("one", slots={"row": f"r{found[0][0]}"})
    return Told("some" if found else "none")


def count(unit: Unit, keyring: Keyring, stock: Stock, slots: Slots, teller: Teller, now: datetime) -> Told:
    """Count what she says, and let the question go: "ok", or "known" where she has been counted for it before."""
    let_go(unit, keyring, teller.sender, now)
    row = {f"r{number}": row for number, row in _rows(stock, slots)}.get(chosen(slots, "row"))
    said = chosen(slots, "how")
    if row is None or not row.phones:
        return Told("none")
    return Told("ok" if feedback.count(unit, teller.sender, row, said, now) else "known")


def let_go(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> Told:
    """It is answered, or not wanted."""
    pocket = pockets.look(unit, keyring, sender, now)
    known = pocket.get(QUESTION)
    if known:
        outbox.take_back(unit, bytes.fromhex(known["item"]), now)
        pockets.put(unit, keyring, sender, {**pocket, QUESTION: None}, now)
    return Told("ok")


def _standing(pocket: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The question in it; None where there is none, or its time is over."""
    known: dict[str, Any] | None = pocket.get(QUESTION)
    return known if known and now.timestamp() <= known["until"] else None


def _rows(stock: Stock, slots: Slots) -> Iterator[tuple[int, Resource]]:
    """Rows of the question that are still told, each by its place in it."""
    asked = slots.get("rows")
    for number, row_id in enumerate(asked if isinstance(asked, list) else ()):
        if row := stock.by_id.get(str(row_id)):
            yield number, row


def _hours(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> Iterator[object]:
    """The hours in which she allowed us to write: for news, and with any report that her number leads to."""
    news = subscriptions.of(unit, keyring, sender, now)
    if news is not None:
        yield news.hours
    yield from named_hours.with_reports(unit, keyring, sender, now)
