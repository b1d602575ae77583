"""Links to a try: whoever has one tries a draft as it was when the link was made, with no login, until it is over or taken back.

A link is the id of a paper and a proof made of the keyring: whoever steals the database cannot make one. The code beside it does
the same on a test number, as `PREVIEW 4821`; it is short, so it opens nothing but that, and few tries are allowed.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from casework.studio import drafts, shelf
from casework.studio.refusals import BadForm, FlowMeanwhile
from casework.studio.room import StudioRoom
from casework.trying.refusals import TooManyLinks
from flows.definition import from_source
from flows.editing.values import as_flow
from flows.errors import BrokenFlow, FlowError
from flows.shape import Flow
from storage import papers
from storage.database import Unit
from storage.papers import Paper
from storage.vault.errors import Tampered
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import random_digits
from storage.vault.sealing import mac

PAPER = "flow try"
HOURS = (48, 24, 168)  # how long one may last; the first is the usual
MOST = 20  # at a time, of all flows together
_ID, _PROOF = 16, 16


@dataclass(frozen=True, slots=True)
class Link:
    """One of them."""

    id: bytes
    flow: str
    source: str = field(repr=False)  # the draft as it was
    node: str
    language: str
    code: str = field(repr=False)
    by: bytes = field(repr=False)
    until: datetime
    token: str = field(repr=False)  # what its address ends with

    @property
    def edition(self) -> Flow:
        """The flow that it shows. Raises FlowError where this Hamraz reads it no more."""
        return from_source(self.source)


def make(
    room: StudioRoom, by: bytes, name: str, token: str, node: str, language: str, hours: int, now: datetime
) -> Link:
    """A link to the draft as it is now. Raises NoSuchFlow, FlowMeanwhile, BadForm, TooManyLinks, NotHers.

    token  which draft she saw
    """

    def work(unit: Unit) -> Link:
        draft = drafts.seen(unit, room, shelf.standing(unit, room), name)
        if draft.token != token:
            raise FlowMeanwhile
        expire(unit, room.keyring, now)
        there = _living(unit, room.keyring, now)
        if len(there) >= MOST:
            raise TooManyLinks(most=MOST)
        try:
            source = as_flow(draft.data).source
        except BrokenFlow as broken:
            raise BadForm(broken) from None
        taken = {one.code for one in there}
        code = next(code for _ in range(1_000) if (code := random_digits(4)) not in taken)
        until = int((now + timedelta(hours=hours if hours in HOURS else HOURS[0])).timestamp())
        body = {
            "flow": name, "source": source, "node": node, "language": language, "code": code, "by": by.hex(),
            "until": until,
        }  # fmt: skip
        link = _link(room.keyring, papers.add(unit, room.keyring, PAPER, body, now))
        room.log(unit, "try shared", name, by, now)
        return link

    return room.work(by, work)


def of(room: StudioRoom, name: str, now: datetime) -> list[Link]:
    """Those of one flow that are not over, the latest first."""
    there = room.read(lambda unit: _living(unit, room.keyring, now))
    return sorted((one for one in there if one.flow == name), key=lambda one: one.until, reverse=True)


def take_back(room: StudioRoom, by: bytes, link: str, now: datetime) -> bool:
    """End one at once; whether it was still there. Raises NotHers."""

    def work(unit: Unit) -> bool:
        found = next((one for one in _living(unit, room.keyring, now) if one.id.hex() == link), None)
        if found is None:
            return False
        papers.remove(unit, found.id)
        room.log(unit, "try taken back", found.flow, by, now)
        return True

    return room.work(by, work)


def opened(room: StudioRoom, token: str, now: datetime) -> Link | None:
    """The link of an address; None for what is over, taken back, or never was."""
    try:
        given = bytes.fromhex(token) if len(token) == 2 * (_ID + _PROOF) else b""
    except ValueError:
        return None
    link, proof = given[:_ID], given[_ID:]
    keyring = room.keyring
    if not given or not any(hmac.compare_digest(proof, _proof(keyring, one, link)) for one in keyring.ids):
        return None
    return next((one for one in room.read(lambda unit: _living(unit, keyring, now)) if one.id == link), None)


def by_code(unit: Unit, keyring: Keyring, code: str, now: datetime) -> Link | None:
    """The link beside which this code is shown."""
    return next((one for one in _living(unit, keyring, now) if one.code == code), None)


def by_id(unit: Unit, keyring: Keyring, link: bytes, now: datetime) -> Link | None:
    """A link that was opened before."""
    return next((one for one in _living(unit, keyring, now) if one.id == link), None)


def expire(unit: Unit, keyring: Keyring, now: datetime) -> None:
    """Let go of those that are over."""
    for paper in papers.every(unit, keyring, PAPER):
        if paper.body["until"] <= now.timestamp():
            papers.remove(unit, paper.id)


def usable(link: Link) -> Flow | None:
    """The flow that it shows, where this Hamraz can still read it."""
    try:
        return link.edition
    except FlowError:
        return None


def _living(unit: Unit, keyring: Keyring, now: datetime) -> list[Link]:
    try:
        found = papers.every(unit, keyring, PAPER)
    except Tampered:  # `hamraz doctor` names it; meanwhile nobody tries anything by a link
        return []
    return [_link(keyring, one) for one in found if now.timestamp() < one.body["until"]]


def _link(keyring: Keyring, paper: Paper) -> Link:
    body = paper.body
    return Link(
        paper.id,
        body["flow"],
        body["source"],
        body["node"],
        body["language"],
        body["code"],
        bytes.fromhex(body["by"]),
        datetime.fromtimestamp(body["until"], UTC),
        (paper.id + _proof(keyring, keyring.current, paper.id)).hex(),
    )


def _proof(keyring: Keyring, key_id: str, link: bytes) -> bytes:
    return mac(keyring.key(Purpose.STAFF, key_id), b"link to a try", link)[:_PROOF]
