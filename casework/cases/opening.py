"""Opening: one case for whoever holds it or joined, with her own key; for other colleagues, how it stands and no word.

What is not granted to her, is gone, or was never there is the same to her: CaseGone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any, TypeVar

from casework import answers
from casework.casefile import asking
from casework.casefile.asking import Request
from casework.cases import delivery, notes, ways
from casework.cases.case import HERS, Case
from casework.cases.refusals import CaseGone, NotYours
from casework.cases.room import CaseRoom
from casework.cases.standings import Standing
from casework.cases.ways import NOWHERE, Way
from casework.cases.ways import Line as NeutralLine
from casework.staff.office import short
from casework.staff.roles import READERS
from flows.desk import Slots
from storage import casebook, reports, threads, ways_back
from storage.database import Unit
from storage.staff import people
from storage.staff.readers import Reader

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class File:
    """A file that she sent, or that was sent to her."""

    id: str  # hexadecimal
    kind: str  # "voice", "image"…
    type: str  # of its content, by its first bytes
    shown: str = ""  # id of the picture, or its copy, that may be looked at; "" where there is none


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a thread."""

    seq: int
    at: datetime
    hers: bool
    words: Sequence[str] = field(repr=False)  # one a message
    files: Sequence[File] = ()
    told: Slots = field(default_factory=dict, repr=False)  # answers that came with a hand-over
    by: str = field(default="", repr=False)  # which colleague
    fate: delivery.Fate | None = None  # of ours


