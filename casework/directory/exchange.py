"""Bringing rows in and out: read, checked, compared with what is there, and only then taken, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from casework.directory.formats import read_file, write_file
from casework.directory.kinds import read_kinds
from casework.directory.rows import Reader, written
from casework.places.gazetteer import Country
from casework.sheets import Cells, Fault, differences, repeated
from flows.reading.fold import fold
from storage.directory import Resource

EMERGENCY = {"police": "res002", "rescue": "res003", "helpline": "res001"}  # rows every first message names


@dataclass(frozen=True, slots=True)
class Batch:
    """What a file holds."""

    rows: tuple[Resource, ...] = field(repr=False)
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        return not any(fault.blocks for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Changes:
    """What taking a batch would change."""

    added: tuple[Resource, ...]
    changed: tuple[tuple[Resource, Resource], ...]  # as it is, as it would be
    missing: tuple[Resource, ...]  # there, and not in the file
    same: int

    def told(self, *, remove: bool) -> Iterator[str]:
        """Line by line, for a person."""
        for row in self.added:
            yield f"+ {row.id} {row.names['en']}"
        for old, new in self.changed:
            yield f"~ {new.id} {new.names['en']}: {', '.join(differences(old, new))}"
        if remove:
            for row in self.missing:
                yield f"- {row.id} {row.names['en']}"


def read_batch(
    content: bytes, country: Country, today: date, progress: Callable[[int, int], None] | None = None
) -> Batch:
    """Read and check a file. Its rows are worth something only when the batch is sound.

    progress  told after each row how many are read, and of how many
    """
    cells, faults = read_file(content)
    reader = Reader(country, today)
    rows: list[Resource] = []
    for number, (line, raw) in enumerate(cells, 1):
        row, found = reader.read(raw, line)
        faults += found
        rows += [row] if row is not None else []
        if progress is not None:
            progress(number, len(cells))
    faults += _twice(cells)
    if not cells and not faults:
        faults.append(Fault(0, "", "it holds no rows", "give the file that was meant"))
    return Batch(tuple(rows), tuple(sorted(faults, key=lambda fault: (fault.line, not fault.blocks, fault.column))))


def compare(present: Iterable[Resource], batch: Batch) -> Changes:
    """What `batch` would change of what is `present`."""
    old = {row.id: row for row in present}
    new = {row.id: row for row in batch.rows}
    return Changes(
        added=tuple(row for row in batch.rows if row.id not in old),
        changed=tuple((old[row.id], row) for row in batch.rows if row.id in old and old[row.id] != row),
        missing=tuple(row for row in old.values() if row.id not in new),
        same=sum(old.get(row.id) == row for row in batch.rows),
    )


def merged(present: Iterable[Resource], batch: Batch, *, remove: bool) -> list[Resource]:
    """The directory after taking `batch`. remove: rows that are not in it go."""
    rows = {} if remove else {row.id: row for row in present}
    rows |= {row.id: row for row in batch.rows}
    return sorted(rows.values(), key=lambda row: row.id)


def needed() -> dict[str, str]:
    """Ids of the rows that the conversation cannot do without, and what each is."""
    firsts = {kind.first: f"the first of kind {kind.id}" for kind in read_kinds() if kind.first}
    return firsts | {row: f"the {name} number" for name, row in EMERGENCY.items()}


def lacking(rows: Sequence[Resource]) -> Iterator[Fault]:
    """Rows that the conversation cannot do without."""
    shown = {row.id: row for row in rows if row.verified == "yes"}
    for row_id, what in needed().items():
        if row_id not in shown or not shown[row_id].phones:
            trouble = f"{row_id} would be missing or without a number: it is {what}"
            yield Fault(0, "id", trouble, "leave it in, verified and with its number")


def exported(rows: Iterable[Resource], country: Country, form: str) -> str:
    """The directory as a file."""
    return write_file((written(row, country) for row in rows), form)


def _twice(cells: Iterable[Cells]) -> Iterator[Fault]:
    """Ids that stand twice, and offices that do so under two ids."""
    found = list(cells)
    yield from repeated(found)
    offices: dict[tuple[str, ...], int] = {}
    for line, raw in found:
        office = tuple(fold(raw.get(column, "")) for column in ("kind", "district", "name_en"))
        if all(office) and office in offices:
            trouble = f"the same office stands in line {offices[office]}"
            yield Fault(line, "name_en", trouble, "leave one of them", blocks=False)
        offices.setdefault(office, line)
