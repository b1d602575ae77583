"""Who may open what: from filing on, shared later by who can open it, and taken back in one action."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from casework.staff import joining, leaving, refusals, register, sharing
from casework.staff.office import BY_COMMAND, Office
from casework.staff.roles import Role
from storage import audit, reports
from storage.database import Unit
from storage.staff import doors, people, readers
from storage.tables import grants, holders, staff_invitations
from storage.vault.grants import KeyPair
from storage.vault.keyring import Purpose
from storage.vault.receipts import ReceiptCode, derive
from tests.casework.staff.conftest import TEAM_WORD, Hire, Human, accepted
from tests.phones import Clock


def filed(office: Office, clock: Clock) -> bytes:
    receipt = derive(ReceiptCode.mint(), office.keyring.key(Purpose.PEPPER), 8, 1)

    def work(unit: Unit) -> bytes:
        report, pair = reports.begin(unit, office.keyring, receipt, {"said": "words"}, {}, clock())
        reports.file(unit, office.keyring, report, pair, clock())
        return report.id

    return office.work(work)


def reads(human: Human, report_id: bytes) -> bool:
    private = human.person.private

    def work(unit: Unit) -> bool:
        half = reports.half_granted(unit, report_id, human.id, private)
        report = reports.fetch(unit, human.office.keyring, report_id)
        return half is not None and report is not None and reports.read_body(report, half) == {"said": "words"}

    return human.office.work(work)


def test_who_joins_reads_what_is_filed_from_then_on(office: Office, hire: Hire, clock: Clock, team: KeyPair) -> None:
    amina, before = hire(), filed(office, clock)
    sana = hire("Sana", Role.SUPERVISOR)
    after = filed(office, clock)

    assert [reads(amina, before), reads(amina, after)] == [True, True]
    assert [reads(sana, before), reads(sana, after)] == [False, True]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.ANALYST, Role.TRANSLATOR])
def test_who_reads_no_reports_holds_no_key_to_one(
    office: Office, hire: Hire, clock: Clock, team: KeyPair, role: Role
) -> None:
    other = hire("Zoya", role)
    report = filed(office, clock)
    sharing.share_by_team(office, TEAM_WORD, clock())

    assert not reads(other, report)


def test_the_holder_of_the_teams_passphrase_shares_what_was_filed_before_anybody_joined(
    office: Office, hire: Hire, clock: Clock, team: KeyPair
) -> None:
    report = filed(office, clock)
    amina = hire()
    assert [one.reports for one in sharing.owed(office)] == [1]

    assert sharing.share_by_team(office, TEAM_WORD, clock()) == 1

    assert reads(amina, report)
    assert sharing.owed(office) == []
    with pytest.raises(LookupError):
        sharing.share_by_team(office, "another word", clock())


def test_a_colleague_shares_with_who_came_later_and_nobody_with_who_was_only_invited(
    office: Office, amina: Human, hire: Hire, clock: Clock, team: KeyPair
) -> None:
    earlier = [filed(office, clock) for _ in range(3)]
    sana = hire("Sana")
    joining.invite(office, "Zoya", Role.COUNSELLOR, b"", clock())
    giver = amina.person.reader
    assert giver is not None

    assert sharing.share(office, giver, clock(), most=2) == 2
    assert [one.name for one in sharing.owed(office)] == ["Sana"]
    assert sharing.share(office, giver, clock(), most=2) == 1
    assert sharing.share(office, giver, clock(), most=2) == 0

    assert all(reads(sana, report) for report in earlier)
    assert sharing.owed(office) == []


def test_who_lost_everything_joins_anew_and_colleagues_still_have_every_case(
    office: Office, amina: Human, hire: Hire, clock: Clock, team: KeyPair
) -> None:
    sana, report = hire("Sana"), filed(office, clock)
    stolen = amina.cookie

    again = accepted(
        office, joining.invite_again(office, amina.id, b"", clock()), clock, "Amina", password="ten new words"
    )

    assert again.who(stolen) is None
    assert not reads(again, report)
    giver = sana.person.reader
    assert giver is not None
    sharing.share(office, giver, clock())
    assert reads(again, report)


def test_until_she_accepts_a_second_invitation_everything_stays_as_it_was(
    office: Office, amina: Human, clock: Clock
) -> None:
    joining.invite_again(office, amina.id, b"", clock())

    assert amina.log_in().cookie


def test_leaving_ends_logins_and_grants_and_leaves_everything_to_those_who_stay(
    office: Office, amina: Human, hire: Hire, clock: Clock, team: KeyPair
) -> None:
    report, sana = filed(office, clock), hire("Sana")

    assert leaving.leave(office, amina.id, sana.id, None, clock()) == 1

    assert amina.who() is None
    with pytest.raises(refusals.Refused):
        amina.log_in()
    left = office.read(lambda unit: unit.main.one(select(func.count()).where(grants.c.holder_id == amina.id)))
    assert left == (0,)
    assert filed(office, clock) != report
    with pytest.raises(refusals.NobodyThere):
        leaving.leave(office, amina.id, sana.id, None, clock())


def test_who_leaves_is_reached_by_no_door_any_more(office: Office, amina: Human, hire: Hire, clock: Clock) -> None:
    sana = hire("Sana")
    office.work(lambda unit: doors.save(unit, office.keyring, doors.Doors(sana.id, telegram=41, phone="+923005550000")))

    leaving.leave(office, sana.id, amina.id, None, clock())

    assert office.read(lambda unit: doors.by_telegram(unit, office.keyring, 41)) is None
    assert office.read(lambda unit: doors.everybody(unit, office.keyring)) == []


def test_who_leaves_herself_first_shares_what_only_she_can_open(
    office: Office, amina: Human, hire: Hire, clock: Clock
) -> None:
    report, sana = filed(office, clock), hire("Sana")
    with pytest.raises(refusals.OnlyHers) as only:
        leaving.leave(office, amina.id, sana.id, sana.person.reader, clock())
    assert only.value.values == {"count": 1}
    assert amina.who() is not None

    leaving.leave(office, amina.id, amina.id, amina.person.reader, clock())

    assert reads(sana, report)


def test_who_never_came_is_gone_without_a_trace_and_her_name_is_free(office: Office, clock: Clock) -> None:
    code = joining.invite(office, "Sana", Role.COUNSELLOR, b"", clock())
    entry = register.entry(office, "sana")
    assert entry is not None

    leaving.leave(office, entry.id, b"", None, clock())

    with pytest.raises(refusals.NoInvitation):
        joining.look(office, code, clock())
    assert office.read(lambda unit: unit.main.all(select(staff_invitations))) == []
    joining.invite(office, "Sana", Role.ADMIN, b"", clock())


def test_who_left_may_be_invited_again(office: Office, amina: Human, clock: Clock, team: KeyPair) -> None:
    leaving.leave(office, amina.id, b"", None, clock())

    again = accepted(office, joining.invite_again(office, amina.id, b"", clock()), clock, "Amina")

    assert again.log_in().cookie
    assert reads(again, filed(office, clock))


def test_the_last_admin_cannot_be_removed_from_the_console_but_by_the_command(
    office: Office, hire: Hire, clock: Clock
) -> None:
    one, other = hire("One", Role.ADMIN), hire("Other", Role.ADMIN)
    leaving.leave(office, other.id, one.id, None, clock())
    with pytest.raises(refusals.LastAdmin):
        leaving.leave(office, one.id, one.id, None, clock())

    leaving.leave(office, one.id, BY_COMMAND, None, clock())


def test_a_key_that_somebody_put_beside_a_counsellors_is_granted_nothing(
    office: Office, amina: Human, clock: Clock, team: KeyPair
) -> None:
    thief = KeyPair.new()
    put = holders.update().where(holders.c.id == amina.id).values(public_key=thief.public)
    office.work(lambda unit: unit.main.run(put))

    report = filed(office, clock)

    assert office.work(lambda unit: reports.half_granted(unit, report, amina.id, thief.private)) is None


def test_a_grant_made_in_the_moment_she_left_is_swept_away(
    office: Office, amina: Human, clock: Clock, team: KeyPair
) -> None:
    report = filed(office, clock)
    leaving.leave(office, amina.id, b"", None, clock())
    office.work(lambda unit: reports.grant_to(unit, report, bytes(32), amina.id, KeyPair.new().public))

    assert office.work(readers.sweep) == 1


def test_the_register_says_who_there_is(office: Office, amina: Human, clock: Clock) -> None:
    joining.invite(office, "Sana", Role.ADMIN, b"", clock())

    shown = [(one.name, one.role.value, one.status, one.factors, one.owed) for one in register.entries(office)]

    assert shown == [
        ("Amina", "counsellor", people.ACTIVE, ("code",), True),
        ("Sana", "admin", people.INVITED, (), False),
    ]


def test_the_teams_key_is_retired_once_counsellors_hold_every_report(
    office: Office, hire: Hire, clock: Clock, team: KeyPair
) -> None:
    report = filed(office, clock)
    with pytest.raises(refusals.OnlyHers):
        sharing.retire_team(office, clock())
    amina = hire()
    with pytest.raises(refusals.OnlyHers):
        sharing.retire_team(office, clock())
    sharing.share_by_team(office, TEAM_WORD, clock())

    assert sharing.retire_team(office, clock()) == 1

    with pytest.raises(LookupError):
        sharing.share_by_team(office, TEAM_WORD, clock())
    assert reads(amina, report)
    assert reads(amina, filed(office, clock))
    with pytest.raises(refusals.OnlyHers):  # now she is the only one
        leaving.leave(office, amina.id, b"", None, clock())


def test_the_cases_of_who_leaves_go_back_to_the_queue_in_the_same_action(
    office: Office, amina: Human, clock: Clock, team: KeyPair
) -> None:
    held, left, closed, others = (filed(office, clock) for _ in range(4))
    for report_id, status, holder in (
        (held, "held", amina.id),
        (left, "left", amina.id),
        (closed, "closed", amina.id),
        (others, "held", b"o" * 16),
    ):
        office.work(lambda unit, r=report_id, s=status, h=holder: _give(office, unit, r, s, h, clock))

    leaving.leave(office, amina.id, b"", None, clock())

    assert [_stands(office, one) for one in (held, left, closed, others)] == [
        ("waiting", None),
        ("left", None),
        ("closed", amina.id),
        ("held", b"o" * 16),
    ]
    told = [line.what for line in office.read(lambda unit: list(audit.lines(unit, office.keyring)))]
    assert told.count("case back: her holder left") == 2


def _give(office: Office, unit: Unit, report_id: bytes, status: str, holder: bytes, clock: Clock) -> None:
    report = reports.fetch(unit, office.keyring, report_id)
    assert report is not None
    report.holder, report.meta["status"] = holder, status
    reports.save(unit, office.keyring, report, clock())


def _stands(office: Office, report_id: bytes) -> tuple[str, bytes | None]:
    report = office.read(lambda unit: reports.fetch(unit, office.keyring, report_id, hold=False))
    assert report is not None
    return str(report.meta["status"]), report.holder
