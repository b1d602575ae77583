"""Messages at Twilio, through the foundations of its library and not through its table of all that Twilio sells.

Whoever asks that table for messages loads 66 modules about calls, conferences and telephone numbers: 7 MiB in each process.
What is asked, and every error, is the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twilio.base.domain import Domain
from twilio.base.page import Page
from twilio.base.version import Version
from twilio.rest import Client

_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_READ = {"Accept": "application/json"}


class Messages:
    """Those of one account. Each call raises what the library raises."""

    def __init__(self, client: Client, api: str, account: str) -> None:
        self._api = Version(Domain(client, api), "2010-04-01")
        self._all = f"/Accounts/{account}/Messages"

    def create(self, fields: Mapping[str, str | list[str]]) -> str:
        """Send one; return its id. fields: by the names that Twilio's API gives them"""
        made = self._api.create("POST", f"{self._all}.json", data=dict(fields), headers=dict(_FORM))
        return str(made.get("sid"))

    def empty(self, message: str) -> None:
        """Take its words away."""
        self._api.update("POST", f"{self._all}/{message}.json", data={"Body": ""}, headers=dict(_FORM))

    def delete(self, message: str) -> None:
        self._api.delete("DELETE", f"{self._all}/{message}.json", headers={})

    def delete_media(self, message: str, media: str) -> None:
        self._api.delete("DELETE", f"{self._all}/{message}/Media/{media}.json", headers={})

    def listed(self, wanted: Mapping[str, str], most: int, on_a_page: int) -> list[dict[str, Any]]:
        """At most so many, newest first, as the API says them."""
        return self._read(f"{self._all}.json", {**wanted, "PageSize": on_a_page}, most)

    def media_of(self, message: str, most: int) -> list[dict[str, Any]]:
        """The files of one."""
        return self._read(f"{self._all}/{message}/Media.json", {"PageSize": most}, most)

    def _read(self, path: str, wanted: Mapping[str, object], most: int) -> list[dict[str, Any]]:
        first = _Records(self._api, self._api.page("GET", path, params=dict(wanted), headers=dict(_READ)))
        return list(self._api.stream(first, most))


class _Records(Page):  # type: ignore[misc]  # its library has no types
    """A page of records, as they are."""

    def get_instance(self, payload: dict[str, Any]) -> dict[str, Any]:
        return payload