@dataclass(frozen=True, slots=True)
class Note:
    """What a colleague wrote for the others."""

    at: datetime
    by: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A case as its page shows it."""

    standing: Standing
    reads: bool  # she may read it; nothing below is filled otherwise, but for the names
    names: Mapping[bytes, str] = field(repr=False)
    colleagues: Mapping[bytes, str] = field(repr=False)  # who else could hold it
    told: Slots = field(default_factory=dict, repr=False)  # what was filed
    files: Sequence[File] = ()
    filed: datetime | None = None
    consents: Mapping[str, Any] = field(default_factory=dict)
    lines: Sequence[Line] = field(default=(), repr=False)
    notes: Sequence[Note] = field(default=(), repr=False)
    book: Sequence[dict[str, Any]] = field(default=(), repr=False)  # the casebook, as it was written
    requests: Sequence[Request] = field(default=(), repr=False)
    named: bool = False  # she gave a name, which is shown only once two have agreed
    back: str = ""  # "here": answers go where she wrote; "number": they wait for her number
    reachable_until: datetime | None = None  # answers go out until then, unless she writes again
    way: Way = NOWHERE  # how an answer would reach her now
    line: NeutralLine | None = None  # the neutral line that stands until she writes

    @property
    def holder(self) -> str:
        """Who has it, by name."""
        return self.names.get(self.standing.holder or b"", "")


def look(room: CaseRoom, reader: Reader, report_id: bytes, now: datetime) -> Opened:
    """A case for one reader. Raises CaseGone, CaseBroken, NotStaff."""

    def read(unit: Unit, case: Case, half: bytes) -> Opened:
        everybody = people.everybody(unit, room.keyring)
        names = {one.id: one.name for one in everybody}
        others = {
            one.id: one.name
            for one in everybody
            if one.status == people.ACTIVE and one.role in READERS and one.id not in (reader.id, case.holder)
        }
        standing = Standing.of(case)
        if not may_read(case, reader.id):
            return Opened(standing, False, names, others)
        body = reports.read_body(case.report, half)
        thread = threads.read(unit, case.report, half)
        book = casebook.read(unit, case.report, half)
        by_short = {short(one): name for one, name in names.items()}
        way = ways.find(unit, room, case, now)
        return Opened(
            standing,
            True,
            names,
            others,
            told=answers.nameless(body["answers"]),
            files=files_in(body["answers"]),
            filed=datetime.fromisoformat(body["filed"]),
            consents=body.get("consents", {}),
            lines=[_line(case, seq, entry, by_short, now) for seq, entry in enumerate(thread, 1)],
            notes=[
                Note(_moment(one["at"]), by_short.get(one["by"], ""), one["note"])
                for one in notes.beside(unit, case, half)
            ],
            book=book,
            requests=asking.standing(unit, room, case, now, book),
            named=bool(names_given(body, thread)),
            back=str(case.desk.get("back", "")),
            reachable_until=_moment(way.route["at"]) + ways_back.LEASE_LIVES
            if way.route and way.kind == ways.HERE
            else None,
            way=way,
            line=ways.line(case, now),
        )

    return _open(room, reader, report_id, now, read)


def written(room: CaseRoom, reader: Reader, report_id: bytes, now: datetime) -> list[str]:
    """All that was written in a case, by her and by colleagues, and nothing of what else `look` finds out; nothing where
    she may not read it. Raises CaseGone, CaseBroken, NotStaff.
    """

    def read(unit: Unit, case: Case, half: bytes) -> list[str]:
        if not may_read(case, reader.id):
            return []
        body, thread = reports.read_body(case.report, half), threads.read(unit, case.report, half)
        lines = [_line(case, seq, entry, {}, now) for seq, entry in enumerate(thread, 1)]
        told = [answers.nameless(body["answers"]), *(line.told for line in lines)]
        return [
            *chain.from_iterable(answers.words(slots, name) for slots in told for name in slots),
            *chain.from_iterable(line.words for line in lines),
            *(one["note"] for one in notes.beside(unit, case, half)),
        ]

    return _open(room, reader, report_id, now, read)


@dataclass(frozen=True, slots=True)
class Content:
    """A file, opened."""

    type: str
    bare: bool  # of a picture: made by us, of pixels alone
    content: bytes = field(repr=False)


def file(room: CaseRoom, reader: Reader, report_id: bytes, file_id: bytes, now: datetime) -> Content:
    """One file of a case. Raises CaseGone also when there is none, NotYours."""

    def read(unit: Unit, case: Case, half: bytes) -> Content:
        if not may_read(case, reader.id):
            raise NotYours
        thread = threads.read(unit, case.report, half)
        slots = [_flat(one) for one in (reports.read_body(case.report, half)["answers"], *thread)]
        hers = [item for one in slots for item in answers.media(one)]
        ours = [entry["file"] for entry in thread if "file" in entry]
        types = {item["id"]: str(item["type"]) for item in (*hers, *ours)}
        bare = {item["shown"]["id"] for item in hers if isinstance(item.get("shown"), Mapping)}
        content = reports.read_file(unit, case.report, half, file_id)
        if content is None or file_id.hex() not in types:
            raise CaseGone
        return Content(types[file_id.hex()], file_id.hex() in bare | {item["id"] for item in ours}, content)

    return _open(room, reader, report_id, now, read)


def keep_file(room: CaseRoom, reader: Reader, report_id: bytes, file_id: bytes, now: datetime) -> Content:
    """The same, to be kept on her own device: that goes on record first."""
    found = file(room, reader, report_id, file_id, now)

    def work(unit: Unit) -> None:
        room.acting(unit, reader.id)
        case = room.held(unit, report_id, reader.id)
        room.record(unit, "file kept", case, reader.id, now, file_id.hex()[:8])

    room.work(work)
    return found


def there(room: CaseRoom, by: bytes, report_id: bytes, now: datetime) -> None:
    """Raises CaseGone when she has no such case, CaseBroken when it does not open."""
    room.sound(lambda: room.read(lambda unit: room.seen(unit, report_id, by)), now)


def may_read(case: Case, staff_id: bytes) -> bool:
    """Whoever holds it or joined; nobody once its reporter took it back."""
    return case.is_among(staff_id) and case.status != "withdrawn"


def _open(
    room: CaseRoom, reader: Reader, report_id: bytes, now: datetime, function: Callable[[Unit, Case, bytes], T]
) -> T:
    def read(unit: Unit) -> T:
        room.acting(unit, reader.id)
        case = room.seen(unit, report_id, reader.id)
        half = reports.half_granted(unit, report_id, reader.id, reader.private, hold=False)
        if half is None:
            raise CaseGone
        return function(unit, case, half)

    return room.sound(lambda: room.read(read), now)


def _line(case: Case, seq: int, entry: Mapping[str, Any], names: Mapping[str, str], now: datetime) -> Line:
    if entry["kind"] != HERS:
        known = entry.get("file")
        looks = known["id"] if known and known["kind"] == "photo" else ""
        files = [File(known["id"], known["kind"], known["type"], looks)] if known else []
        words, by = [entry["text"]] if entry["text"] else [], names.get(entry["by"], "")
        fate = delivery.fate(case, seq, now)
        return Line(seq, _moment(entry["at"]), False, words, files, by=by, fate=fate)
    said = entry["said"]
    at = datetime.fromisoformat(entry["at"])
    told = handed(entry)
    words = [] if told else answers.words({"said": said}, "said")
    return Line(seq, at, True, words, files_in({"said": said}), answers.nameless(told))


def names_given(body: Mapping[str, Any], thread: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names she gave: as they were filed, and as they came with a hand-over."""
    return [name for slots in (body["answers"], *map(handed, thread)) for name in answers.words(slots, "name")]


def handed(entry: Slots) -> Slots:
    """All that she told before she was handed over, where an entry of a thread holds that; {} for a message."""
    said = entry.get("said")
    return said if isinstance(said, Mapping) and not {"words", "media"} & set(said) else {}


def files_in(said: Slots) -> list[File]:
    """Her files among answers, or in an entry of a thread; once each."""
    slots = _flat(said)
    # A picture and its copy to look at come one after the other; the copy is no file of hers.
    copies = {item["shown"]["id"] for item in answers.media(slots) if isinstance(item.get("shown"), Mapping)}
    return [
        File(item["id"], str(item["kind"]), str(item["type"]), str((item.get("shown") or {}).get("id", "")))
        for item in answers.media(slots)
        if item["id"] not in copies
    ]


def _flat(slots: Slots) -> Slots:
    """An entry holds one answer, or all that she told before she was handed over."""
    return handed(slots) or slots


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
