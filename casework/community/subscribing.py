"""Who wants to be told what is on: with a clear yes of her own, until she says one word, leaves, or 90 days are over."""

from __future__ import annotations

from datetime import datetime

from casework import answers, named_hours
from casework.cases.delivery import reason_in
from casework.community.posts import EVERYWHERE
from casework.filing import Teller
from casework.named_hours import HOURS
from flows.desk import Slots, Told
from storage import subscriptions
from storage.database import Unit
from storage.shredding import day_of
from storage.subscriptions import LIVES, Subscription
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender

ABOUT = "news:"  # how an outbox item says that it is one of these, and whose
MOST_DISTRICTS = 5
_ENDS = frozenset({"opted out", "blocked", "bad number"})  # why a provider did not deliver


def subscribe(unit: Unit, keyring: Keyring, teller: Teller, district: str, slots: Slots, now: datetime) -> Told:
    """She wants to be told of a district, or of all. Outcomes: ok · refused (there is no clear yes)."""
    if not answers.given(slots, "news"):
        return Told("refused")
    sender, moment = teller.sender, int(now.timestamp())
    known = subscriptions.of(unit, keyring, sender, now)
    wanted = (*(known.districts if known else ()), district)
    fresh = Subscription(
        tag=sender.news_tag,
        until_day=day_of(now) + LIVES,
        channel=teller.channel,
        address=teller.address,
        owner=sender.outbox_tag.hex(),
        session=sender.index.hex(),
        language=teller.language,
        since=moment if known is None else known.since,
        hours=answers.chosen(slots, "hours") or (known.hours if known else _named(unit, keyring, sender, now)),
        districts=(EVERYWHERE,) if EVERYWHERE in wanted else tuple(dict.fromkeys(wanted))[-MOST_DISTRICTS:],
        sent=known.sent if known else {},
    )
    subscriptions.put(unit, keyring, sender, fresh, now)
    return Told("ok")


def unsubscribe(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> Told:
    """She wants nothing more. Outcomes: ok · none (there was nothing)."""
    return Told("ok" if subscriptions.drop(unit, keyring, sender, now) else "none")


def told(unit: Unit, about: str, state: str, why: str) -> None:
    """What became of a post that was sent to somebody: where she wants nothing, or the number is nobody's, hers goes."""
    if state == "failed" and reason_in(why) in _ENDS:
        subscriptions.let_go(unit, bytes.fromhex(about.removeprefix(ABOUT)))


def _named(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> str:
    """The hours that she named with a report, where she leaves them out here; "" for those of the day."""
    named = named_hours.with_reports(unit, keyring, sender, now)
    return next((one for one in named if isinstance(one, str) and one in HOURS), "")
