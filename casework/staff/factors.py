"""The second factor: checked before the password, because it costs nothing and a flood does not have it.

So a flood of guesses never reaches the slow derivation, and whoever has the code still needs the password.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.staff import one_time, passkeys, tickets
from casework.staff.office import Office
from casework.staff.refusals import Stale, WrongFactor
from storage.database import Unit
from storage.staff import attempts
from storage.staff.people import Member
from storage.vault.randomness import new_key

ISSUER = "Hamraz"
_MAKE, _SHOW = "make a factor", "show a factor"


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody shows: a typed code, or a passkey's answer to a ticket's challenge."""

    code: str = field(default="", repr=False)
    answer: str = field(default="", repr=False)
    ticket: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ToMake:
    """What a page offers to set up."""

    ticket: str = field(repr=False)
    secret: str = field(repr=False)  # 32 letters
    uri: str = field(repr=False)  # for the picture
    passkey: str = field(repr=False)  # JSON for the browser; "" where there are no passkeys


@dataclass(frozen=True, slots=True)
class ToShow:
    """What a login page asks for."""

    ticket: str = field(repr=False)
    passkey: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Used:
    """What fitted, and how it is to be kept from now on."""

    step: int | None = None
    passkey: dict[str, Any] | None = field(default=None, repr=False)
    challenge: bytes = field(default=b"", repr=False)
    asked: datetime | None = None


# --- setting up -----------------------------------------------------------------------------------


def to_make(office: Office, member_id: bytes, name: str, now: datetime) -> ToMake:
    """Offer a new one-time secret and a new passkey."""
    secret, challenge = one_time.new_secret(), new_key()
    body = {"member": member_id.hex(), "secret": secret, "challenge": challenge.hex()}
    asked = passkeys.to_make(office.relying, challenge, member_id, name) if office.relying else ""
    ticket = tickets.write(office.keyring, _MAKE, body, now)
    return ToMake(ticket, secret, one_time.uri(secret, name, ISSUER), asked)


def offered(office: Office, ticket: str, member_id: bytes, name: str, now: datetime) -> ToMake:
    """The same offer once more, after a slip. Raises Stale."""
    body = _made(office, ticket, member_id, now)
    challenge = bytes.fromhex(body["challenge"])
    asked = passkeys.to_make(office.relying, challenge, member_id, name) if office.relying else ""
    return ToMake(ticket, body["secret"], one_time.uri(body["secret"], name, ISSUER), asked)


def made(office: Office, shown: Shown, member_id: bytes, now: datetime) -> dict[str, Any]:
    """What is kept of the factor that was set up: {"totp": …} or {"passkeys": […]}. Raises Stale, WrongFactor."""
    body = _made(office, shown.ticket, member_id, now)
    if shown.answer and office.relying:
        passkey = passkeys.made(office.relying, bytes.fromhex(body["challenge"]), shown.answer)
        if passkey is None:
            raise WrongFactor
        return {"passkeys": [passkey]}
    step = one_time.step_of(body["secret"], shown.code, now)
    if step is None:
        raise WrongFactor
    return {"totp": {"secret": body["secret"], "last": step}}


def _made(office: Office, ticket: str, member_id: bytes, now: datetime) -> dict[str, Any]:
    found = tickets.read(office.keyring, _MAKE, ticket, now)
    if found is None or found.body["member"] != member_id.hex():
        raise Stale
    return found.body


# --- showing --------------------------------------------------------------------------------------


def to_show(office: Office, now: datetime) -> ToShow:
    """Ask for a passkey, whoever it will be."""
    challenge = new_key()
    ticket = tickets.write(office.keyring, _SHOW, {"challenge": challenge.hex()}, now)
    return ToShow(ticket, passkeys.to_show(office.relying, challenge) if office.relying else "")


def fits(office: Office, member: Member, shown: Shown, now: datetime) -> _Used | None:
    """Whether what is shown is hers; None when not. Changes nothing: `use` it in the unit that lets her in."""
    if shown.answer:
        ticket = tickets.read(office.keyring, _SHOW, shown.ticket, now)
        if ticket is None or office.relying is None:
            return None
        challenge = bytes.fromhex(ticket.body["challenge"])
        passkey = passkeys.shown(office.relying, challenge, shown.answer, member.proofs.get("passkeys", []))
        return None if passkey is None else _Used(passkey=passkey, challenge=challenge, asked=ticket.made)
    totp = member.proofs.get("totp")
    step = one_time.step_of(totp["secret"], shown.code, now, totp["last"]) if totp else None
    return None if step is None else _Used(step=step)


def use(office: Office, unit: Unit, member: Member, used: _Used) -> bool:
    """Note on a held member that it was used; False when it was used meanwhile. The caller saves her."""
    if used.passkey is not None and used.asked is not None:
        # A challenge is answered once: counted in the window it was asked in, so that no later one forgets it.
        tag = attempts.tag(office.keyring, "challenge", used.challenge)
        if attempts.count(unit, tag, attempts.window_of(used.asked)) > 1:
            return False
        kept = [one for one in member.proofs.get("passkeys", []) if one["id"] != used.passkey["id"]]
        if len(kept) == len(member.proofs.get("passkeys", [])):
            return False
        member.proofs["passkeys"] = [*kept, used.passkey]
        return True
    totp = member.proofs.get("totp")
    if totp is None or used.step is None or used.step <= totp["last"]:
        return False
    member.proofs["totp"] = {**totp, "last": used.step}
    return True
