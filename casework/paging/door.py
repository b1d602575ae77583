"""Her own door: how she is called when a case cannot wait, and a try whether it arrives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import phonenumbers
from phonenumbers import PhoneNumberFormat

from casework.mobiles import mobile_in
from casework.paging.pager import CHANNELS, Pager, drop_calls, owner_of
from casework.paging.refusals import BadPhone, DoorClosed, NoSuchDoor, TriedJustNow
from casework.staff.office import short
from storage import audit, marks
from storage.database import Unit
from storage.staff import doors


@dataclass(frozen=True, slots=True)
class Door:
    """How she is called now."""

    way: str  # one of doors.WAYS; "": not at all
    phone: str = field(repr=False)
    telegram: bool  # her Telegram account is connected
    language: str
    arrives: bool  # by that way a call goes out
    open: tuple[str, ...]  # ways that are switched on here


def look(pager: Pager, staff_id: bytes) -> Door:
    """How she is called."""

    def read(unit: Unit) -> Door:
        her = doors.fetch(unit, pager.room.keyring, staff_id, hold=False)
        return Door(
            her.page_by or "",
            her.phone or "",
            her.telegram is not None,
            her.language,
            bool(pager.ways(her)),
            tuple(way for way in doors.WAYS if CHANNELS[way] in pager.open),
        )

    return pager.room.read(read)


def choose(pager: Pager, staff_id: bytes, way: str, phone: str, language: str, now: datetime) -> None:
    """Be called this way from now on; "" for not at all. Raises BadPhone, NoSuchDoor, DoorClosed."""
    number = read_mobile(phone) if phone.strip() else None
    spoken = {one.code for one in pager.room.phrasebook.languages if one.complete}

    def work(unit: Unit) -> None:
        her = doors.fetch(unit, pager.room.keyring, staff_id)
        her.phone, her.page_by = number, way or None
        her.language = language if language in spoken else ""
        if way:
            if way not in doors.WAYS or CHANNELS[way] not in pager.open:
                raise DoorClosed
            if not pager.ways(her):
                raise NoSuchDoor
        doors.save(unit, pager.room.keyring, her)
        drop_calls(unit, pager.room.keyring, staff_id)
        audit.append(unit, pager.room.keyring, "door", now, f"{short(staff_id)} by {way or 'nothing'}")

    pager.room.work(work)


def attempt(pager: Pager, staff_id: bytes, now: datetime) -> None:
    """Call her once, so that she sees whether it arrives. Raises NoSuchDoor, TriedJustNow."""
    turn = f"try of {owner_of(pager.room.keyring, staff_id, '').hex()[:16]}"

    def work(unit: Unit) -> None:
        if marks.turn(unit, turn, timedelta(minutes=1), now) is None:
            raise TriedJustNow
        if not pager.try_door(unit, staff_id, now):
            raise NoSuchDoor

    pager.room.work(work)


def read_mobile(text: str) -> str:
    """A mobile number as it is dialled from anywhere: "+923001234567". Raises BadPhone."""
    found = mobile_in(text)
    if found is None:
        raise BadPhone
    return phonenumbers.format_number(found, PhoneNumberFormat.E164)
