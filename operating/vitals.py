"""What the page of health is told of this process, its machine and its databases."""

from __future__ import annotations

import platform
import shutil
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from bot.settings import Settings
from casework.health import Machine
from storage import resealing, vitals
from storage.database import Database
from storage.vault.keyring import Keyring

_SQLITE = "sqlite:///"
_PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def examine(settings: Settings, database: Database, keyring: Keyring, off: Mapping[str, tuple[str, ...]]) -> Machine:
    """Look at everything, in a few milliseconds. Raises StorageAway when main is away: then there is no page at all."""
    server, clock, current = database.read(
        lambda unit: (vitals.server(unit), vitals.clock(unit), resealing.current_key(unit))
    )
    disk = shutil.disk_usage(_folder(settings))
    return Machine(
        tables=vitals.tables(database),
        server=server,
        clock=clock,
        keyring_is_current=current in ("", *keyring.ids),
        free=disk.free,
        whole=disk.total,
        versions={"Hamraz": _own(), "Python": platform.python_version(), server.split()[0]: server.split()[-1]},
        off=off,
    )


def _folder(settings: Settings) -> Path:
    """Where the main database lies, when it lies here; otherwise where this process does."""
    url = settings.database_url
    return Path(url.removeprefix(_SQLITE)).absolute().parent if url.startswith(_SQLITE) else Path.cwd()


@cache
def _own() -> str:
    return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])
