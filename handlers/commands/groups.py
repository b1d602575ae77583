"""The commands of each group: `hamraz flows …`, `hamraz staff …`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Annotated

import typer

from handlers.commands.flows import flows
from handlers.commands.hands import Hands
from handlers.commands.institutions import institutions
from handlers.commands.printing import findings, lines, texts


def words(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="Phrases in every language.", no_args_is_help=True)

    @app.command()
    def check() -> None:
        """Prove the catalogues complete and within every channel's room."""
        findings(hands.words_check())

    @app.command()
    def extract() -> None:
        """List the phrases that the flows and the code ask for."""
        lines(hands.words_extract)()

    @app.command()
    def update() -> None:
        """Carry new English phrases into every catalogue, marked for translation."""
        lines(hands.words_update)()

    return app


def keys(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="The keyring.", no_args_is_help=True)

    @app.command()
    def new() -> None:
        """Make the keyring and the team's key, each sealed under its passphrase."""
        lines(hands.keys_new)()

    @app.command()
    def seal() -> None:
        """Seal the keyring under another passphrase."""
        lines(hands.keys_seal)()

    @app.command()
    def rotate() -> None:
        """Begin a new key; old rows stay readable until a chore has sealed them again."""
        lines(hands.keys_rotate)()

    return app


def case(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="Cases.", no_args_is_help=True)

    @app.callback()
    def cases() -> None:
        """Cases."""

    @app.command("open")
    def open_() -> None:
        """Print one case. The receipt comes from standard input, the team's passphrase from prompt or environment."""
        print(hands.case_open(sys.stdin.readline()))

    return app


def places(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="The gazetteer.", no_args_is_help=True)

    @app.callback()
    def places() -> None:
        """The gazetteer."""

    @app.command()
    def find(
        text: Annotated[str, typer.Argument(help="A place as she types it; - reads a text a line.")],
        json: Annotated[bool, typer.Option("--json", help="Answer in JSON (it always does).")] = False,
    ) -> None:
        """Which places a text may mean, best first."""
        for line in texts(text):
            print(hands.places_find(line), flush=True)

    return app


def directory(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="The directory of help.", no_args_is_help=True)

    @app.command()
    def ask(
        text: Annotated[str, typer.Argument(help="What she writes; - reads a text a line.")],
        json: Annotated[bool, typer.Option("--json", help="Answer in JSON (it always does).")] = False,
        language: str = "en",
    ) -> None:
        """Which kind of help and place a text asks for, and whom she would be shown."""
        for line in texts(text):
            print(hands.directory_ask(line, language), flush=True)

    @app.command()
    def check(files: Annotated[list[str] | None, typer.Argument()] = None) -> None:
        """Look a file of rows over (CSV, GeoJSON, OpenReferral), or the shipped directory."""
        findings(hands.directory_check(files or []))

    @app.command("import")
    def import_(
        file: str,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
        remove: Annotated[bool, typer.Option("--remove-missing", help="Take out rows that the file lacks.")] = False,
    ) -> None:
        """Take rows from a file (CSV, GeoJSON, OpenReferral), all of them or none. Says what changes."""
        lines(lambda: hands.directory_import(file, dry_run, remove))()

    @app.command()
    def export(form: Annotated[str, typer.Argument(metavar="csv|geojson|openreferral")] = "csv") -> None:
        """Print the whole directory in one of the formats."""
        sys.stdout.write(hands.directory_export(form))

    @app.command("credits")
    def credits_() -> None:
        """Whom the places, outlines and numbers come from."""
        lines(hands.directory_credits)()

    return app


def staff(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="Staff.", no_args_is_help=True)

    @app.command()
    def add(name: str, role: str = "counsellor") -> None:
        """Invite somebody: admin, counsellor, supervisor, analyst or translator. Prints her link, once."""
        lines(lambda: hands.staff_add(name, role))()

    @app.command()
    def invite(name: str) -> None:
        """Another link for somebody who is invited, lost everything or comes back."""
        lines(lambda: hands.staff_invite(name))()

    @app.command()
    def remove(name: str) -> None:
        """Let somebody go: logged out everywhere, no report is hers any more."""
        lines(lambda: hands.staff_remove(name))()

    @app.command("list")
    def list_() -> None:
        """Who there is."""
        lines(hands.staff_list)()

    @app.command()
    def share() -> None:
        """Let counsellors open what was filed before they came. The team's passphrase comes from prompt or environment."""
        lines(hands.staff_share)()

    @app.command()
    def retire_team() -> None:
        """Once counsellors hold every report: the team's passphrase opens none any more."""
        lines(hands.staff_retire_team)()

    return app


def audit(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="The house's log.", no_args_is_help=True)

    @app.callback()
    def audit() -> None:
        """The house's log."""

    @app.command()
    def verify() -> None:
        """Prove the log whole: every line unchanged and none cut off."""
        lines(hands.audit_verify)()

    return app


def channels(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="Providers.", no_args_is_help=True)

    @app.callback()
    def channels() -> None:
        """Providers."""

    @app.command()
    def connect() -> None:
        """Tell each provider where to reach us: sets Telegram's webhook, prints what to paste at Twilio."""
        lines(hands.connect)()

    return app


GROUPS: Mapping[str, Callable[[Hands], typer.Typer]] = {
    "flows": flows,
    "words": words,
    "keys": keys,
    "channels": channels,
    "case": case,
    "staff": staff,
    "audit": audit,
    "places": places,
    "directory": directory,
    "institutions": institutions,
}
