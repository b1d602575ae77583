"""Our own two forms, out and in: a flow, and its words in every language. Both hold the same, and say it in the same bytes
whenever it is the same.

TOML is for people: it can be read, compared line by line, and changed by hand. JSON is for programs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flows.definition import from_data, parse_data
from flows.editing.values import of_flow
from flows.editing.writing import value, written
from flows.errors import BrokenFlow
from flows.exchange.bundle import Bundle, Forms, NotTaken, Words
from flows.exchange.strict import at

VERSION = 1
MARK = "hamraz"  # the key that tells our files from others
MOST_TOML = 2_000_000  # bytes; tomllib takes a second for it
LONGEST = 4_000  # characters of one form
_MOST_FORMS = 6
_OPENING = "# A flow of Hamraz with its words in every language. `hamraz flows import` reads it in again, as a draft.\n"
_PHRASE = re.compile(r"[A-Za-z0-9_.@-]{1,100}")
_LANGUAGE = re.compile(r"[A-Za-z_]{2,12}")
_SECTION = re.compile(r"\s*\[words\.([A-Za-z_]+)\]")
_SAID = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*=""")
_NAMED = re.compile(r"""\s*name\s*=\s*["']([^"']*)["']""")


def to_toml(bundle: Bundle) -> str:
    """One text for people."""
    parts = [f"{_OPENING}{MARK} = {VERSION}\n\n[flow]\n{written(bundle.data, 'flow')}"]
    for language in sorted(bundle.words):
        phrases = bundle.words[language]
        lines = [f"{value(key)} = {value(_plain(phrases[key]))}" for key in sorted(phrases)]
        parts.append("\n".join([f"\n[words.{language}]", *lines]) + "\n")
    return "".join(parts)


def to_json(bundle: Bundle) -> str:
    """The same for programs."""
    return _dumped({MARK: VERSION, "flow": bundle.data, "words": _words_out(bundle.words)})


def from_toml(text: str) -> Bundle:
    """A bundle, or the text of a flow alone. Raises NotTaken."""
    try:
        data = parse_data(text, "", MOST_TOML)
    except BrokenFlow as broken:
        raise NotTaken("not_toml", f"line {broken.line}" if broken.line else "", said=broken.trouble) from None
    lines = _lines(text)
    if MARK not in data:
        return Bundle(_flow(data, lines, ""))
    _only(data, {MARK, "flow", "words"}, "")
    _version(data)
    places = _places(text)
    return Bundle(_flow(data.get("flow"), lines, "flow"), _words_in(data.get("words", {}), places), places=places)


def from_json(data: Mapping[str, Any]) -> Bundle:
    """The same out of JSON that was read. Raises NotTaken."""
    if MARK not in data:
        return Bundle(_flow(data, [], ""))
    _only(data, {MARK, "flow", "words"}, "")
    _version(data)
    return Bundle(_flow(data.get("flow"), [], "flow"), _words_in(data.get("words", {}), {}))


def _dumped(one: object) -> str:
    return json.dumps(one, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _plain(forms: Forms) -> str | list[str]:
    return forms[0] if len(forms) == 1 else list(forms)


def _words_out(words: Words) -> dict[str, dict[str, str | list[str]]]:
    return {language: {key: _plain(forms) for key, forms in said.items()} for language, said in words.items()}


def _version(data: Mapping[str, Any]) -> None:
    if data[MARK] != VERSION or isinstance(data[MARK], bool):
        raise NotTaken("other_version", MARK, said=str(data[MARK])[:20])


def _only(data: Mapping[str, Any], known: set[str], path: str) -> None:
    for key in data:
        if key not in known:
            raise NotTaken("unknown_key", at(path, str(key)), said=str(key)[:40])


def _flow(data: Any, lines: list[tuple[str, int]], path: str) -> Any:
    """The flow as an edition would keep it. Raises NotTaken."""
    name = data.get("name") if isinstance(data, Mapping) else None
    try:
        return of_flow(from_data(data, name if isinstance(name, str) else ""))
    except BrokenFlow as broken:
        where = _line(lines, broken) or _path(data, broken.node, path)
        raise NotTaken("broken", where, said=f"{broken.trouble}; {broken.mend}", node=broken.node) from None


def _line(lines: list[tuple[str, int]], broken: BrokenFlow) -> str:
    """The line of the node that is broken; of two of one name the second."""
    found = [number for name, number in lines[1:] if name == broken.node and name]
    return f"line {found[-1 if broken.code == 'E106' else 0]}" if found else ""


def _path(data: Any, name: str, path: str) -> str:
    nodes = data.get("node") if isinstance(data, Mapping) else None
    for number, node in enumerate(nodes if isinstance(nodes, list) else ()):
        if isinstance(node, Mapping) and name and node.get("name") == name:
            return f"{at(path, 'node')}[{number}]"
    return path


def _lines(text: str) -> list[tuple[str, int]]:
    return [(found[1], number) for number, line in enumerate(text.split("\n"), 1) if (found := _NAMED.match(line))]


def _places(text: str) -> dict[tuple[str, str], str]:
    """The line of each phrase."""
    found: dict[tuple[str, str], str] = {}
    language = ""
    for number, line in enumerate(text.split("\n"), 1):
        if section := _SECTION.match(line):
            language = section[1]
        elif language and (said := _SAID.match(line)):
            found.setdefault((language, said[1] or said[2] or said[3]), f"line {number}")
    return found


def _words_in(words: Any, places: Mapping[tuple[str, str], str]) -> Words:
    if not isinstance(words, Mapping):
        raise NotTaken("no_words", "words")
    found: dict[str, dict[str, Forms]] = {}
    for language, phrases in words.items():
        path = at("words", language)
        if not _LANGUAGE.fullmatch(language) or not isinstance(phrases, Mapping):
            raise NotTaken("no_words", path)
        found[language] = {}
        for key, said in phrases.items():
            where = places.get((language, key), at(path, key))
            found[language][key] = _forms(key, said, where)
    return found


def _forms(key: str, said: Any, where: str) -> Forms:
    forms = [said] if isinstance(said, str) else said
    if not _PHRASE.fullmatch(key):
        raise NotTaken("no_phrase", where)
    if (
        not isinstance(forms, list)
        or not 1 <= len(forms) <= _MOST_FORMS
        or not all(isinstance(one, str) for one in forms)
    ):
        raise NotTaken("no_words", where)
    if any(len(one) > LONGEST for one in forms):
        raise NotTaken("words_long", where, most=f"{LONGEST:,}")
    return tuple(forms)
