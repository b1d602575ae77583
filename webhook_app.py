"""The way in: `create_app` is what a web server loads, `main` is the `hamraz` command.

Each command's work lies in `operating/` and is loaded only when that command runs, so that every command starts fast.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from bot.settings import SettingsError, described
from handlers.commands import Hands

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> Flask:
    """The web application, from nothing but settings; deliveries and chores run inside it."""
    with _nothing_drawn():
        from operating.serving import create_app

        return create_app()


@contextmanager
def _nothing_drawn() -> Iterator[None]:
    """What is loaded meanwhile finds no rich: structlog and httpx would take it along, to draw at a terminal what we never
    have drawn. That is 3 MiB in each process, and a twentieth of a second at each start.
    """
    if "rich" in sys.modules:
        yield
        return
    sys.modules["rich"] = None  # type: ignore[assignment]  # so an import fails, as the language says
    try:
        yield
    finally:
        del sys.modules["rich"]


@dataclass(frozen=True, slots=True)
class Hand:
    """Calls `operating.<target>`, loaded at the first call."""

    target: str  # module.function

    def __call__(self, *given: Any) -> Any:
        module, function = self.target.split(".")
        with _nothing_drawn():
            loaded = import_module(f"operating.{module}")
        return getattr(loaded, function)(*given)


HANDS = Hands(
    demo=Hand("demonstration.demo"),
    serve=Hand("serving.serve"),
    worker=Hand("serving.deliver"),
    chat=Hand("demonstration.chat"),
    flows_check=Hand("flow_checking.check_flows"),
    flows_graph=Hand("flow_checking.draw_flow"),
    flows_export=Hand("flow_exchange.export_flow"),
    flows_import=Hand("flow_exchange.import_file"),
    flows_walk=Hand("flow_walking.walk_flows"),
    flows_replay=Hand("flow_replaying.replay_flows"),
    words_check=Hand("checking.check_words"),
    words_extract=Hand("checking.extract_words"),
    words_update=Hand("checking.update_words"),
    keys_new=Hand("keys.make_keys"),
    keys_seal=Hand("keys.seal_keys"),
    keys_rotate=Hand("keys.rotate_keys"),
    danger=Hand("checking.danger"),
    answer=Hand("checking.answer"),
    places_find=Hand("directory.find_places"),
    directory_ask=Hand("directory.ask"),
    directory_check=Hand("directory.check_files"),
    directory_import=Hand("directory.import_file"),
    directory_export=Hand("directory.export_file"),
    directory_credits=Hand("directory.credits"),
    institutions_find=Hand("institutions.find"),
    institutions_check=Hand("institutions.check_files"),
    institutions_import=Hand("institutions.import_file"),
    institutions_export=Hand("institutions.export_file"),
    institutions_qr=Hand("institutions.write_codes"),
    institutions_poster=Hand("institutions.write_poster"),
    connect=Hand("doctor.connect"),
    doctor=Hand("doctor.examine"),
    back_up=Hand("backups.back_up"),
    restore_drill=Hand("backups.restore_drill"),
    accept_restored=Hand("records.accept_restored"),
    migrate=Hand("preparing.bring_up_to_date"),
    settings=described,
    bill=Hand("bill.print_bill"),
    case_open=Hand("cases.open_case_text"),
    staff_add=Hand("staff.add"),
    staff_invite=Hand("staff.invite"),
    staff_remove=Hand("staff.remove"),
    staff_list=Hand("staff.list_all"),
    staff_share=Hand("staff.share"),
    staff_retire_team=Hand("staff.retire_team"),
    audit_verify=Hand("staff.verify_log"),
)


def command(words: Sequence[str] | None = None) -> int:
    """Run the `hamraz` command; return its exit code. `words`: as typed after `hamraz`; None takes this process's own."""
    from handlers.commands.line import make_commands, run  # here: a web server reads no line

    try:
        return run(make_commands(HANDS), words)
    except SettingsError as error:
        print(f"hamraz: {error}", file=sys.stderr)
        return 1


def main() -> None:
    """The `hamraz` command, as a process."""
    os.umask(0o077)  # whatever it writes is for its own account alone
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # no memory of ours is ever written down
    sys.exit(command())


if __name__ == "__main__":
    main()
