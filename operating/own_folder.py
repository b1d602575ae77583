"""A folder of its own for each demo that runs: var/demo/1, var/demo/2 and so on.

The lock in it is the system's: it is let go when the process ends, however it ends, so
that a demo that was killed leaves a folder which the next one takes over.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from handlers.commands import CommandError

LOCK = "in-use"


@contextmanager
def own_folder(root: Path) -> Iterator[Path]:
    """The first folder under `root` that no running process has, emptied. Raises CommandError."""
    for number in count(1):
        folder = root / str(number)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (folder / LOCK).open("a")
        except OSError as error:
            raise CommandError(f"cannot write in {folder.absolute()}: {error.strerror}") from None
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            _empty(folder)
            yield folder
            return


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name == LOCK:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
