"""The address that passkeys are bound to. Apart from them: every process knows it, and only a login needs their library."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Relying:
    """The address that passkeys are bound to."""

    id: str  # its host
    origin: str

    @classmethod
    def at(cls, public_url: str) -> Relying | None:
        """Of the address under which staff open the console; None where browsers make no passkeys (WebAuthn 5.1.2):
        a bare number, or no TLS (but for this machine itself)."""
        parts = urlsplit(public_url)
        host = parts.hostname or ""
        try:
            ip_address(host)
            return None
        except ValueError:
            pass
        if not host or (parts.scheme != "https" and host != "localhost"):
            return None
        return cls(host, f"{parts.scheme}://{parts.netloc}")
