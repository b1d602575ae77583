"""`hamraz institutions`: what the conversation finds, tried from a terminal; the list brought in and out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from bot.settings import read_settings
from casework.institutions.exchange import Batch, against, exported, merged, read_batch, told
from casework.institutions.shelf import Register, Shelf
from casework.places.gazetteer import COUNTRY, read_country
from casework.seeding import INSTITUTIONS, shipped_institutions
from casework.sheets import Fault
from handlers.commands import CommandError
from operating.directory import open_database
from storage import institutions
from storage.database import Unit
from storage.engines import parsed, sqlite_file


def find(text: str) -> str:
    """Which institutions a text may mean, best first: a line of JSON, a list."""
    found = _register().finder.find(text)
    return json.dumps(
        [
            {
                "id": one.institution.id,
                "name": one.institution.name,
                "city": one.institution.city,
                "score": round(one.score, 2),
                "sure": found.equal == 1 and number == 0,
                "ask": found.equal > 1 and number < found.equal,  # as likely as the first: the bot asks which
            }
            for number, one in enumerate(found.candidates)
        ],
        ensure_ascii=False,
    )


def check_files(files: Iterable[str]) -> Iterator[str]:
    """What is wrong with these files, or with the shipped institutions: a finding a line."""
    for path in [Path(name) for name in files] or [COUNTRY.parent / INSTITUTIONS]:
        yield from (_finding(fault, path) for fault in _read(path).faults)


def import_file(name: str, dry: bool, close: bool) -> Iterator[str]:
    """Take a file of institutions, or nothing of it; says what changes. Raises CommandError when it cannot be taken."""
    path = Path(name)
    batch = _read(path)
    yield from (_finding(fault, path) for fault in batch.faults)
    if not batch.sound:
        raise CommandError("nothing was taken: mend the lines that begin with E")
    database = open_database()
    try:
        present = database.read(institutions.every)
        if faults := list(against(present, batch)):
            yield from (_finding(fault, path) for fault in faults)
            raise CommandError("nothing was taken: posters hang with these numbers")
        rows = merged(present, batch, close=close)
        changes = list(told(present, rows))
        yield from changes
        yield f"{len(changes)} new or changed, {len(rows) - len(changes)} as they are"
        if dry:
            yield "nothing was taken: this was a dry run"
            return

        def work(unit: Unit) -> None:
            institutions.hold(unit)
            if institutions.every(unit) != present:
                raise CommandError("somebody changed the list meanwhile; try again")
            institutions.replace_all(unit, rows)

        database.work(work)
        yield f"taken: there are {len(rows)} institutions"
    finally:
        database.close()


def export_file() -> str:
    """The whole list as CSV."""
    return exported(_register().all, read_country())


def _read(path: Path) -> Batch:
    try:
        return read_batch(path.read_bytes(), read_country())
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None


def _finding(fault: Fault, path: Path) -> str:
    code, rest = str(fault).split(" ", 1)
    return f"{code} {path.name}: {rest}"


@cache
def _register() -> Register:
    """The list of this installation, or the shipped one where nothing is installed yet."""
    url = parsed(read_settings().database_url)
    if url.get_backend_name() == "sqlite" and not sqlite_file(url).exists():
        return Register("shipped", tuple(merged((), shipped_institutions(), close=False)))
    database = open_database()
    try:
        return database.read(Shelf().register)
    finally:
        database.close()
