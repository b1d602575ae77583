"""The law of the house: arrows fall, each outside package has one owner, some things happen in one place only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
FLOORS = {
    "flows": 1,
    "locales": 1,
    "storage": 1,
    "bot": 2,
    "casework": 2,
    "handlers": 3,
    "web": 3,
    "operating": 4,
    "webhook_app": 5,
}
OWNERS = {
    "telegram": ("handlers/telegram.py", "handlers/telegram_updates.py", "handlers/telegram_staff.py"),
    "twilio": ("handlers/twilio.py", "handlers/twilio_messages.py", "handlers/twilio_form.py"),
    "flask": (
        "webhook_app.py",
        "operating/serving.py",
        "operating/console.py",
        "operating/listening.py",
        "handlers/webhooks.py",
        "web/",
    ),
    "sqlalchemy": ("storage/",),
    "alembic": ("storage/migrations/",),
    "psycopg": ("storage/",),
    "cryptography": ("storage/vault/",),
    "babel": ("locales/",),
    "transitions": ("flows/machine.py",),
    "procrastinate": ("storage/outbox/engine.py",),
    "typer": ("handlers/commands/",),
    "granian": ("operating/serving.py",),
    "pyotp": ("casework/staff/one_time.py",),
    "webauthn": ("casework/staff/passkeys.py",),
    "flask_wtf": ("web/",),
    "segno": ("web/",),
    "weasyprint": ("casework/printing.py",),
    "pypdf": ("casework/",),
    "openpyxl": ("casework/spreadsheets.py",),
    "defusedxml": ("casework/spreadsheets.py",),
}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "common", "misc"}
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for room in FLOORS
    for path in (ROOT.glob(f"{room}/**/*.py") if room != "webhook_app" else [ROOT / "webhook_app.py"])
)


@cache
def _tree(path: str) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


@cache
def _nodes(path: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(_tree(path)))


@cache
def _imports(path: str) -> tuple[str, ...]:
    return tuple(_imported(path))


def _imported(path: str) -> Iterator[str]:
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _opening(path: str) -> str:
    return ast.get_docstring(_tree(path)) or ""


def _room(name: str) -> str:
    return name.split("/")[0].split(".")[0]


def test_a_room_imports_only_from_floors_below() -> None:
    wrong = [
        (path, name)
        for path in FILES
        for name in _imports(path)
        if _room(name) in FLOORS and _room(name) != _room(path) and FLOORS[_room(name)] >= FLOORS[_room(path)]
    ]

    assert wrong == []


def test_a_door_never_opens_storage() -> None:
    doors = [path for path in FILES if _room(path) in ("handlers", "web")]

    assert [(path, name) for path in doors for name in _imports(path) if _room(name) == "storage"] == []


def test_each_outside_package_has_one_owner() -> None:
    wrong = [
        (path, name)
        for path in FILES
        for name in _imports(path)
        if name.split(".")[0] in OWNERS and not any(path.startswith(owner) for owner in OWNERS[name.split(".")[0]])
    ]

    assert wrong == []


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        path
        for path in FILES
        for node in _nodes(path)
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
    }

    assert readers <= {"bot/settings.py"}


def test_randomness_comes_from_the_vault_only() -> None:
    sources = {"random", "secrets", "uuid"}
    users = [path for path in FILES if sources & {name.split(".")[0] for name in _imports(path)}]

    assert [path for path in users if not path.startswith("storage/vault/")] == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [path for path in FILES if FORBIDDEN_NAMES & {Path(path).stem, *Path(path).parent.parts}] == []


def test_a_long_file_says_why_it_is_one() -> None:
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in FILES}
    openings = {path: _opening(path).lower() for path, lines in lengths.items() if lines > 400}

    unsaid = [path for path, said in openings.items() if "one piece" not in said and "one file" not in said]
    assert [path for path in unsaid if "migrations" not in path] == [], "over 400 lines: say why, or part it"


def test_every_file_opens_by_saying_what_it_is_for() -> None:
    silent = [path for path in FILES if not _opening(path)]

    assert silent == []


def test_only_the_desks_own_notes_reach_what_colleagues_write_for_each_other() -> None:
    readers = []
    for path in FILES:
        for node in _nodes(path):
            if isinstance(node, ast.ImportFrom):
                names = {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
            elif isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            else:
                continue
            if "storage.notes" in names:
                readers.append(path)

    assert readers == ["casework/cases/notes.py"]
