"""`hamraz institutions`: what the conversation finds, tried from a terminal; the list brought in and out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from bot.settings import Settings, read_settings
from casework.institutions.exchange import Batch, against, exported, merged, read_batch, told
from casework.institutions.links import Ways
from casework.institutions.shelf import Register, Shelf
from casework.places.gazetteer import COUNTRY, read_country
from casework.printing import CannotPrint
from casework.resources import emergency
from casework.seeding import INSTITUTIONS, shipped_institutions
from handlers.commands import CommandError
from locales.phrasebook import Phrasebook
from operating.directory import finding, open_database, shared_stock
from storage import institutions
from storage.database import Unit
from storage.engines import parsed, sqlite_file
from storage.institutions import Institution
from web import codes
from web.posters.sheet import Sheet


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
        yield from (finding(fault, path) for fault in _read(path).faults)


def import_file(name: str, dry: bool, close: bool) -> Iterator[str]:
    """Take a file of institutions, or nothing of it; says what changes. Raises CommandError when it cannot be taken."""
    path = Path(name)
    batch = _read(path)
    yield from (finding(fault, path) for fault in batch.faults)
    if not batch.sound:
        raise CommandError("nothing was taken: mend the lines that begin with E")
    database = open_database()
    try:
        present = database.read(institutions.every)
        if faults := list(against(present, batch)):
            yield from (finding(fault, path) for fault in faults)
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


def write_codes(ids: Sequence[str], folder: str, language: str) -> Iterator[str]:
    """Write the QR codes of these, or of all that are open: a PNG a channel. Raises CommandError."""
    sheet, out = _sheet(language), Path(folder)
    rows = [_row(one) for one in ids] or [one for one in _register().all if one.active]
    for row in rows:
        for link in sheet.links(row, language):
            path = out / f"{row.id}-{row.number}-{link.channel}.png"
            _write(path, codes.png(link.code))
            yield f"{path}: {link.code}"


def write_poster(row_id: str, file: str, language: str) -> Iterator[str]:
    """Write the poster of one as PDF. Raises CommandError."""
    sheet, row = _sheet(language), _row(row_id)
    try:
        pdf = sheet.pdf(row, language)
    except CannotPrint as trouble:
        raise CommandError(str(trouble)) from None
    _write(Path(file), pdf)
    yield f"{file}: {row.name}, number {row.number}, in {language}"


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None


def ways_of(settings: Settings) -> Ways:
    """The channels that posters lead to."""
    return Ways(settings.sms_from, settings.whatsapp_from, settings.telegram_bot_name)


def _sheet(language: str) -> Sheet:
    """What posters need. Raises CommandError."""
    settings = read_settings().without_surprises()
    stock = shared_stock()
    numbers = {name: str(number) for name, number in emergency(stock).items()}
    sheet = Sheet(Phrasebook.load(), ways_of(settings), numbers)
    if language not in sheet.languages:
        raise CommandError(f"no language {language!r}; there are {', '.join(sheet.languages)}")
    if not sheet.ways.there:
        raise CommandError("no channel to lead to: set HAMRAZ_SMS_FROM, HAMRAZ_WHATSAPP_FROM or TELEGRAM_BOT_NAME")
    return sheet


def _row(row_id: str) -> Institution:
    found = _register().by_id.get(row_id)
    if found is None:
        raise CommandError(f"no institution {row_id!r}; `hamraz institutions find` shows their ids")
    return found


def _read(path: Path) -> Batch:
    try:
        return read_batch(path.read_bytes(), read_country())
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None


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
