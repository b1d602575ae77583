"""Bringing the list in and out: read, checked, compared with what is there, and only then taken, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from casework.institutions import numbers
from casework.institutions.rows import FIELDS, NEEDED, Reader, is_column, written
from casework.places.gazetteer import Country
from casework.sheets import Cells, Fault, differences, read_csv, repeated, text_of, write_csv
from flows.reading.fold import fold
from storage.institutions import Institution


@dataclass(frozen=True, slots=True)
class Batch:
    """What a file holds."""

    rows: tuple[Institution, ...] = field(repr=False)
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        return not any(fault.blocks for fault in self.faults)


def read_batch(content: bytes, country: Country) -> Batch:
    """Read and check a file. Its rows are worth something only when the batch is sound."""
    text, faults = text_of(content)
    cells: list[Cells] = []
    if not faults:
        cells, faults = read_csv(text, NEEDED, FIELDS, is_column)
    reader = Reader(country)
    rows: list[Institution] = []
    for line, raw in cells:
        row, found = reader.read(raw, line)
        faults = [*faults, *found]
        rows += [row] if row is not None else []
    faults = [*faults, *repeated(cells), *_twice(cells)]
    if not cells and not faults:
        faults.append(Fault(0, "", "it holds no rows", "give the file that was meant"))
    return Batch(tuple(rows), tuple(sorted(faults, key=lambda fault: (fault.line, not fault.blocks, fault.column))))


def against(present: Iterable[Institution], batch: Batch) -> Iterator[Fault]:
    """What of a batch cannot stand beside what is there: posters hang already."""
    old = {row.id: row for row in present}
    owners = {row.number: row.id for row in old.values()}
    for row in batch.rows:
        had = old.get(row.id)
        if row.number and had is not None and had.number != row.number:
            mend = f"write {had.number}, or leave it empty"
            yield Fault(0, "number", f"{row.id} has {had.number} on its posters, not {row.number}", mend)
        elif row.number and owners.get(row.number, row.id) != row.id:
            mend = "leave it empty"
            yield Fault(0, "number", f"{row.number} of {row.id} is on the posters of {owners[row.number]}", mend)


def merged(present: Iterable[Institution], batch: Batch, *, close: bool) -> list[Institution]:
    """The list after taking `batch`, every row with its number. close: rows that are not in it are closed."""
    old = {row.id: row for row in present}
    new = {row.id: row for row in batch.rows}
    kept = {key: replace(row, active=row.active and not close) for key, row in old.items() if key not in new}
    taken = {row.number for row in (*old.values(), *new.values())}
    for key, row in new.items():
        number = row.number or (old[key].number if key in old else numbers.free(taken))
        taken.add(number)
        kept[key] = replace(row, number=number)
    return sorted(kept.values(), key=lambda row: row.id)


def told(present: Iterable[Institution], rows: Sequence[Institution]) -> Iterator[str]:
    """What changes, line by line, for a person."""
    old = {row.id: row for row in present}
    for row in rows:
        if row.id not in old:
            yield f"+ {row.id} {row.name}, number {row.number}"
        elif row != old[row.id]:
            yield f"~ {row.id} {row.name}: {', '.join(differences(old[row.id], row))}"


def exported(rows: Iterable[Institution], country: Country) -> str:
    """The list as CSV."""
    return write_csv((written(row, country) for row in rows), FIELDS)


def _twice(cells: Iterable[Cells]) -> Iterator[Fault]:
    """Numbers that stand twice, and institutions that do so under two ids."""
    posters: dict[str, int] = {}
    places: dict[tuple[str, str], int] = {}
    for line, raw in cells:
        number = raw.get("number", "").strip().lstrip("0")  # 0417 is 417
        if number in posters:
            yield Fault(line, "number", f"{number} stands already in line {posters[number]}", "leave one empty")
        elif number:
            posters[number] = line
        place = fold(raw.get("name_en", "")), fold(raw.get("city", ""))
        if place[0] and place in places:
            trouble = f"the same institution stands in line {places[place]}"
            yield Fault(line, "name_en", trouble, "leave one of them", blocks=False)
        places.setdefault(place, line)
