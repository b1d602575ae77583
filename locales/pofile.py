"""A PO file as Babel reads and writes it, with our own headers kept.

Babel drops every header it does not know; ours (X-Direction and the like) make a language
one folder. Nothing outside this file knows how a PO file looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from email import message_from_string
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, PoFileParser, write_po

# Wide enough that Babel folds no comment: "#. en: …" must come back as it was written.
_UNFOLDED = 100_000


class WordsError(Exception):
    """The words cannot be used. Never raised itself; catch it to mean any of these."""


class BrokenCatalogue(WordsError):
    """A PO file cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


class PoFile(Catalog):
    """One catalogue. `headers` are as written, `repeated` lists keys that stand twice."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.repeated: list[str] = []
        super().__init__(charset="utf-8")

    def __setitem__(self, id: str | list[str] | tuple[str, ...], message: Message) -> None:
        if not id and isinstance(message.string, str):
            self.headers = dict(message_from_string(message.string).items())
        elif (key := id if isinstance(id, str) else id[0]) in self:
            self.repeated.append(key)
        super().__setitem__(id, message)

    def _get_mime_headers(self) -> list[tuple[str, str]]:
        lines = list(self.headers.items())
        return [
            *lines[:-1],
            *((name, value + "\n") for name, value in lines[-1:]),
        ]  # Babel leaves the last line open, and other programs stumble over that

    # Babel writes the header from this property: give back what was read, to the letter.
    mime_headers = property(_get_mime_headers, Catalog._set_mime_headers)


def read_pofile(path: Path) -> PoFile:
    """Return the file at `path`. Raises BrokenCatalogue when it is missing or malformed."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenCatalogue(path, f"cannot be read ({type(error).__name__})") from None
    return _parse(path, lines)


def read_headers(path: Path) -> dict[str, str]:
    """Return only the headers, which end at the file's first empty line."""
    head: list[str] = []
    try:
        with path.open(encoding="utf-8") as file:
            for line in file:
                if not line.strip() and any(part.startswith("msgstr") for part in head):
                    break
                head.append(line)
    except (OSError, UnicodeDecodeError) as error:
        raise BrokenCatalogue(path, f"cannot be read ({type(error).__name__})") from None
    return _parse(path, head).headers


def write_pofile(catalogue: PoFile, path: Path) -> None:
    """Write `catalogue` to `path`, whole or not at all."""
    scratch = path.with_suffix(".po.new")
    scratch.write_bytes(written(catalogue))
    scratch.replace(path)


def written(catalogue: PoFile) -> bytes:
    """Return `catalogue` as a file."""
    buffer = BytesIO()
    write_po(buffer, catalogue, width=_UNFOLDED)
    return buffer.getvalue()


def read_sent(content: str, name: str) -> PoFile:
    """Return a file that somebody sent. Raises BrokenCatalogue, whatever it holds."""
    # Not splitlines: that ends a line where PO does not, in the middle of somebody's words.
    return _parse(Path(name), content.replace("\r\n", "\n").split("\n"))


def _parse(path: Path, lines: Iterable[str]) -> PoFile:
    catalogue = PoFile()
    try:
        PoFileParser(catalogue, ignore_obsolete=False, abort_invalid=True).parse(lines)
    except PoFileError as error:
        raise BrokenCatalogue(path, f"line {error.lineno + 1}: {error}") from None
    except (ValueError, IndexError, AttributeError, AssertionError) as error:
        # Babel trips over some malformed lines instead of refusing them.
        raise BrokenCatalogue(path, f"is malformed ({type(error).__name__}: {error})") from None
    return catalogue
