"""What somebody may be sent now: what she asked for, in her hours, one post a day and two a week at most. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from casework.community.posts import Post
from casework.named_hours import HOURS
from storage.subscriptions import Sent, Subscription

MOST_A_WEEK = 2
WEEK, DAY = timedelta(days=7), timedelta(days=1)


def wanting(one: Subscription, on: Iterable[Post]) -> list[Post]:
    """What she has not been sent, what ends first before the rest; nothing that was told before she asked."""
    return [
        post for post in on if post.id not in one.sent and post.published >= one.since and post.is_for(one.districts)
    ]


def may_go(one: Subscription, now: datetime) -> bool:
    """Whether her week has room for one more, and her day."""
    return has_room((sent.at for sent in one.sent.values()), now)


def has_room(moments: Iterable[int], now: datetime) -> bool:
    """The same of whatever she was sent unasked at these moments, seconds since 1970."""
    ages = [now.timestamp() - at for at in moments]
    lately = sum(age < WEEK.total_seconds() for age in ages)
    return lately < MOST_A_WEEK and all(age >= DAY.total_seconds() for age in ages)


def until(one: Subscription, now: datetime, zone: str) -> datetime | None:
    """When the hours in which she may be written to end; None outside them."""
    here = now.astimezone(ZoneInfo(zone))
    first, last = HOURS.get(one.hours, HOURS[""])
    midnight = datetime.combine(here.date(), time(), here.tzinfo)
    return midnight + timedelta(hours=last) if first <= here.hour < last else None


def note(one: Subscription, post: Post, item: bytes, on: Sequence[Post], now: datetime) -> None:
    """She is sent it. What lies a week back, and is on no more, need not be remembered."""
    alive, lately = {each.id for each in on}, now.timestamp() - WEEK.total_seconds()
    one.sent = {name: sent for name, sent in one.sent.items() if name in alive or sent.at > lately}
    one.sent[post.id] = Sent(int(now.timestamp()), item.hex())
