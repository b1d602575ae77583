"""No file of the repository holds a key or a token that could be somebody's."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
KINDS = {
    "private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "Telegram bot": r"(?<![\w:])\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])",
    "Twilio account or key": r"\b(?:AC|SK)[0-9a-f]{32}\b",
    "Twilio token": r"(?i:auth_?token)\W{1,4}[0-9a-f]{32}\b",
    "AWS": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    "GitHub": r"gh[pousr]_[A-Za-z0-9]{36}",
    "GitLab": r"glpat-[A-Za-z0-9_-]{20}",
    "Slack": r"xox[abprs]-[A-Za-z0-9-]{10}",
    "Google": r"AIza[A-Za-z0-9_-]{35}\b",
    "Stripe": r"\b[sr]k_live_[A-Za-z0-9]{20}",
    "npm": r"npm_[A-Za-z0-9]{36}\b",
    "PyPI": r"pypi-[A-Za-z0-9_-]{50}",
    "JWT": r"eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.",
    "password in an address": r"\b[a-z][a-z+]+://[^\s/:@{}<>$\"']+:[^\s/:@{}<>$\"']{6,}@",
}
COMPILED = {kind: re.compile(pattern) for kind, pattern in KINDS.items()}
DIFFERENT = 10  # letters: what is made up is made of few, or of an alphabet
MADE_UP = re.compile(r"(.)\1{7}|0123456|1234567|abcdef|ABCDEF", re.DOTALL)


def secrets_in(text: str) -> list[str]:
    """What looks like a real key or token; the kind of it, never the thing."""
    return [
        kind
        for kind, pattern in COMPILED.items()
        for match in pattern.finditer(text)
        if len(set(match[0])) > DIFFERENT and not MADE_UP.search(match[0])
    ]


def test_no_file_of_the_repository_holds_one() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    files = [ROOT / name for name in listed.split("\0") if name]
    texts = ((path, path.read_bytes().decode("utf-8", "ignore")) for path in files if path.is_file())

    assert len(files) > 500
    assert {str(path.relative_to(ROOT)): kinds for path, text in texts if (kinds := secrets_in(text))} == {}


def test_each_kind_is_seen() -> None:
    hexadecimal = "f3a91c07d25e8b64" + "9be04d7163f8a2c5"
    letters = "qW7rT2yU9iOp" + "A5sD3fG6hJkL8zX1cV4bN0mE"
    real = {
        "private key": "-----BEGIN " + "EC PRIVATE KEY-----",
        "Telegram bot": "482913570" + ":" + letters[:35],
        "Twilio account or key": "A" + "C" + hexadecimal,
        "Twilio token": "TWILIO_AUTH_TOKEN" + "=" + hexadecimal,
        "GitHub": "gh" + "p_" + letters,
        "password in an address": "postgresql://hamraz" + ":" + "kR7-vu2Wq" + "@db/hamraz",
    }

    assert {kind: secrets_in(f"x = '{text}' # y") for kind, text in real.items()} == {kind: [kind] for kind in real}
