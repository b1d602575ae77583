"""`hamraz institutions`: the list of colleges, schools and workplaces."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from handlers.commands.hands import Hands
from handlers.commands.printing import findings, lines, texts


def institutions(hands: Hands) -> typer.Typer:
    """The commands below `hamraz institutions`."""
    app = typer.Typer(help="Colleges, schools and workplaces to choose from.", no_args_is_help=True)

    @app.command()
    def find(
        text: Annotated[str, typer.Argument(help="An institution as she types it; - reads a text a line.")],
        json: Annotated[bool, typer.Option("--json", help="Answer in JSON (it always does).")] = False,
    ) -> None:
        """Which institutions a text may mean, best first."""
        for line in texts(text):
            print(hands.institutions_find(line), flush=True)

    @app.command()
    def check(files: Annotated[list[str] | None, typer.Argument()] = None) -> None:
        """Look a file of institutions over (CSV), or the shipped ones."""
        findings(hands.institutions_check(files or []))

    @app.command("import")
    def import_(
        file: str,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
        close: Annotated[bool, typer.Option("--close-missing", help="Close those that the file lacks.")] = False,
    ) -> None:
        """Take institutions from a CSV file, all of them or none. Says what changes."""
        lines(lambda: hands.institutions_import(file, dry_run, close))()

    @app.command()
    def export() -> None:
        """Print the whole list as CSV."""
        sys.stdout.write(hands.institutions_export())

    @app.command()
    def qr(
        out: Annotated[str, typer.Option(help="The folder they are written to.")],
        ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="All that are open, if none.")] = None,
        language: Annotated[str, typer.Option(help="Of the greeting; it is understood in every one.")] = "en",
    ) -> None:
        """Write QR codes that open WhatsApp, Telegram or an SMS with the institution said: a PNG a channel."""
        lines(lambda: hands.institutions_qr(ids or [], out, language))()

    @app.command()
    def poster(
        row: Annotated[str, typer.Argument(metavar="ID")],
        out: Annotated[str, typer.Option(help="The PDF that is written.")],
        language: Annotated[str, typer.Option(help="en, ur, sd, ur_Latn or es.")] = "en",
    ) -> None:
        """Write the poster of an institution: A4, black on white, with strips to tear off."""
        lines(lambda: hands.institutions_poster(row, out, language))()

    return app
