"""The bill of materials: every library of the lock, and every file of others that is shipped, as CycloneDX 1.6.

Made from the files of this version and nothing else, so that two of one version are the same to the letter.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handlers.commands import CommandError

ROOT = Path(__file__).parents[1]
LOCK, LICENCES = ROOT / "requirements" / "run.txt", ROOT / "requirements" / "licences.toml"
_PINNED = re.compile(r"^([a-z0-9._-]+)==([^\s;\\]+)([^\n]*(?:\n +--hash=[^\n]*)*)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Shipped:
    """A file of others that lies in this repository."""

    name: str
    version: str
    licence: str
    path: str


SHIPPED = (
    Shipped("Noto Naskh Arabic", "2.021", "OFL-1.1", "web/console/static/fonts/noto-naskh-arabic.woff2"),
    Shipped("Noto Nastaliq Urdu", "3.007", "OFL-1.1", "web/console/static/fonts/noto-nastaliq-urdu.woff2"),
    Shipped("Django's common passwords", "5.2", "BSD-3-Clause", "casework/staff/common_passwords.txt"),
    Shipped("procrastinate's schema", "3.10.0", "MIT", "storage/migrations/main/procrastinate_3_10_0.sql"),
)


def print_bill() -> str:
    """The bill, as JSON. Raises CommandError where there is no lock to read."""
    try:
        return json.dumps(bill(LOCK.read_text(encoding="utf-8")), indent=1, ensure_ascii=False)
    except OSError as error:
        raise CommandError(
            f"{error.filename}: {error.strerror}; the bill is made beside the project's own files"
        ) from None


def bill(lock: str) -> dict[str, Any]:
    """The bill of a lock."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "hamraz",
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"expression": project["license"]}],
            }
        },
        "components": [*_libraries(lock), *map(_file, SHIPPED)],
    }


def _libraries(lock: str) -> Iterator[dict[str, Any]]:
    with LICENCES.open("rb") as file:
        licences = tomllib.load(file)
    for name, version, rest in _PINNED.findall(lock):
        purl = f"pkg:pypi/{name}@{version}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "purl": purl,
            "licenses": [{"expression": licences.get(name, "NOASSERTION")}],
            # One for each file that may be installed: a source, and a wheel for each kind of machine.
            "hashes": [{"alg": "SHA-256", "content": found} for found in _HASH.findall(rest)],
        }


def _file(one: Shipped) -> dict[str, Any]:
    found = hashlib.sha256((ROOT / one.path).read_bytes()).hexdigest()
    return {
        "type": "file",
        "bom-ref": one.path,
        "name": one.name,
        "version": one.version,
        "licenses": [{"expression": one.licence}],
        "hashes": [{"alg": "SHA-256", "content": found}],
    }
