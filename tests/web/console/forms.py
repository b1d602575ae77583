"""A form as a browser without any program reads it and sends it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

from tests.web.console.conftest import SITE, Browser


@dataclass
class Form:
    """One form of a page."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.fields[name][0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(said.get("action", ""), said.get("method", "get"))
            self.forms.append(self._open)
            return
        if self._open is None or "disabled" in said:
            return
        name = said.get("name", "")
        if tag == "input" and name:
            ticks = said.get("type") in ("checkbox", "radio")
            if not ticks or "checked" in said:
                self._open.fields.setdefault(name, []).append(said.get("value", "on" if ticks else ""))
        elif tag == "textarea":
            self._area = name
            self._open.fields[name] = [""]
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in said or self._select not in self._open.fields):
            self._open.fields[self._select] = [said.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None and self._open is not None:
            self._open.fields[self._area][0] += data

    def close(self) -> None:
        super().close()
        for form in self.forms:
            for name, values in form.fields.items():
                # A browser drops the first line break of a text area, and sends the others as two letters.
                form.fields[name] = [value.removeprefix("\n").replace("\n", "\r\n") for value in values]


def forms_of(page: TestResponse, action: str) -> list[Form]:
    """Every form of a page that is sent to this address of the console."""
    reader = _Reader()
    reader.feed(page.text)
    reader.close()
    return [form for form in reader.forms if form.action == f"/console{action}"]


def fill(
    browser: Browser, page: TestResponse, action: str, *, number: int = 0, **typed: str | list[str]
) -> TestResponse:
    """Send a form of a page as it was shown, with what is typed into it."""
    form = forms_of(page, action)[number]
    data = form.fields | {name: [value] if isinstance(value, str) else value for name, value in typed.items()}
    return browser.client.post(
        f"/console{action}", data=data, base_url=SITE, headers={"Referer": f"{SITE}/console{action}"}
    )
