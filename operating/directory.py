"""`hamraz places` and `hamraz directory`: what the conversation finds, tried from a terminal; rows brought in and out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from bot.filling import Filler
from bot.settings import read_settings
from casework import resources
from casework.directory import choosing
from casework.directory.asking import shipped_asker
from casework.directory.exchange import Batch, compare, exported, lacking, merged, read_batch
from casework.directory.formats import FORMATS
from casework.directory.stock import Shelf, Stock
from casework.places.finding import Found, shipped_finder
from casework.places.gazetteer import COUNTRY, read_country
from casework.seeding import OFFICES, shipped_stock
from casework.sheets import Fault
from handlers.commands import CommandError
from locales.phrasebook import Phrasebook
from operating.clock import now
from storage import directory
from storage.database import Database, Unit
from storage.engines import parsed, sqlite_file
from storage.errors import StorageError
from storage.migrations import check

_EACH = 1_000  # rows between two signs of progress


def find_places(text: str) -> str:
    """Which places a text may mean, best first: a line of JSON, a list."""
    return _json(_places(shipped_finder().find(text)))


def ask(text: str, language: str) -> str:
    """What a text asks for and whom she would be shown, exactly as the conversation would: a line of JSON."""
    stock, asked = shared_stock(), shipped_asker().read(text)
    place = asked.places.one
    target = resources.target_at(place, stock) if place else choosing.Target()
    sure = asked.kind is not None and asked.places.equal < 2
    rows = choosing.chosen(stock, asked.kind, target, now())[: resources.AT_ONCE] if asked.kind and sure else []
    said = resources.lines(rows, target, stock).items
    filler = Filler(_phrasebook(), language, "terminal", {})
    told: dict[str, Any] = {
        "kind": asked.kind.id if asked.kind else None,  # null: the menu is shown
        "icon": asked.kind.icon if asked.kind else None,
        "why": list(asked.why),
        "place": _places(asked.places)[0] if place else None,
        "ask": _places(asked.places)[: asked.places.equal] if asked.places.equal > 1 else [],
        "resources": [
            {
                "id": row.id,
                "kind": row.kind,
                "name": row.names["en"],
                "phone": row.phones[0] if row.phones else None,
                "phone_kind": row.phone_kind,
                "district": stock.district[row.district].names["en"] if row.district in stock.district else None,
                "say": filler.say(line.key, line.values),
            }
            for row, line in zip(rows, said, strict=True)
        ],
    }
    return _json(told)


def check_files(files: Iterable[str]) -> Iterator[str]:
    """What is wrong with these files, or with the shipped directory: a finding a line."""
    named = [Path(name) for name in files]
    for path in named or [COUNTRY.parent / OFFICES]:
        batch = _read(path)
        faults = [*batch.faults, *(() if named or not batch.sound else lacking(batch.rows))]
        yield from (finding(fault, path) for fault in faults)


def import_file(name: str, dry: bool, remove: bool) -> Iterator[str]:
    """Take a file of rows, or nothing of it; says what changes. Raises CommandError when it cannot be taken."""
    path = Path(name)
    batch = _read(path)
    yield from (finding(fault, path) for fault in batch.faults)
    if not batch.sound:
        raise CommandError("nothing was taken: mend the lines that begin with E")
    database = open_database()
    try:
        present = database.read(directory.all_offices)
        rows = merged(present, batch, remove=remove)
        if faults := list(lacking(rows)):
            yield from (finding(fault, path) for fault in faults)
            raise CommandError("nothing was taken: the conversation cannot do without these rows")
        changes = compare(present, batch)
        yield from changes.told(remove=remove)
        count = f"{len(changes.added)} new, {len(changes.changed)} changed, {changes.same} as they are"
        gone = f"{len(changes.missing)} {'taken out' if remove else 'not in the file and left'}"
        yield f"{count}, {gone}"
        if dry:
            yield "nothing was taken: this was a dry run"
            return

        def work(unit: Unit) -> None:
            for one in present:  # by id, as all_offices gives them
                directory.office(unit, one.id, hold=True)
            if directory.all_offices(unit) != present:
                raise CommandError("somebody changed the directory meanwhile; try again")
            directory.replace_offices(unit, rows)

        database.work(work)
        yield f"taken: the directory has {len(rows)} rows"
    finally:
        database.close()


def export_file(form: str) -> str:
    """The whole directory in one of the formats. Raises CommandError."""
    if form not in FORMATS:
        raise CommandError(f"no format {form!r}; there are {', '.join(FORMATS)}")
    return exported(shared_stock().offices, read_country(), form)


def credits() -> Iterator[str]:
    """Whom the data comes from."""
    yield read_country().credits
    yield "Numbers and offices: facts from the pages that each row cites (`hamraz directory export`, column source)."


def _read(path: Path) -> Batch:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    return read_batch(content, read_country(), now().date(), _progress if sys.stderr.isatty() else None)


def _progress(done: int, of: int) -> None:
    """A sign of life on a terminal; what a file or another program reads has none."""
    if done % _EACH == 0 and of > _EACH:
        print(f"{done:,} of {of:,} rows read", file=sys.stderr, flush=True)


def finding(fault: Fault, path: Path) -> str:
    code, rest = str(fault).split(" ", 1)
    return f"{code} {path.name}: {rest}"


def _places(found: Found) -> list[dict[str, Any]]:
    return [
        {
            "id": one.place.id,
            "name": one.place.name,
            "district": one.place.district,
            "kind": one.place.kind,
            "why": one.why,
            "sure": one.sure and number < max(found.equal, 1),
            "ask": found.equal > 1 and number < found.equal,  # as likely as the first: the bot asks which
        }
        for number, one in enumerate(found.candidates)
    ]


@cache
def shared_stock() -> Stock:
    """The directory of this installation, or the shipped one where nothing is installed yet."""
    url = parsed(read_settings().database_url)
    if url.get_backend_name() == "sqlite" and not sqlite_file(url).exists():
        return shipped_stock()
    database = open_database()
    try:
        return database.read(Shelf().stock)
    finally:
        database.close()


@cache
def _phrasebook() -> Phrasebook:
    return Phrasebook.load()


def open_database() -> Database:
    """The databases of this installation, once their tables are right. Raises CommandError."""
    settings = read_settings().without_surprises()
    database = Database(settings.database_url, settings.keys_url)
    try:
        check(database)
    except StorageError as error:
        database.close()
        raise CommandError(str(error)) from None
    return database


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
