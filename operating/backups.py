"""Copies for a bad day, each with its checksum; and the drill that shows that they open.

MAIN and KEYS go to two folders, best on two machines: together with the keyring's passphrase they are everything.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.settings import Settings, read_settings
from casework import soundness
from casework.pulse import BACKUP, DRILL
from handlers.commands import CommandError
from operating.clock import now
from operating.keys import open_keyring
from storage import backups, marks
from storage.database import Database
from storage.errors import StorageError
from storage.migrations import migrate

KEYS_LIVE = timedelta(days=7)  # an erased report must open from no copy that is older
_STAMP = "%Y%m%dT%H%M%SZ"
_SUM = ".sha256"


def back_up(main_folder: str, keys_folder: str, keep_days: int) -> Iterable[str]:
    """Copy both databases, and let go of copies past their time. Raises CommandError."""
    settings = read_settings().without_surprises()
    moment = now()
    with _said():
        # First, and whatever becomes of the new ones: what was erased must open from no copy a week later.
        yield from _let_go(Path(keys_folder), "keys", moment - KEYS_LIVE)
        main = _copy("main", backups.copy_main, settings.database_url, Path(main_folder), moment)
        keys = _copy("keys", backups.copy_keys, settings.keys_url, Path(keys_folder), moment)
        yield f"copied: {main.name} ({_size(main)}), {keys.name} ({_size(keys)})"
        yield from _note(settings, BACKUP, moment)
        yield from _let_go(Path(main_folder), "main", moment - timedelta(days=keep_days))


def restore_drill(main_folder: str, keys_folder: str, into: str, keys_into: str) -> Iterable[str]:
    """Put the latest copies back beside everything, look whether all of it opens, and take it away again.

    into, keys_into  two empty databases of PostgreSQL's; not needed for copies of SQLite
    Raises CommandError when anything is not as it should be.
    """
    settings = read_settings().without_surprises()
    begun = now()
    main, keys = _latest(Path(main_folder), "main"), _latest(Path(keys_folder), "keys")
    yield f"latest: {main.name}, {keys.name}"
    with _said(), _beside(settings, main, into, keys_into) as (url, keys_url):
        for copy in (main, keys):
            if _sum(copy) != _noted(copy):
                raise CommandError(f"{copy.name} is not as it was written")
        if main.suffix == ".db":
            _put_back(main, keys, url, keys_url)  # before they are opened: opening makes the files
        database = Database(url, keys_url)
        try:
            if main.suffix != ".db":
                _put_back(main, keys, url, keys_url)
            yield from _look(settings, database)
        finally:
            if main.suffix != ".db":
                backups.take_out(database)
            database.close()
        yield from _note(settings, DRILL, begun)
    yield f"the drill took {(now() - begun).total_seconds():.1f} s"


def _note(settings: Settings, what: str, moment: datetime) -> Iterator[str]:
    """So that the console and the metrics know of it. Where that cannot be, the copy is none the worse."""
    lies = Path(settings.database_url.removeprefix("sqlite:///"))
    if settings.database_url.startswith("sqlite:///") and not lies.exists():
        return  # opening it would make it: a drill on another machine leaves nothing behind
    try:
        database = Database(settings.database_url, settings.keys_url)
        try:
            database.work(lambda unit: marks.done(unit, what, moment))
        finally:
            database.close()
    except StorageError as error:
        yield f"not noted for the console: {error}"


def _put_back(main: Path, keys: Path, url: str, keys_url: str) -> None:
    backups.put_back(main, url)
    backups.put_back(keys, keys_url)


def _look(settings: Settings, database: Database) -> Iterator[str]:
    rows = backups.counted(database)
    yield f"put back: {sum(rows.values())} rows in {len(rows)} tables"
    migrate(database)
    keyring = open_keyring(settings)
    opened, unreadable = soundness.opening(database, keyring)
    yield f"reports: {opened} open to those who may, {unreadable} were erased since"
    faults = list(soundness.findings(database, keyring, erased_since=True))
    yield from faults
    if faults:
        raise CommandError("the copies are not sound")


@contextmanager
def _beside(settings: Settings, main: Path, into: str, keys_into: str) -> Iterator[tuple[str, str]]:
    """Two empty databases that are not the ones in use."""
    if main.suffix == ".db":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/main.db", f"sqlite:///{folder}/keys.db"
        return
    if not into or not keys_into:
        raise CommandError("copies of PostgreSQL need two empty databases to go into: --into URL --keys-into URL")
    if {into, keys_into} & {settings.database_url, settings.keys_url}:
        raise CommandError("never into the databases in use: name two empty ones")
    database = Database(into, keys_into)
    try:
        if not backups.is_empty(database):
            raise CommandError("the databases to go into are not empty")
    finally:
        database.close()
    yield into, keys_into


def _copy(side: str, copy: Any, url: str, folder: Path, moment: datetime) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    whole = folder / f"{side}-{moment.strftime(_STAMP)}{backups.suffix(url)}"
    part = whole.with_suffix(".part")
    part.unlink(missing_ok=True)
    copy(url, part)
    part.chmod(0o600)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    whole.with_suffix(_SUM).write_text(f"{_sum(part)}  {whole.name}\n", encoding="ascii")  # as sha256sum writes it
    part.rename(whole)  # a copy that was cut short never looks like one
    return whole


def _noted(copy: Path) -> str:
    try:
        return copy.with_suffix(_SUM).read_text(encoding="ascii").partition(" ")[0]
    except OSError:
        raise CommandError(f"{copy.name} has no {_SUM} beside it") from None


def _latest(folder: Path, side: str) -> Path:
    found = sorted(path for path in folder.glob(f"{side}-*") if path.suffix in (".db", ".dump"))
    if not found:
        raise CommandError(f"no copy of {side} in {folder}")
    return found[-1]


def _let_go(folder: Path, side: str, moment: datetime) -> Iterator[str]:
    """Take away copies from before a moment."""
    limit = f"{side}-{moment.strftime(_STAMP)}"
    for path in sorted(folder.glob(f"{side}-*")):
        if path.name.partition(".")[0] < limit:
            path.unlink()
            yield f"gone: {path.name}"


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1024:.0f} KiB"


@contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except StorageError as error:
        raise CommandError(str(error)) from None
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}") from None
