"""Flow files from anywhere, read without trusting them, and the line at which each node is written.

TOML's reader keeps no lines, so a node's line is found by its name. What cannot be read is a finding, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.definition import MOST_BYTES, parse
from flows.errors import BrokenFlow
from flows.findings import Finding
from flows.shape import Flow

_NAMED = re.compile(r"""^\s*name\s*=\s*["']([^"']*)["']""")
_ODD = re.compile(r"[^\x20-\x7e\u00a1-\ud7ff\ue000-\U0010ffff]")  # would break the line, or the terminal


@dataclass(frozen=True, slots=True)
class FlowFile:
    """One file: its flow, or what is wrong with its form."""

    shown: str  # the path as given, safe to print
    flow: Flow | None
    broken: str = ""  # the line that says why there is no flow
    lines: tuple[tuple[str, int], ...] = ()  # (name, line) of whatever is named in it, in order

    def said(self, finding: Finding) -> str:
        """The finding as one line that names this file and the line in it."""
        line = _line(self.lines[1:], finding.node) or _line(self.lines, finding.flow)
        return finding.at(f"{self.shown}:{line}" if line else self.shown)


def read_flow_files(given: Sequence[Path]) -> Iterator[FlowFile]:
    """Read every file, and every *.toml of every folder, that is given."""
    for path in given:
        shown = _printable(path)
        try:
            inside = sorted(path.glob("*.toml")) if path.is_dir() else [path]
        except OSError as error:
            yield _unreadable(shown, f"it cannot be read ({error.strerror})", "give a file that you may read")
            continue
        if not inside:
            yield _unreadable(shown, "there is no flow in this folder", "name the file of a flow NAME.toml")
        for file in inside:
            yield _read(file)


def _read(path: Path) -> FlowFile:
    shown = _printable(path)
    try:
        if path.exists() and not path.is_file():
            return _unreadable(shown, "it is no file", "give the file of a flow, NAME.toml")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _unreadable(shown, "it is not text (UTF-8)", "give the file of a flow, NAME.toml")
    except OSError as error:
        return _unreadable(shown, f"it cannot be read ({error.strerror})", "give a file that is there")
    lines = tuple(
        (found[1], number) for number, line in enumerate(text.split("\n"), 1) if (found := _NAMED.match(line))
    )
    try:
        return FlowFile(shown, parse(text, path.stem), lines=lines)
    except BrokenFlow as broken:
        finding = Finding(broken.code, broken.flow, broken.node, broken.trouble, broken.mend)
        last = broken.code == "E106"  # the second of the two is the one to rename
        line = broken.line or _line(lines[:0:-1] if last else lines[1:], broken.node)
        place = f"{shown}:{line}" if line else shown
        return FlowFile(shown, None, _ODD.sub("?", finding.at(place)))


def _unreadable(shown: str, trouble: str, mend: str) -> FlowFile:
    return FlowFile(shown, None, Finding("E100", "", "", trouble, mend).at(shown))


def _line(lines: Sequence[tuple[str, int]], name: str) -> int:
    """The first line that gives this name; 0 when none does. A flow's own name stands before those of its nodes."""
    return next((number for named, number in lines if named == name and name), 0)


def _printable(path: Path) -> str:
    here = Path.cwd()
    if path.is_absolute() and path.is_relative_to(here):
        path = path.relative_to(here)
    return _ODD.sub("?", str(path).encode("utf-8", "replace").decode("utf-8"))
