"""Staff from the command line: whoever runs it holds the keyring, invites the first admin, and opens no report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from bot.settings import Settings, passphrase, read_settings
from casework import soundness
from casework.staff import joining, leaving, refusals, register, sharing
from casework.staff.office import BY_COMMAND, Office
from casework.staff.roles import Role
from handlers.commands import CommandError
from operating.clock import now
from operating.keys import ask, open_keyring
from operating.office import make_office
from storage.database import Database
from storage.errors import StorageError
from storage.migrations import check
from storage.vault.errors import Tampered

INVITATION = "/console/invitation"  # behind "#", the code: what stands there a browser sends to nobody

_SAID = {
    refusals.BadName: "a name has 1 to 60 characters, on one line",
    refusals.NameTaken: "somebody has this name; `hamraz staff list` shows who",
    refusals.NobodyThere: "nobody of this name is on the staff; `hamraz staff list` shows who is",
    refusals.OnlyHers: "some reports could be opened by nobody then; share them first: `hamraz staff share`, or in the console",
}


def add(name: str, role: str) -> Iterable[str]:
    """Invite somebody new; prints her link, once. Raises CommandError."""
    if role not in set(Role):
        raise CommandError(f"no role {role!r}; there are {', '.join(Role)}")
    with _office() as (settings, office):
        code = joining.invite(office, name, Role(role), BY_COMMAND, now())
        yield from _link(settings, code)


def invite(name: str) -> Iterable[str]:
    """Another link for somebody who is invited, lost everything or comes back. Raises CommandError."""
    with _office() as (settings, office):
        entry = _entry(office, name)
        code = joining.invite_again(office, entry.id, BY_COMMAND, now())
        if entry.status == "active":
            yield "Until she accepts, everything stays; then her password, second factor and key are new, and a colleague shares cases with her."
        yield from _link(settings, code)


def remove(name: str) -> Iterable[str]:
    """Let somebody go. Raises CommandError."""
    with _office() as (_, office):
        entry = _entry(office, name)
        taken = leaving.leave(office, entry.id, BY_COMMAND, None, now())
        yield f"{entry.name} has left: logged out everywhere, {taken} grants taken back"


def list_all() -> Iterable[str]:
    """Everybody: name, role, state."""
    with _office() as (_, office):
        owed = {one.id: one.reports for one in sharing.owed(office)}
        for one in register.entries(office):
            lacks = f"; cannot open {owed[one.id]} earlier reports yet" if one.id in owed else ""
            shown = f" ({', '.join(one.factors)})" if one.factors else ""
            yield f"{one.name}: {one.role}, {one.status}{shown}{lacks}"


def share() -> Iterable[str]:
    """Let counsellors open what was filed before they came, by the team's passphrase. Raises CommandError."""
    with _office() as (_, office):
        word = passphrase("HAMRAZ_TEAM_PASSPHRASE") or ask("Passphrase of the team: ")
        try:
            made = sharing.share_by_team(office, word, now())
        except LookupError as error:
            raise CommandError(str(error.args[0])) from None
        yield f"shared: {made} grants"
        for one in sharing.owed(office):
            yield f"{one.name} still cannot open {one.reports}: the team cannot either; a colleague may"


def retire_team() -> Iterable[str]:
    """The team's key reads no report any more, once counsellors hold every one. Raises CommandError."""
    with _office() as (_, office):
        taken = sharing.retire_team(office, now())
        yield f"the team's key is retired: {taken} grants taken back; its passphrase opens no report any more"


def verify_log() -> Iterable[str]:
    """Prove the house's log whole: every line in its place, unchanged, and none cut off. Raises CommandError."""
    with _office() as (_, office):
        lines, faults = soundness.verify_log(office.database, office.keyring)
        yield from faults
        if faults:
            raise CommandError('the log is not as it was left; see "Not as it was left" in docs/operating.md')
        yield f"{lines} lines, each as it was written and none missing"


@contextmanager
def _office() -> Iterator[tuple[Settings, Office]]:
    settings = read_settings().without_surprises()
    keyring = open_keyring(settings)
    try:
        database = Database(settings.database_url, settings.keys_url)
        try:
            check(database)
            yield settings, make_office(settings, database, keyring)
        finally:
            database.close()
    except (StorageError, Tampered) as error:
        raise CommandError(str(error)) from None
    except refusals.Refusal as refusal:
        raise CommandError(_SAID.get(type(refusal), str(refusal))) from None


def _entry(office: Office, name: str) -> register.Entry:
    entry = register.entry(office, name)
    if entry is None:
        raise refusals.NobodyThere
    return entry


def _link(settings: Settings, code: str) -> Iterable[str]:
    yield "Give her this link; it works once, for three days:"
    yield f"{settings.public_url.rstrip('/')}{INVITATION}#{code}"
