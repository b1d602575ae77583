"""A passkey in software, as a phone would hold it: ES256, no attestation (WebAuthn level 2, 6.5 and 7)."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass, field

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

_PRESENT, _MADE = 0x01, 0x40  # user present; credential data follows


@dataclass
class Authenticator:
    """One passkey, bound to one address."""

    origin: str = "https://help.example"
    id: str = "help.example"
    credential: bytes = field(default_factory=lambda: os.urandom(16))
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    count: int = 0

    def make(self, options: str) -> str:
        """The browser's answer to a request for a new passkey."""
        client = self._client("webauthn.create", options)
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        data = self._data(_PRESENT | _MADE) + bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data + cbor2.dumps(public)})
        return self._answer({"clientDataJSON": text(client), "attestationObject": text(attestation)})

    def show(self, options: str) -> str:
        """The browser's answer to a request to show it."""
        self.count += 1
        client, data = self._client("webauthn.get", options), self._data(_PRESENT)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        return self._answer(
            {"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature)}
        )

    def _client(self, kind: str, options: str) -> bytes:
        asked = json.loads(options)
        return json.dumps({"type": kind, "challenge": asked["challenge"], "origin": self.origin}).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _answer(self, response: dict[str, str]) -> str:
        name = text(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})


def text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
