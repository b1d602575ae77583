"""Who there is: invited, shared with, let go."""

from __future__ import annotations

from flask import Response

from casework.staff import changing, joining, leaving, register, sharing
from casework.staff.refusals import NobodyThere, Refusal
from casework.staff.roles import Role
from web.console.pages import Console, go, let_out, page, person, to, typed


def everybody(console: Console, refusal: Refusal | None = None, link: str = "", of: str = "") -> Response:
    """The page; with a link that was just made."""
    return page(
        "staff",
        refusal=refusal,
        entries=register.entries(console.office),
        roles=list(Role),
        link=link,
        of=of,
        name=typed("name") if refusal else "",
    )


def invite(console: Console) -> Response:
    """Invite somebody new."""
    name = typed("name")
    try:
        role = Role(typed("role"))
    except ValueError:
        role = Role.COUNSELLOR
    try:
        code = joining.invite(console.office, name, role, person().id, console.clock())
    except Refusal as refusal:
        return everybody(console, refusal)
    return everybody(console, link=_link(console, code), of=name)


def again(console: Console) -> Response:
    """Another link for somebody."""
    try:
        entry = _entry(console)
        code = joining.invite_again(console.office, entry.id, person().id, console.clock())
    except Refusal as refusal:
        return everybody(console, refusal)
    return everybody(console, link=_link(console, code), of=entry.name)


def change_role(console: Console) -> Response:
    """Give somebody another role."""
    try:
        role = Role(typed("role"))
    except ValueError:
        return everybody(console)
    try:
        entry = _entry(console)
        changing.change_role(console.office, entry.id, role, person().id, console.clock())
    except Refusal as refusal:
        return everybody(console, refusal)
    return go("/staff" if entry.id != person().id else "/login")


def end_logins(console: Console) -> Response:
    """End every login of somebody: a device of hers is lost."""
    try:
        entry = _entry(console)
        changing.end_logins(console.office, entry.id, person().id, console.clock())
    except Refusal as refusal:
        return everybody(console, refusal)
    return go("/staff" if entry.id != person().id else "/login")


def remove(console: Console) -> Response:
    """Let somebody go."""
    try:
        leaving.leave(console.office, _entry(console).id, person().id, person().reader, console.clock())
    except Refusal as refusal:
        return everybody(console, refusal)
    return go("/staff")


def share(console: Console) -> Response:
    """Let colleagues open what she can open: two thousand reports at a click, about a second."""
    reader = person().reader
    if reader is not None:
        sharing.share(console.office, reader, console.clock())
    return go("/")


def leave(console: Console) -> Response:
    """Leave, after sharing what only she can open."""
    try:
        leaving.leave(console.office, person().id, person().id, person().reader, console.clock())
    except Refusal as refusal:
        return page("home", refusal=refusal)
    return let_out(console, go("/login", left="1"))


def _entry(console: Console) -> register.Entry:
    wanted = typed("member")
    entry = next((one for one in register.entries(console.office) if one.id.hex() == wanted), None)
    if entry is None:
        raise NobodyThere
    return entry


def _link(console: Console, code: str) -> str:
    return f"{console.public_url}{to('/invitation')}#{code}"
