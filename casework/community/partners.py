"""Organisations that help: rows of the directory, and those that the team adds. Told as what they are, never as ours.

A row of the directory brings its name, number and date, and is said with the same care as anywhere else; `seed/partners.toml`
names the first ones. What the team adds is a paper, and so is what it changes of the first ones.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from casework.cases.room import CaseRoom
from casework.community.editing import begin
from casework.community.posts import ENGLISH, EVERYWHERE
from casework.community.refusals import NoSuchPartner, PartnerFaulty
from casework.directory import telling
from casework.directory.choosing import Target
from casework.directory.stock import Stock
from casework.staff.office import short
from flows.prompt import Lines, Named, Phrase, Value
from storage import audit, papers
from storage.database import Unit
from storage.vault.keyring import Keyring

PAPER = "partner"  # its kind
AT_ONCE = 3  # in one message
LONGEST = {"name": 80, "does": 120, "contact": 80}  # characters
_SEED = Path(__file__).parents[1] / "seed" / "partners.toml"


@dataclass(frozen=True, slots=True)
class Partner:
    """One of them."""

    id: str  # of its row, or hex of its paper; "" where it is new
    row: str = ""  # id in the directory, whose words and number then hold; "" where it has its own
    names: Mapping[str, str] = field(default_factory=dict)  # by language
    does: Mapping[str, str] = field(default_factory=dict)  # what it does, by language
    district: str = EVERYWHERE
    contact: str = ""  # for everybody to see: a number, an address in the web
    shown: bool = True


def every(unit: Unit, keyring: Keyring) -> list[Partner]:
    """All of them, those that are not told among them. Raises Tampered."""
    own = [Partner(**{"id": paper.id.hex(), **paper.body}) for paper in papers.every(unit, keyring, PAPER)]
    changed = {one.id for one in own}
    return [*(one for one in shipped() if one.id not in changed), *own]


def told_in(partners: Sequence[Partner], district: str, stock: Stock) -> list[Partner]:
    """Those to tell whoever asks about a district, its own first; EVERYWHERE means all."""
    there = [one for one in partners if one.shown and (not one.row or one.row in stock.by_id)]
    places = {one.id: where(one, stock) for one in there}
    near = [one for one in there if district in (EVERYWHERE, places[one.id]) or not places[one.id]]
    return sorted(near, key=lambda one: (places[one.id] != district, one.id))


def where(one: Partner, stock: Stock) -> str:
    """Its district; EVERYWHERE where it serves more than one."""
    district = stock.by_id[one.row].district if one.row in stock.by_id else one.district
    return district if district in stock.district else EVERYWHERE


def lines_of(partners: Sequence[Partner], stock: Stock, helpline: str) -> Lines:
    """Them as they are said."""
    return Lines(tuple(_line(one, stock, helpline) for one in partners))


def save(room: CaseRoom, by: bytes, partner: Partner, now: datetime) -> Partner:
    """Keep one, or add it. Raises NoSuchPartner, PartnerFaulty, NotHers."""
    if not partner.row and not (partner.names.get(ENGLISH) and partner.contact):
        raise PartnerFaulty

    def work(unit: Unit) -> Partner:
        begin(unit, room, by, PAPER)
        kept = _kept(unit, room, partner, now)
        audit.append(unit, room.keyring, "organisation kept", now, f"{kept.id[:8]} by {short(by)}")
        return kept

    return room.work(work)


def listed(room: CaseRoom) -> list[Partner]:
    """All of them, those that are not told among them."""
    return room.read(lambda unit: every(unit, room.keyring))


def one(room: CaseRoom, partner_id: str) -> Partner:
    """Raises NoSuchPartner."""
    found = next((each for each in listed(room) if each.id == partner_id), None)
    if found is None:
        raise NoSuchPartner
    return found


@cache
def shipped() -> tuple[Partner, ...]:
    """Those that come with this version."""
    listed = tomllib.loads(_SEED.read_text(encoding="utf-8"))["rows"]
    return tuple(Partner(id=row, row=row) for row in listed)


def _kept(unit: Unit, room: CaseRoom, partner: Partner, now: datetime) -> Partner:
    there = every(unit, room.keyring)
    present = next((each for each in there if each.id == partner.id), None)
    if partner.id and present is None:
        raise NoSuchPartner
    if present is not None and replace(partner, row=present.row) == present:
        return present
    if present is None:
        same = next((each for each in there if replace(each, id="") == partner), None)
        if same is not None:  # the same form, sent twice
            return same
        return replace(partner, id=papers.add(unit, room.keyring, PAPER, _body(partner), now).id.hex())
    changed = replace(partner, row=present.row)
    for paper in papers.every(unit, room.keyring, PAPER):
        if present.id in (paper.id.hex(), paper.body.get("id")):
            paper.body = _body(changed)
            papers.save(unit, room.keyring, paper)
            return changed
    papers.add(unit, room.keyring, PAPER, _body(changed), now)
    return changed


def _body(one: Partner) -> dict[str, Any]:
    body = asdict(one)
    return body if one.row and one.id == one.row else {name: value for name, value in body.items() if name != "id"}


def _line(one: Partner, stock: Stock, helpline: str) -> Phrase:
    if one.row:
        return telling.line(stock.by_id[one.row], Target(), stock, helpline)
    values: dict[str, Value] = {"name": Named(one.names), "contact": one.contact}
    if one.does.get(ENGLISH):
        return Phrase("news.partner.line", {**values, "does": Named(one.does)})
    return Phrase("news.partner.short", values)
