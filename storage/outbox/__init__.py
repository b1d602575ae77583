"""The outbox: what waits for a provider, and which copies it holds, sealed under the key of its day.

items       what waits to be sent, fetched or wiped
ages        how long each channel's waits
enclosures  files that go out with an item
paces       how fast each channel may go
copies      the names by which a provider knows what it holds
days        the keys of days
hours       what is to go later in the day
"""

from datetime import datetime

from storage.database import Unit
from storage.outbox.ages import ages
from storage.outbox.copies import (
    LEFT_LATELY,
    about,
    adopt_copies,
    expire_copies,
    keep_copy,
    left_lately,
    state_of,
    take_copies,
    why_of,
)
from storage.outbox.days import KEYS_LIVE, day_key, day_key_of
from storage.outbox.days import expire as expire_days
from storage.outbox.enclosures import (
    LINK_LIVES,
    Enclosed,
    adopt_files,
    drop_file,
    enclose,
    enclosed,
    expire_files,
    fetched,
    link_to,
)
from storage.outbox.hours import hasten
from storage.outbox.items import (
    KINDS,
    LEASE,
    STOPPED_FOR,
    WAITS,
    Leased,
    adopt_items,
    dead,
    done,
    drop,
    expire_items,
    lease,
    lease_behind,
    put,
    renew,
    resume,
    retry_at,
    rewrite,
    stop,
    stopped,
    take_back,
)
from storage.outbox.paces import AHEAD, pause, reserve
from storage.vault.keyring import Keyring
from storage.vault.senders import Sender

__all__ = [
    "AHEAD",
    "KEYS_LIVE",
    "KINDS",
    "LEASE",
    "LEFT_LATELY",
    "LINK_LIVES",
    "STOPPED_FOR",
    "WAITS",
    "Enclosed",
    "Leased",
    "about",
    "adopt",
    "ages",
    "day_key",
    "day_key_of",
    "dead",
    "done",
    "drop",
    "drop_file",
    "enclose",
    "enclosed",
    "expire",
    "fetched",
    "hasten",
    "keep_copy",
    "lease",
    "lease_behind",
    "left_lately",
    "link_to",
    "pause",
    "put",
    "renew",
    "reserve",
    "resume",
    "retry_at",
    "rewrite",
    "state_of",
    "stop",
    "stopped",
    "take_back",
    "take_copies",
    "why_of",
]


def adopt(unit: Unit, keyring: Keyring, sender: Sender, now: datetime) -> None:
    """After a rotation: everything of her conversation under earlier tags comes under the current one."""
    for older in sender.older:
        adopt_items(unit, keyring, older.outbox_tag, sender.outbox_tag, now)
        adopt_files(unit, keyring, older.outbox_tag, sender.outbox_tag, now)
        adopt_copies(unit, keyring, older.outbox_tag, sender.outbox_tag, now)


def expire(unit: Unit, now: datetime) -> None:
    """Rows past their day leave, and keys of days past are destroyed with all they could open."""
    expire_items(unit, now)
    expire_files(unit, now)
    expire_copies(unit, now)
    expire_days(unit, now)
