"""A round: whoever asked to be told is sent what is on, as far as her allowance goes.

What she was sent is written into her own row in the unit of work that puts it into the outbox: so a round that is killed
and run again sends nobody a post twice, as far as the outbox itself delivers once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from casework.cases.room import CaseRoom
from casework.community import posts, wording
from casework.community.allowance import may_go, note, until, wanting
from casework.community.posts import PAPER, Post
from casework.community.subscribing import ABOUT
from storage import outbox, papers, sessions, subscriptions
from storage.database import Unit
from storage.subscriptions import Subscription
from storage.vault.randomness import new_item_id

_BATCH = 50  # people a unit of work
_WHATSAPP = "whatsapp"
_MARGIN = timedelta(minutes=30)  # of WhatsApp's 24 hours: an item waits a moment before it goes


@dataclass(frozen=True, slots=True)
class Round:
    """What a round is made with."""

    room: CaseRoom = field(repr=False)
    open: frozenset[str]  # channels that are switched on
    templates: frozenset[str] = frozenset()  # names of those that WhatsApp has approved: "news_ur"

    def go(self, now: datetime) -> Sequence[str]:
        """Send what is due. May be killed at any point and run again, and by several at once."""
        due, standing = self.room.read(lambda unit: self._look(unit, now))
        for start in range(0, len(due), _BATCH):
            self.room.work(partial(self._send_to, tags=due[start : start + _BATCH], now=now))
        if standing:
            self.room.work(partial(_note, room=self.room, standing=standing))
        return ()

    def _look(self, unit: Unit, now: datetime) -> tuple[list[bytes], dict[str, Counter[str]]]:
        """Whom something is due, and of each post how many it cannot reach now."""
        on = self._on(unit, now)
        due: list[bytes] = []
        standing: dict[str, Counter[str]] = {post.id: Counter() for post in on}
        if not on:
            return due, standing
        for one in subscriptions.every(unit, self.room.keyring, now):
            wanted = wanting(one, on)
            if not wanted:
                continue
            stands = self._stands(unit, one, now)
            if stands == "due":
                due.append(one.tag)
            for post in wanted[1:] if stands == "due" else wanted:
                standing[post.id]["closed" if stands == "closed" else "waits"] += 1
        return due, standing

    def _send_to(self, unit: Unit, tags: Iterable[bytes], now: datetime) -> None:
        papers.hold(unit, PAPER)
        kept = {paper.id.hex(): paper for paper in papers.every(unit, self.room.keyring, PAPER)}
        on = self._on(unit, now)
        went: Counter[str] = Counter()
        for tag in tags:
            one = subscriptions.held(unit, self.room.keyring, tag, now)
            wanted = wanting(one, on) if one is not None else []
            if one is not None and wanted and self._stands(unit, one, now) == "due":
                went[wanted[0].id] += self._send(unit, one, wanted[0], on, now)
        for post_id in +went:
            paper = kept[post_id]
            paper.body["went"] += went[post_id]
            papers.save(unit, self.room.keyring, paper)

    def _send(self, unit: Unit, one: Subscription, post: Post, on: Sequence[Post], now: datetime) -> bool:
        book, item = self.room.phrasebook, new_item_id(now)
        payload = {"text": wording.message(post, one.language, book, one.channel), "about": f"{ABOUT}{one.tag.hex()}"}
        if not self._in_window(unit, one, now):
            payload |= {"template": _template(one), "text": book.say("news.again.say", one.language)}
        put = outbox.put(
            unit, self.room.keyring, bytes.fromhex(one.owner), "send", one.channel, one.address, payload, now,
            unasked=True, item_id=item, until=until(one, now, self._zone),
        )  # fmt: skip
        if not put:
            subscriptions.let_go(unit, one.tag)  # she wants nothing: it was said on another way
            return False
        note(one, post, item, on, now)
        subscriptions.save(unit, self.room.keyring, one)
        return True

    def _stands(self, unit: Unit, one: Subscription, now: datetime) -> str:
        """Whether she may be sent something now: due · waits · closed (WhatsApp lets nobody write to her)."""
        if one.channel not in self.open or not may_go(one, now) or until(one, now, self._zone) is None:
            return "waits"
        return "due" if _template(one) in self.templates or self._in_window(unit, one, now) else "closed"

    def _in_window(self, unit: Unit, one: Subscription, now: datetime) -> bool:
        """Whether her channel lets us write to her in our own words."""
        session = bytes.fromhex(one.session)
        return one.channel != _WHATSAPP or sessions.is_fresh(unit, self.room.keyring, session, now + _MARGIN)

    def _on(self, unit: Unit, now: datetime) -> list[Post]:
        return [post for post in posts.every(unit, self.room.keyring) if post.is_on(now, self._zone)]

    @property
    def _zone(self) -> str:
        return self.room.hours.zone


def _template(one: Subscription) -> str:
    """The approved template that tells her, in her language, that something is on: it holds no word of any post."""
    return f"news_{one.language}"


def _note(unit: Unit, room: CaseRoom, standing: Mapping[str, Counter[str]]) -> None:
    papers.hold(unit, PAPER)
    for paper in papers.every(unit, room.keyring, PAPER):
        found = standing.get(paper.id.hex())
        fresh = {"waits": found["waits"], "closed": found["closed"]} if found is not None else {}
        if any(paper.body[name] != value for name, value in fresh.items()):
            paper.body |= fresh
            papers.save(unit, room.keyring, paper)
