"""Staff in the tables: found by name, in by a code once, open for a while, and nothing of it to be forged."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import bindparam, select, update

from storage import reports, teams
from storage.database import Database, Duplicate, StorageError, Unit
from storage.resealing import reseal, unused
from storage.staff import attempts, invitations, logins, people, readers
from storage.tables import main_metadata, staff, staff_invitations, staff_sessions
from storage.vault.errors import Tampered
from storage.vault.grants import KeyPair, seal_private
from storage.vault.keyring import Keyring, Purpose
from storage.vault.randomness import new_id
from storage.vault.receipts import ReceiptCode, derive

AMINA = "Amina  Sahar"
PRIVATE = bytes(range(32))


def added(database: Database, keyring: Keyring, now: datetime, name: str = AMINA) -> people.Member:
    return database.work(lambda unit: people.add(unit, keyring, name, "counsellor", now))


def begun(database: Database, keyring: Keyring, now: datetime) -> bytes:
    return database.work(lambda unit: logins.begin(unit, keyring, b"s" * 16, 3, PRIVATE, now))


def found(database: Database, keyring: Keyring, cookie: bytes, now: datetime) -> logins.Login | None:
    return database.read(lambda unit: logins.find(unit, keyring, cookie, now))


def test_the_migrations_make_the_tables_that_the_code_describes(database: Database) -> None:
    with database.engines[0].connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), main_metadata)

    assert [one for one in differences if "staff" in str(one)] == []


# --- people ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["Amina Sahar", "amina sahar", "  AMINA   SAHAR "])
def test_she_is_found_by_her_name_however_she_types_it(
    database: Database, keyring: Keyring, now: datetime, typed: str
) -> None:
    member = added(database, keyring, now)

    assert database.read(lambda unit: people.find(unit, keyring, typed)) == member.id


def test_a_name_is_given_once_also_after_a_rotation(database: Database, keyring: Keyring, now: datetime) -> None:
    added(database, keyring, now)

    for ring in (keyring, keyring.rotated()):
        with pytest.raises(Duplicate):
            added(database, ring, now, "amina sahar")


def test_two_who_change_her_at_once_do_not_overwrite_each_other(
    database: Database, keyring: Keyring, now: datetime
) -> None:
    one = added(database, keyring, now)
    other = database.read(lambda unit: people.fetch(unit, keyring, one.id, hold=False))
    database.work(lambda unit: people.save(unit, keyring, one))

    with pytest.raises(StorageError, match="meanwhile"):
        database.work(lambda unit: people.save(unit, keyring, other))


@pytest.mark.parametrize("column", ["sealed", "pepper_id", "version", "id"])
def test_a_row_that_was_changed_or_copied_over_hers_does_not_open(
    database: Database, keyring: Keyring, now: datetime, column: str
) -> None:
    hers, other = added(database, keyring, now), added(database, keyring, now, "Other")
    forged: dict[str, Any] = {"sealed": _seal_of(database, other.id), "pepper_id": "0a", "version": 7, "id": new_id()}
    change = update(staff).where(staff.c.id == bindparam("of")).values({column: bindparam("put")})
    database.work(lambda unit: unit.main.run(change, of=hers.id, put=forged[column]))

    with pytest.raises(Tampered):
        database.read(lambda unit: people.everybody(unit, keyring))


def test_after_a_rotation_she_is_still_found_and_the_old_key_can_go(
    database: Database, keyring: Keyring, now: datetime
) -> None:
    member = added(database, keyring, now)
    rotated = keyring.rotated()

    reseal(database, rotated, now)

    assert database.read(lambda unit: people.find(unit, rotated.without(keyring.current), AMINA)) == member.id
    assert database.read(lambda unit: unused(unit, rotated)) == [keyring.current]


def test_a_key_whose_pepper_is_in_a_password_is_not_let_go(database: Database, keyring: Keyring, now: datetime) -> None:
    member = added(database, keyring, now)
    member.pepper_id = keyring.current
    database.work(lambda unit: people.save(unit, keyring, member))
    rotated = keyring.rotated()

    reseal(database, rotated, now)

    assert database.read(lambda unit: unused(unit, rotated)) == []


# --- invitations ----------------------------------------------------------------------------------


def test_an_invitation_leads_to_her_until_it_is_spent(database: Database, keyring: Keyring, now: datetime) -> None:
    member = added(database, keyring, now)
    code = database.work(lambda unit: invitations.issue(unit, keyring, member.id, now))

    assert database.read(lambda unit: invitations.find(unit, keyring, code, now)) == member.id
    assert database.work(lambda unit: invitations.spend(unit, code))
    assert database.read(lambda unit: invitations.find(unit, keyring, code, now)) is None
    assert not database.work(lambda unit: invitations.spend(unit, code))


def test_a_second_invitation_ends_the_first(database: Database, keyring: Keyring, now: datetime) -> None:
    first = database.work(lambda unit: invitations.issue(unit, keyring, b"s" * 16, now))
    database.work(lambda unit: invitations.issue(unit, keyring, b"s" * 16, now))

    assert database.read(lambda unit: invitations.find(unit, keyring, first, now)) is None


def test_an_invitation_ends_after_three_days_whatever_the_row_says(
    database: Database, keyring: Keyring, now: datetime
) -> None:
    code = database.work(lambda unit: invitations.issue(unit, keyring, b"s" * 16, now))
    database.work(lambda unit: unit.main.run(update(staff_invitations).values(until=2**40)))

    later = now + timedelta(hours=73)

    assert database.read(lambda unit: invitations.find(unit, keyring, code, later)) is None


# --- logins ---------------------------------------------------------------------------------------


def test_a_cookie_opens_its_login_and_only_its_own(database: Database, keyring: Keyring, now: datetime) -> None:
    cookie = begun(database, keyring, now)

    login = found(database, keyring, cookie, now)

    assert login is not None
    assert (login.staff_id, login.private, login.epoch) == (b"s" * 16, PRIVATE, 3)
    assert found(database, keyring, bytes(32), now) is None


def test_neither_the_cookie_nor_her_private_half_lies_in_the_database(
    database: Database, keyring: Keyring, now: datetime
) -> None:
    cookie = begun(database, keyring, now)

    row = database.read(lambda unit: unit.main.one(select(staff_sessions)))

    assert not [value for value in row if isinstance(value, bytes) and (cookie in value or PRIVATE in value)]


@pytest.mark.parametrize(
    ("after", "open_"),
    [
        (timedelta(minutes=14), True),
        (timedelta(minutes=15, seconds=1), False),
        (timedelta(minutes=-1), True),
        (timedelta(minutes=-30), False),
    ],
)
def test_a_login_lasts_a_quarter_of_an_hour_and_no_wrong_clock_stretches_it(
    database: Database, keyring: Keyring, now: datetime, after: timedelta, open_: bool
) -> None:
    cookie = begun(database, keyring, now)

    assert (found(database, keyring, cookie, now + after) is not None) is open_


def test_a_login_ends_after_eight_hours_however_busy(database: Database, keyring: Keyring, now: datetime) -> None:
    cookie = begun(database, keyring, now)
    busy, late = now + timedelta(hours=7, minutes=59), now + timedelta(hours=8, seconds=1)
    database.work(lambda unit: logins.touch(unit, cookie, busy))
    assert found(database, keyring, cookie, busy) is not None

    database.work(lambda unit: logins.touch(unit, cookie, late))

    assert found(database, keyring, cookie, late) is None


def test_a_row_moved_under_another_cookie_opens_nothing(database: Database, keyring: Keyring, now: datetime) -> None:
    hers, mine = begun(database, keyring, now), begun(database, keyring, now)
    rows = database.read(lambda unit: unit.main.all(select(staff_sessions.c.sealed)))
    swap = update(staff_sessions).where(staff_sessions.c.sealed == bindparam("a")).values(sealed=bindparam("b"))
    database.work(lambda unit: unit.main.run(swap, a=rows[0][0], b=rows[1][0]))

    outcomes = []
    for cookie in (hers, mine):
        try:
            outcomes.append(found(database, keyring, cookie, now) is not None)
        except Tampered:
            outcomes.append(False)

    assert sorted(outcomes) == [False, True]


def test_a_login_under_a_key_that_was_let_go_has_ended(database: Database, keyring: Keyring, now: datetime) -> None:
    cookie = begun(database, keyring, now)

    assert found(database, keyring.rotated().without(keyring.current), cookie, now) is None


def test_what_is_too_old_is_taken_away(database: Database, keyring: Keyring, now: datetime) -> None:
    begun(database, keyring, now)
    database.work(lambda unit: invitations.issue(unit, keyring, b"s" * 16, now))
    database.work(lambda unit: attempts.count(unit, b"t" * 16, attempts.window_of(now)))
    later = now + timedelta(days=4)

    gone = database.work(
        lambda unit: (logins.expire(unit, later), invitations.expire(unit, later), attempts.forget(unit, later))
    )

    assert gone == (1, 1, 1)


def test_tries_are_counted_by_tag_and_window(database: Database, keyring: Keyring, now: datetime) -> None:
    one, other = attempts.tag(keyring, "name", b"amina"), attempts.tag(keyring, "network", b"amina")
    window = attempts.window_of(now)

    counted = [database.work(lambda unit: attempts.count(unit, one, window)) for _ in range(3)]

    assert counted == [1, 2, 3]
    assert database.read(lambda unit: attempts.counts(unit, [other, one], window)) == [0, 3]
    assert database.read(lambda unit: attempts.counts(unit, [one], window + 1)) == [0]


# --- readers --------------------------------------------------------------------------------------


class Team:
    """The team's key of the beginning, and reports that were filed under it."""

    def __init__(self, database: Database, keyring: Keyring, now: datetime) -> None:
        self.database, self.keyring, self.now = database, keyring, now
        self.pair, self.id = KeyPair.new(), new_id()
        sealed = seal_private(self.pair.private, "word", memory_kib=8, iterations=1)
        database.work(lambda unit: teams.adopt(unit, keyring, self.id, self.pair.public, sealed, now))

    def file(self) -> bytes:
        pepper = self.keyring.key(Purpose.PEPPER)

        def work(unit: Unit) -> bytes:
            receipt = derive(ReceiptCode.mint(), pepper, 8, 1)
            report, pair = reports.begin(unit, self.keyring, receipt, {"said": "words"}, {}, self.now)
            reports.file(unit, self.keyring, report, pair, self.now)
            return report.id

        return self.database.work(work)

    def enrol(self) -> tuple[bytes, KeyPair]:
        staff_id, pair = new_id(), KeyPair.new()
        self.database.work(lambda unit: readers.enrol(unit, self.keyring, staff_id, pair.public, self.now))
        return staff_id, pair

    def opens(self, report_id: bytes, staff_id: bytes, pair: KeyPair) -> bool:
        return (
            self.database.work(lambda unit: reports.half_granted(unit, report_id, staff_id, pair.private)) is not None
        )


