"""Where to write about a hole: /.well-known/security.txt (RFC 9116), for those who look there first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response

ADDRESS = "/.well-known/security.txt"
HOLDS = timedelta(days=90)  # RFC 9116, 2.5.5 advises under a year: whoever finds an old copy is to look again


def make_security_txt(contact: str, public_url: str, clock: Callable[[], datetime]) -> Blueprint:
    """The one address.

    contact     as an address of the web, of mail or of a telephone: https://…, mailto:…, tel:…
    public_url  under which Hamraz is reached
    clock       UTC
    """
    blueprint = Blueprint("security_txt", __name__)

    def show() -> Response:
        expires = (clock().astimezone(UTC) + HOLDS).replace(hour=0, minute=0, second=0, microsecond=0)
        fields = {
            "Contact": contact,
            "Expires": f"{expires:%Y-%m-%dT%H:%M:%SZ}",
            "Preferred-Languages": "en, ur, sd",
            "Canonical": f"{public_url}{ADDRESS}",
        }
        text = "".join(f"{name}: {value}\n" for name, value in fields.items())
        return Response(text, content_type="text/plain; charset=utf-8")

    blueprint.add_url_rule(ADDRESS, "show", show)
    return blueprint
