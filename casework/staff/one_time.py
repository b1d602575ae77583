"""One-time codes (TOTP, RFC 6238): six digits of 30 seconds; each opens once, and a clock may be one step off."""

from __future__ import annotations

import base64
import hmac
import unicodedata
from datetime import datetime

import pyotp

from storage.vault.randomness import new_key

STEP = 30  # seconds
_OFF = 1  # steps that her clock or ours may be off, either way


def new_secret() -> str:
    """160 bits for her authenticator app, as the 32 letters she may type instead of taking the picture (RFC 4226, 4)."""
    return base64.b32encode(new_key()[:20]).decode()


def uri(secret: str, name: str, issuer: str) -> str:
    """What the picture says to her app."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_of(secret: str, typed: str, now: datetime, after: int = -1) -> int | None:
    """The step whose code was typed, in any script's digits; None for a wrong one, or one not later than `after`.

    after  the last step that opened something: neither it nor an earlier one opens again
    """
    code = "".join(str(unicodedata.decimal(each)) for each in typed if each.isdecimal())
    here = int(now.timestamp()) // STEP
    one_time = pyotp.TOTP(secret)
    fits = [
        step
        for step in range(here - _OFF, here + _OFF + 1)
        if hmac.compare_digest(one_time.generate_otp(step), code) and step > after
    ]
    return max(fits) if fits else None


def app_shows(secret: str, now: datetime) -> str:
    """The code that an app set up with this secret shows now; for invented staff, who have no phone."""
    return pyotp.TOTP(secret).at(now)
