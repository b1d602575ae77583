"""Opening one case with its number and the team's passphrase, to prove that it can be read again."""

from __future__ import annotations

import json

from storage import reports, teams, threads
from storage.database import Database, Unit
from storage.vault.errors import KeyringError, Tampered
from storage.vault.grants import open_private
from storage.vault.keyring import Keyring, Purpose
from storage.vault.receipts import BadReceiptCode, ReceiptCode, derive


def open_case(database: Database, keyring: Keyring, receipt: str, passphrase: str, *, memory_kib: int) -> str:
    """The case as text. Raises LookupError with one line saying what did not open."""
    try:
        code = ReceiptCode.read(receipt)
    except BadReceiptCode:
        code = None
    if code is None:
        raise LookupError("that is no receipt: 20 digits, the last one checks the others")
    keys = [derive(code, keyring.key(Purpose.PEPPER, key_id), memory_kib, 2) for key_id in reversed(keyring.ids)]

    def read(unit: Unit) -> str:
        report_id = next((found for one in keys if (found := reports.find(unit, one)) is not None), None)
        report = reports.fetch(unit, keyring, report_id, hold=False) if report_id is not None else None
        if report is None:
            raise LookupError("no such case: the number is wrong, or it was erased")
        private = _private_half(unit, keyring, report, passphrase)
        files = reports.read_media(unit, report, private)
        content = {
            "status": report.meta,
            "report": reports.read_body(report, private),
            "added": threads.read(unit, report, private),
            "files": {file_id.hex(): len(file) for file_id, file in files.items()},
        }
        return json.dumps(content, ensure_ascii=False, indent=2)

    try:
        return database.read(read)
    except Tampered as fault:
        raise LookupError(f"it does not open: {fault}") from None


def _private_half(unit: Unit, keyring: Keyring, report: reports.Report, passphrase: str) -> bytes:
    for team in teams.keys(unit, keyring):
        try:
            return reports.private_of(unit, report, team, open_private(team.sealed_private, passphrase))
        except KeyringError:
            raise LookupError("the team's passphrase does not open its key") from None
        except KeyError:
            continue
    raise LookupError("no team key has a grant for this case")
