"""The gate: tries at a name are counted so that guessing is slow and a stranger locks nobody out.

A browser that has logged in before as this person carries a mark and has a budget of its own, which no stranger can
use up. Any other shares its network's, and what all strangers together may try at one name. A mark opens nothing.
"""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from datetime import datetime

from casework.staff.office import Office, short
from casework.staff.refusals import Wait
from storage import audit
from storage.database import Unit
from storage.staff import attempts
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.sealing import mac

# In 15 minutes. A one-time code is guessed with 3 in a million: 75 tries are one in 4,400, and the password still stands.
A_BROWSER, A_NETWORK_AND_NAME, A_NETWORK, A_NAME = 20, 10, 60, 75
A_LINK_AND_NETWORK, A_LINK = 300, 1_200  # clicks: somebody tries it slowly, or a committee together

_ID = 16


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands before the gate."""

    network: str = field(repr=False)  # the network of its address
    mark: str = field(default="", repr=False)  # as its browser brings it


def new_mark(keyring: Keyring, member_id: bytes) -> str:
    """The mark of a browser in which she has just logged in."""
    browser = new_id()
    return base64.urlsafe_b64encode(browser + _proof(keyring, keyring.current, member_id, browser)).decode()


def known(keyring: Keyring, mark: str, member_id: bytes) -> bytes | None:
    """The browser that brings a mark, if she has logged in with it."""
    try:
        given = base64.urlsafe_b64decode(mark.encode("ascii", "replace"))
    except ValueError:
        return None
    browser, proof = given[:_ID], given[_ID:]
    proofs = (_proof(keyring, key_id, member_id, browser) for key_id in keyring.ids)
    return browser if any(hmac.compare_digest(proof, one) for one in proofs) else None


def enter(office: Office, name: str, member_id: bytes | None, visitor: Visitor, now: datetime) -> None:
    """Count a try at a name before anything of it is looked at. Raises Wait.

    member_id  whose name it is; None for nobody's, which is treated the same
    """
    keyring = office.keyring
    browser = known(keyring, visitor.mark, member_id) if visitor.mark and member_id else None
    if browser is not None:
        limits = {attempts.tag(keyring, "browser", browser): A_BROWSER}
    else:
        # An id where there is one: one person has one budget, however her name is typed.
        who, network = member_id or name.casefold().encode(), visitor.network.encode()
        limits = {
            attempts.tag(keyring, "network and name", network, who): A_NETWORK_AND_NAME,
            attempts.tag(keyring, "network", network): A_NETWORK,
            attempts.tag(keyring, "name", who): A_NAME,
        }
    _count(office, limits, member_id, now)


def enter_again(office: Office, what: str, member_id: bytes, now: datetime) -> None:
    """Count a try of somebody who is logged in, at her own password. Raises Wait."""
    _count(office, {attempts.tag(office.keyring, what, member_id): A_BROWSER}, member_id, now)


def try_out(office: Office, link: bytes | None, network: str, now: datetime) -> None:
    """Count a click of somebody without a login, who has a link to try a draft. Raises Wait.

    link  its id; None for one that is over or never was
    """
    keyring, near = office.keyring, network.encode()
    if link is None:
        limits = {attempts.tag(keyring, "no link", near): A_NETWORK}
    else:
        limits = {
            attempts.tag(keyring, "link", link, near): A_LINK_AND_NETWORK,
            attempts.tag(keyring, "link", link): A_LINK,
        }
    _count(office, limits, None, now)


def _count(office: Office, limits: dict[bytes, int], member_id: bytes | None, now: datetime) -> None:
    window = attempts.window_of(now)
    # A flood that is over its budget costs one read, and no commit.
    so_far = office.read(lambda unit: attempts.counts(unit, list(limits), window))
    if any(count >= most for count, most in zip(so_far, limits.values(), strict=True)):
        raise _wait(now)

    def count(unit: Unit) -> bool:
        counted = [(attempts.count(unit, tag, window), most) for tag, most in limits.items()]
        if member_id is not None and any(found == most for found, most in counted):
            audit.append(unit, office.keyring, "tries used up", now, short(member_id))
        return all(found <= most for found, most in counted)

    if not office.work(count):
        raise _wait(now)


def _wait(now: datetime) -> Wait:
    left = attempts.WINDOW - int(now.timestamp()) % attempts.WINDOW
    return Wait(minutes=-(-left // 60))


def _proof(keyring: Keyring, key_id: str, member_id: bytes, browser: bytes) -> bytes:
    return mac(keyring.key(Purpose.STAFF, key_id), b"browser", member_id, browser)[:16]
