"""A staff office on both databases; only Argon2id is made cheap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pyotp
import pytest

from casework.staff import entering, factors, joining
from casework.staff.entering import Entered, Person
from casework.staff.factors import Shown
from casework.staff.gate import Visitor
from casework.staff.office import Office
from casework.staff.passwords import Stretcher
from casework.staff.relying import Relying
from casework.staff.roles import Role
from storage import teams
from storage.database import Database
from storage.vault.grants import KeyPair, seal_private
from storage.vault.keyring import Keyring
from storage.vault.randomness import new_id
from tests.databases import Place
from tests.phones import Clock

PASSWORD = "seven quiet boats"
TEAM_WORD = "eleven green doors"
HOME = "203.0.113.0/24"
# For what the kind of database cannot change: the second one costs time.
ON_SQLITE = pytest.mark.parametrize("place", ["sqlite"], indirect=True)


class Counting(Stretcher):
    """Counts how often the slow derivation was reached."""

    def __init__(self, **more: float) -> None:
        super().__init__(8, 1, **more)  # type: ignore[arg-type]  # slots is whole
        self.reached = 0

    def open(self, *given: object) -> object:  # type: ignore[override]  # passes everything on
        self.reached += 1
        return super().open(*given)  # type: ignore[arg-type]  # handed on as it came


@dataclass
class Human:
    """Somebody of staff, with her phone and what she remembers."""

    office: Office
    clock: Clock
    name: str
    id: bytes
    cookie: str
    mark: str
    recovery: str
    secret: str
    password: str = PASSWORD

    def code(self, *, off: int = 0) -> str:
        """What her app shows now, or `off` steps from now."""
        return pyotp.TOTP(self.secret).at(self.clock() + timedelta(seconds=30 * off))

    def log_in(self, *, network: str = HOME, mark: str | None = None, **more: str) -> Entered:
        """As she does it; `more` is what she gets wrong."""
        given = {"name": self.name, "password": self.password, "code": self.code()} | more
        shown = Shown(code=given["code"])
        visitor = Visitor(network, self.mark if mark is None else mark)
        return entering.log_in(self.office, given["name"], given["password"], shown, visitor, self.clock())

    def who(self, cookie: str | None = None) -> Person | None:
        return entering.who(self.office, self.cookie if cookie is None else cookie, self.clock())

    @property
    def person(self) -> Person:
        found = self.who()
        assert found is not None
        return found


Hire = Callable[..., Human]


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring.new()


@pytest.fixture
def database(place: Place) -> Database:
    return place.open()


@pytest.fixture
def stretcher() -> Counting:
    return Counting()


@pytest.fixture
def office(database: Database, keyring: Keyring, stretcher: Counting) -> Office:
    return Office(database, keyring, stretcher, Relying.at("https://help.example"))


@pytest.fixture
def team(office: Office, clock: Clock) -> KeyPair:
    """The team's key of the beginning."""
    pair, team_id = KeyPair.new(), new_id()
    sealed = seal_private(pair.private, TEAM_WORD, memory_kib=8, iterations=1)
    office.work(lambda unit: teams.adopt(unit, office.keyring, team_id, pair.public, sealed, clock()))
    return pair


def accepted(office: Office, code: str, clock: Clock, name: str, *, password: str = PASSWORD) -> Human:
    invited = joining.look(office, code, clock())
    offer = joining.offer(office, invited, clock())
    shown = Shown(code=pyotp.TOTP(offer.secret).at(clock()), ticket=offer.ticket)
    joined = joining.accept(office, code, password, shown, clock())
    clock.forward(seconds=30)  # her code was used: her next one opens
    return Human(office, clock, name, invited.id, joined.cookie, joined.mark, joined.recovery, offer.secret, password)


@pytest.fixture
def hire(office: Office, clock: Clock) -> Hire:
    def hire(name: str = "Amina", role: Role = Role.COUNSELLOR) -> Human:
        return accepted(office, joining.invite(office, name, role, b"", clock()), clock, name)

    return hire


@pytest.fixture
def amina(hire: Hire) -> Human:
    return hire()


def offer_again(human: Human) -> Shown:
    """What she shows after setting up another app."""
    offer = factors.to_make(human.office, human.id, human.name, human.clock())
    human.secret = offer.secret
    return Shown(code=human.code(), ticket=offer.ticket)
