"""The command line.

Every command ends with 0 when it did what it says, 1 when it did not (with one line why).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from handlers.commands.groups import GROUPS
from handlers.commands.hands import CommandError, Hands
from handlers.commands.printing import lines, texts

Port = Annotated[int, typer.Option(min=0, max=65_535)]


def make_commands(hands: Hands) -> typer.Typer:
    """The `hamraz` command."""
    app = typer.Typer(
        name="hamraz",
        help="Hamraz: report harassment, stay safe and find help by SMS, WhatsApp or Telegram.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,  # a traceback with locals would show people's words
    )
    _running(app, hands)
    for name, group in GROUPS.items():
        app.add_typer(group(hands), name=name)
    _reading(app, hands)
    return app


def run(app: typer.Typer, arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code. A CommandError is one line, never a traceback."""
    try:
        code = app(args=arguments, standalone_mode=False)
    except CommandError as trouble:
        print(f"hamraz: {trouble}", file=sys.stderr)
        return 1
    except typer.Exit as done:
        return done.exit_code
    except typer.Abort:
        return 130
    except Exception as error:
        if isinstance(error, _click_error()):
            if str(error):  # with no words at all the help was printed
                print(f"hamraz: {error}", file=sys.stderr)
            return 2
        raise
    return code if isinstance(code, int) else 0


def _click_error() -> type[Exception]:
    """The family of every wrong use. typer shows one of it; which click it stands on differs from version to version."""
    return next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")


def _running(app: typer.Typer, hands: Hands) -> None:
    @app.command()
    def demo(host: str = "127.0.0.1", port: Port = 8000) -> None:
        """Try Hamraz: three phones in your browser, with invented keys and nothing kept but var/demo/."""
        hands.demo(host, port)

    @app.command()
    def serve(host: str = "127.0.0.1", port: Port = 8000, workers: int = 1) -> None:
        """Serve the webhooks; delivery and chores run inside."""
        hands.serve(host, port, workers)

    @app.command()
    def worker(metrics_host: str = "127.0.0.1", metrics_port: Port = 0) -> None:
        """Only deliveries and chores, for a machine of its own; with --metrics-port it shows there what it counts."""
        hands.worker(metrics_host, metrics_port)

    @app.command()
    def chat(channel: str = "sms", language: str = "en") -> None:
        """The same conversation in this terminal, printed as a transcript."""
        hands.chat(channel, language)

    @app.command()
    def migrate() -> None:
        """Bring both databases to this version's tables, and load the seed directory."""
        lines(hands.migrate)()

    @app.command()
    def doctor() -> None:
        """Check settings, databases, keys and channels; say what to mend."""
        sound = True
        for works, what, mend in hands.doctor():
            sound = sound and works
            print(f"{'ok  ' if works else 'MEND'}  {what}{'' if works or not mend else ': ' + mend}")
        if not sound:
            raise typer.Exit(1)

    @app.command()
    def backup(
        main: Annotated[str, typer.Argument(help="Folder for copies of the main database.")],
        keys: Annotated[str, typer.Argument(help="Folder for copies of the keys; best on another machine.")],
        keep_days: Annotated[int, typer.Option(min=1, help="Days that copies of main are kept; keys: always 7.")] = 30,
    ) -> None:
        """Copy both databases while they are in use, and let go of copies past their time."""
        lines(lambda: hands.back_up(main, keys, keep_days))()

    @app.command()
    def restore_drill(
        main: Annotated[str, typer.Argument(help="Folder with copies of the main database.")],
        keys: Annotated[str, typer.Argument(help="Folder with copies of the keys.")],
        into: Annotated[str, typer.Option(help="An empty PostgreSQL database to put main into.")] = "",
        keys_into: Annotated[str, typer.Option(help="Another one, for the keys.")] = "",
    ) -> None:
        """Put the latest copies back beside everything, see that all of it opens, and take it away again."""
        lines(lambda: hands.restore_drill(main, keys, into, keys_into))()

    @app.command()
    def accept_restored() -> None:
        """A backup was put back on purpose: take the records as they are, and watch them anew."""
        lines(hands.accept_restored)()

    @app.command()
    def settings() -> None:
        """List every setting, its default and what it is for."""
        for name, default, about in hands.settings():
            print(f"{name}{f' = {default}' if default else ''}\n    {about}")

    @app.command()
    def sbom() -> None:
        """Print the bill of materials (CycloneDX 1.6, JSON): every library and file of others, with version, licence and hashes."""
        print(hands.bill())


def _reading(app: typer.Typer, hands: Hands) -> None:
    @app.command()
    def danger(
        text: Annotated[str, typer.Argument(help="What she wrote; - reads a text a line.")],
        json: Annotated[bool, typer.Option("--json", help="Answer in JSON (it always does).")] = False,
    ) -> None:
        """How dangerous a text sounds: red, amber or none, and the phrases that rang."""
        for line in texts(text):
            print(hands.danger(line), flush=True)

    @app.command()
    def answer(
        text: Annotated[str, typer.Argument(help="A line of JSON, or - for one a line.")],
        json: Annotated[bool, typer.Option("--json", help="Answer in JSON (it always does).")] = False,
    ) -> None:
        """Which option a typed answer means, or null."""
        for line in texts(text):
            print(hands.answer(line), flush=True)