@pytest.fixture
def team(database: Database, keyring: Keyring, now: datetime) -> Team:
    return Team(database, keyring, now)


def test_what_is_filed_from_now_on_she_can_open_and_earlier_ones_not(team: Team) -> None:
    earlier = team.file()
    amina, pair = team.enrol()
    later = team.file()

    assert team.opens(later, amina, pair)
    assert not team.opens(earlier, amina, pair)
    assert team.database.read(lambda unit: readers.ungranted(unit, amina)) == 1


def test_the_teams_key_shares_earlier_reports_and_a_colleague_does_later(team: Team) -> None:
    earlier = team.file()
    (amina, hers), (sana, sanas) = team.enrol(), team.enrol()
    for giver, to, public in (
        (readers.Reader(team.id, team.pair.private), amina, hers.public),
        (readers.Reader(amina, hers.private), sana, sanas.public),
    ):
        lacking = team.database.read(lambda unit, g=giver, t=to: readers.lacking(unit, g.id, t, 10))
        assert lacking == [earlier]
        shared = team.database.work(lambda unit, g=giver, t=to, p=public: readers.share(unit, earlier, g, t, p))
        assert shared

    assert team.opens(earlier, sana, sanas)


def test_sharing_twice_changes_nothing_and_a_report_that_went_is_passed_over(team: Team) -> None:
    report = team.file()
    amina, pair = team.enrol()
    giver = readers.Reader(team.id, team.pair.private)

    for of in (report, report, new_id()):
        team.database.work(lambda unit, of=of: readers.share(unit, of, giver, amina, pair.public))

    assert team.opens(report, amina, pair)


def test_who_left_opens_nothing_and_is_granted_nothing(team: Team) -> None:
    amina, pair = team.enrol()
    report = team.file()

    assert team.database.work(lambda unit: readers.leave(unit, amina, team.now)) == 1
    later = team.file()

    assert not team.opens(report, amina, pair)
    assert not team.opens(later, amina, pair)


def test_reports_that_only_she_can_open_are_counted(team: Team) -> None:
    amina, _ = team.enrol()
    team.file()

    assert team.database.read(lambda unit: readers.hers_alone(unit, amina)) == 0
    team.database.work(lambda unit: readers.leave(unit, team.id, team.now))
    assert team.database.read(lambda unit: readers.hers_alone(unit, amina)) == 1


def _seal_of(database: Database, member_id: bytes) -> bytes:
    asked = select(staff.c.sealed).where(staff.c.id == bindparam("of"))
    row = database.read(lambda unit: unit.main.one(asked, of=member_id))
    assert row is not None
    return bytes(row[0])
