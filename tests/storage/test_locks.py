"""What SQLite's locks need of us: POSIX drops every lock of a process on a file as soon as the process closes it once."""

from __future__ import annotations

import subprocess
import sys

from tests.databases import Place


def test_opening_a_database_again_leaves_the_locks_of_the_first_in_place(sqlite: Place) -> None:
    first = sqlite.open()
    first.work(lambda unit: None)
    sqlite.open().close()
    log = sqlite.folder / "main.db-wal"
    assert log.exists()

    # Another process that opens it and goes would take the log along, did it believe to be the last.
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT 1 FROM sqlite_master'); c.close()"
    )
    subprocess.run([sys.executable, "-c", script, str(sqlite.folder / "main.db")], check=True)

    assert log.exists()
