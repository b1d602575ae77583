"""Passkeys (WebAuthn) as a second factor beside the password; they derive no key."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from casework.staff.relying import Relying

LARGEST = 16 * 1024  # characters of an answer; real ones have one or two thousand


def to_make(relying: Relying, challenge: bytes, member_id: bytes, name: str) -> str:
    """What the browser is asked to make, as JSON."""
    return webauthn.options_to_json(
        webauthn.generate_registration_options(
            rp_id=relying.id,
            rp_name="Hamraz",
            user_id=member_id,
            user_name=name,
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                # Found without naming it: the login page must not tell which names there are.
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.PREFERRED,
            ),
        )
    )


def to_show(relying: Relying, challenge: bytes) -> str:
    """What the browser is asked to show at a login, as JSON."""
    return webauthn.options_to_json(webauthn.generate_authentication_options(rp_id=relying.id, challenge=challenge))


def made(relying: Relying, challenge: bytes, answer: str) -> dict[str, Any] | None:
    """What is kept of a new passkey; None when the browser's answer does not fit what it was asked."""
    credential = _read(answer)
    if credential is None:
        return None
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying.id,
            expected_origin=relying.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return {
        "id": _text(found.credential_id),
        "key": _text(found.credential_public_key),
        "count": found.sign_count,
    }


def shown(relying: Relying, challenge: bytes, answer: str, kept: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The passkey that was shown, as it is to be kept now; None when it is none of hers or was copied."""
    credential = _read(answer)
    mine = next((one for one in kept if credential is not None and one["id"] == credential.get("id")), None)
    if credential is None or mine is None:
        return None
    try:
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying.id,
            expected_origin=relying.origin,
            credential_public_key=base64url_to_bytes(mine["key"]),
            credential_current_sign_count=mine["count"],
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return {**mine, "count": found.new_sign_count}


def _read(answer: str) -> dict[str, Any] | None:
    if not answer or len(answer) > LARGEST:
        return None
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
