"""The vault gives what the standards say. The numbers lie in tests/vectors, each file with its source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.vault import sealing
from storage.vault.grants import KeyPair
from storage.vault.sealing import open_hpke, subkey
from storage.vault.stretching import stretch

VECTORS = Path(__file__).parents[2] / "vectors"


def cases(name: str) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads((VECTORS / f"{name}.json").read_text())["cases"]
    return read


def raw(case: dict[str, Any], name: str) -> bytes:
    return bytes.fromhex(case.get(name, ""))


@pytest.mark.parametrize("case", cases("hkdf_sha256"), ids=lambda case: case["section"])
def test_a_subkey_is_rfc_5869(case: dict[str, Any]) -> None:
    ikm, salt, info, okm = (raw(case, name) for name in ("ikm", "salt", "info", "okm"))

    assert HKDF(SHA256(), case["l"], salt, info).derive(ikm) == okm
    # HKDF's output grows at its end, so our 32 bytes are the first 32 of the RFC's.
    assert subkey(ikm, info, salt) == okm[:32]


@pytest.mark.parametrize("case", cases("aes_256_gcm"))
def test_a_seal_opens_what_nist_sealed_and_refuses_what_nist_spoiled(case: dict[str, Any]) -> None:
    stored = raw(case, "iv") + raw(case, "ciphertext") + raw(case, "tag")

    if case["plaintext"] is None:
        with pytest.raises(InvalidTag):
            sealing._opened(raw(case, "key"), stored, raw(case, "aad"))
    else:
        assert sealing._opened(raw(case, "key"), stored, raw(case, "aad")) == raw(case, "plaintext")


@pytest.mark.parametrize("case", cases("hpke_base"), ids=lambda case: f"aead-{case['aead_id']}")
def test_hpke_is_rfc_9180(case: dict[str, Any]) -> None:
    # The library's public call has no aad and the RFC's messages do. So: the RFC's key and nonce make the
    # RFC's message, and the same key and nonce without aad make one that only the right key schedule opens.
    key, nonce, text = raw(case, "key"), raw(case, "base_nonce"), raw(case, "pt")
    assert AESGCM(key).encrypt(nonce, text, raw(case, "aad")) == raw(case, "ct")
    stored = raw(case, "enc") + AESGCM(key).encrypt(nonce, text, None)
    private = raw(case, "skRm")
    assert KeyPair.of(private).public == raw(case, "pkRm")

    if case["aead_id"] == 2:  # AES-256-GCM, the one we use
        opened = open_hpke(private, stored, raw(case, "info"))
    else:
        suite = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM)
        opened = suite.decrypt(stored, X25519PrivateKey.from_private_bytes(private), raw(case, "info"))

    assert opened == text


@pytest.mark.parametrize("case", cases("argon2id"), ids=lambda case: f"{case['memory_kib']}-kib-{case['lanes']}")
def test_stretching_is_rfc_9106(case: dict[str, Any]) -> None:
    if case["lanes"] == 1:
        made = stretch(raw(case, "password"), raw(case, "salt"), case["memory_kib"], case["iterations"])
    else:
        made = Argon2id(
            salt=raw(case, "salt"),
            length=32,
            iterations=case["iterations"],
            lanes=case["lanes"],
            memory_cost=case["memory_kib"],
            ad=raw(case, "ad"),
            secret=raw(case, "secret"),
        ).derive(raw(case, "password"))

    assert made == raw(case, "tag")
