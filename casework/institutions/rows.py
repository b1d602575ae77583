"""One institution as it is written in files: checked field by field, each fault with its mend."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from casework.institutions import numbers
from casework.places.gazetteer import Country
from casework.sheets import LONGEST, YES_NO, Fault, perhaps, plain, unsafe
from storage.institutions import Institution

NEEDED = ("id", "kind", "name_en")
FIELDS = (
    "id", "number", "kind", "name_en", "name_ur", "name_sd", "alt_names", "city", "district", "active", "source",
)  # fmt: skip
KINDS = (
    "public_university", "private_university", "women_university", "public_college", "private_college",
    "girls_college", "co_ed_college", "girls_higher_secondary_school", "school", "workplace", "other",
)  # fmt: skip
LONGEST_NAME = 160
MOST_OTHERS = 20
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")  # it rides in buttons
_NAME = re.compile(r"name_[a-z]{2,3}(_[A-Z][a-z]{3})?")  # any language has its own column
_BETWEEN = "|"  # other names


class Reader:
    """Reads rows for one country."""

    def __init__(self, country: Country) -> None:
        self._districts = {name.casefold(): one for one in country.districts for name in (*one.names.values(), one.id)}

    def read(self, raw: Mapping[str, str], line: int) -> tuple[Institution | None, list[Fault]]:
        """Return the row and its faults; no row when one of them blocks."""
        cells = {column: plain(value) for column, value in raw.items()}
        faults = [*self._faults(cells, line)]
        return (None if any(fault.blocks for fault in faults) else self._row(cells)), faults

    def district(self, named: str) -> str | None:
        """The id of the district of this name, in any language; None when there is none."""
        found = self._districts.get(named.casefold())
        return found.id if found else None

    def _row(self, cells: Mapping[str, str]) -> Institution:
        return Institution(
            id=cells["id"],
            names={column[5:]: name for column, name in cells.items() if _NAME.fullmatch(column) and name},
            kind=cells["kind"],
            others=tuple(_others(cells.get("alt_names", ""))),
            city=cells.get("city", ""),
            district=self.district(cells.get("district", "")) or "",
            active=YES_NO[cells.get("active", "").casefold() or "yes"],
            number=int(cells.get("number") or 0),
            source=cells.get("source", ""),
        )

    def _faults(self, cells: Mapping[str, str], line: int) -> Iterator[Fault]:
        for column, value in cells.items():
            yield from unsafe(column, value, line, LONGEST_NAME if _NAME.fullmatch(column) else LONGEST)
        for column in NEEDED:
            if not cells.get(column):
                yield Fault(line, column, "it is empty", "fill it in")
        if cells.get("id") and not ID.fullmatch(cells["id"]):
            yield Fault(line, "id", "it is no id", "use a-z, 0-9, - and _, at most 30")
        kind = cells.get("kind", "")
        if kind and kind not in KINDS:
            yield Fault(line, "kind", f"there is no kind {kind[:40]!r}", perhaps(kind, KINDS))
        district = cells.get("district", "")
        if district and self.district(district) is None:
            names = [one.names["en"] for one in self._districts.values()]
            yield Fault(line, "district", f"there is no district {district[:40]!r}", perhaps(district, names))
        if cells.get("active", "").casefold() not in YES_NO:
            yield Fault(line, "active", f"{cells['active'][:20]!r} is neither yes nor no", "write yes or no")
        if len([*_others(cells.get("alt_names", ""))]) > MOST_OTHERS:
            yield Fault(line, "alt_names", f"over {MOST_OTHERS} other names", "keep those that people use")
        yield from _number(cells.get("number", ""), line)


def written(row: Institution, country: Country) -> dict[str, str]:
    """The row as a file has it: the columns of FIELDS, and one for each further language."""
    there = country.district(row.district)
    cells = {
        "id": row.id,
        "number": str(row.number or ""),
        "kind": row.kind,
        **{f"name_{language}": name for language, name in row.names.items()},
        "alt_names": _BETWEEN.join(row.others),
        "city": row.city,
        "district": there.names["en"] if there else "",
        "active": "yes" if row.active else "no",
        "source": row.source,
    }
    return {**dict.fromkeys(FIELDS, ""), **cells}


def is_column(name: str) -> bool:
    """Whether a file may have this column."""
    return name in FIELDS or bool(_NAME.fullmatch(name))


def _others(written: str) -> Iterator[str]:
    yield from (one.strip() for one in written.split(_BETWEEN) if one.strip())


def _number(typed: str, line: int) -> Iterator[Fault]:
    if typed and not (typed.isascii() and typed.isdigit() and numbers.may_be(int(typed[:9]))):
        mend = f"leave it empty, or write one from {numbers.FIRST} to {numbers.LAST} that means nothing else"
        yield Fault(line, "number", f"{typed[:20]!r} can be no number of a poster", mend)
