"""What a reporter sees of what is on: the districts to choose from, posts one by one, organisations a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from casework import resources
from casework.cases.room import CaseRoom
from casework.community import partners, posts, wording
from casework.community.posts import PostShelf
from casework.directory.stock import Stock
from flows.desk import Slots, Told
from flows.prompt import Phrase, Value
from storage.database import Unit

SOURCE = "news_districts"
TOLD = frozenset({"posts", "post", "partners", "partner"})


def heard(text: str, cell: str, stock: Stock, slots: Slots) -> Told | None:
    """Which district her own words or her pin mean; None when they mean none, or several."""
    found = resources.heard("districts", text, cell, stock, slots)
    place = found.slots.get("place") if found is not None else None
    district = resources.target_of(stock, {"place": place}).district if place else ""
    return Told("there", slots={"place": district, "post": [], "partner": []}) if district else None


def district_of(stock: Stock, slots: Slots) -> str:
    """The district that she asks about; "" for all of them."""
    return resources.target_of(stock, slots).district


@dataclass(frozen=True, slots=True)
class Board:
    """What is on, for one process."""

    room: CaseRoom = field(repr=False)
    shelf: PostShelf = field(default_factory=PostShelf, repr=False)

    def tell(self, unit: Unit, about: str, stock: Stock, slots: Slots, now: datetime) -> Told:
        """Outcomes of posts and partners: ok · none; of one post and of a few organisations: ok (more follow) · last."""
        district = district_of(stock, slots)
        if about in ("posts", "post"):
            on = posts.told_in(self.shelf.posts(unit, self.room.keyring), (district,), now, self.room.hours.zone)
            if about == "posts":
                return Told("ok" if on else "none")
            at = _at([post.id for post in on], slots.get("post"))
            said: Value = wording.lines_of(on[at], self.room.phrasebook) if on else Phrase("news.nothing.ask")
            return _leaf("post", said, [post.id for post in on], at)
        there = partners.told_in(partners.every(unit, self.room.keyring), district, stock)
        if about == "partners":
            return Told("ok" if there else "none")
        pages = [there[start : start + partners.AT_ONCE] for start in range(0, len(there), partners.AT_ONCE)]
        names = [page[0].id for page in pages]
        at = _at(names, slots.get("partner"))
        helpline = str(resources.emergency(stock)["helpline"])
        said = partners.lines_of(pages[at], stock, helpline) if pages else Phrase("news.nothing.ask")
        return _leaf("partner", said, names, at)


def _leaf(name: str, said: Value, ids: Sequence[str], at: int) -> Told:
    following = ids[at + 1] if at + 1 < len(ids) else ""
    leaf = ids[at] if ids else "none"
    return Told("ok" if following else "last", {name: said}, {"leaf": leaf, "next": following})


def _at(ids: Sequence[str], path: object) -> int:
    """Where she stands in the list: at what she was told last, if that is still there."""
    latest = str(path[-1]) if isinstance(path, list) and path else ""
    return ids.index(latest) if latest in ids else 0
