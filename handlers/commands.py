"""The command line. It is handed what it calls, so that this door opens no storage either.

Every command ends with 0 when it did what it says, 1 when it did not (with one line why).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from handlers.institution_commands import institution_commands
from handlers.printing import findings, lines, texts

Port = Annotated[int, typer.Option(min=0, max=65_535)]


class CommandError(Exception):
    """The command cannot do it; the message says what to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What the commands call; `webhook_app` joins each to its work in `operating`. Each may raise CommandError."""

    demo: Callable[[str, int], None]  # host, port
    serve: Callable[[str, int, int], None]  # host, port, workers
    worker: Callable[[], None]
    chat: Callable[[str, str], None]  # channel, language
    flows_check: Callable[[Sequence[str]], Iterable[str]]  # files or names → findings, one a line
    flows_graph: Callable[[str], str]  # flow → Mermaid
    words_check: Callable[[], Iterable[str]]
    words_extract: Callable[[], Iterable[str]]
    words_update: Callable[[], Iterable[str]]
    keys_new: Callable[[], Iterable[str]]
    keys_seal: Callable[[], Iterable[str]]
    keys_rotate: Callable[[], Iterable[str]]
    danger: Callable[[str], str]  # a text → a line of JSON
    answer: Callable[[str], str]  # a line of JSON → a line of JSON
    places_find: Callable[[str], str]  # a text → a line of JSON
    directory_ask: Callable[[str, str], str]  # a text, a language → a line of JSON
    directory_check: Callable[[Sequence[str]], Iterable[str]]  # files → findings, one a line
    directory_import: Callable[[str, bool, bool], Iterable[str]]  # file, only try it, take out what it lacks
    directory_export: Callable[[str], str]  # format → the file
    institutions_find: Callable[[str], str]  # a text → a line of JSON
    institutions_check: Callable[[Sequence[str]], Iterable[str]]  # files → findings, one a line
    institutions_import: Callable[[str, bool, bool], Iterable[str]]  # file, only try it, close what it lacks
    institutions_export: Callable[[], str]
    connect: Callable[[], Iterable[str]]
    doctor: Callable[[], Iterable[tuple[bool, str, str]]]  # works?, what, how to mend it
    accept_restored: Callable[[], Iterable[str]]
    migrate: Callable[[], Iterable[str]]
    settings: Callable[[], Iterable[tuple[str, str, str]]]
    case_open: Callable[[str], str]  # receipt → the case as text
    staff_add: Callable[[str, str], Iterable[str]]  # name, role
    staff_invite: Callable[[str], Iterable[str]]  # name
    staff_remove: Callable[[str], Iterable[str]]  # name
    staff_list: Callable[[], Iterable[str]]
    staff_share: Callable[[], Iterable[str]]
    staff_retire_team: Callable[[], Iterable[str]]
    audit_verify: Callable[[], Iterable[str]]


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
    app.add_typer(_flows(hands), name="flows")
    app.add_typer(_words(hands), name="words")
    app.add_typer(_keys(hands), name="keys")
    app.add_typer(_channels(hands), name="channels")
    app.add_typer(_case(hands), name="case")
    app.add_typer(_staff(hands), name="staff")
    app.add_typer(_audit(hands), name="audit")
    app.add_typer(_places(hands), name="places")
    app.add_typer(_directory(hands), name="directory")
    app.add_typer(institution_commands(hands), name="institutions")
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
    def worker() -> None:
        """Only deliveries and chores, for a machine of its own."""
        hands.worker()

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
    def accept_restored() -> None:
        """A backup was put back on purpose: take the records as they are, and watch them anew."""
        lines(hands.accept_restored)()

    @app.command()
    def settings() -> None:
        """List every setting, its default and what it is for."""
        for name, default, about in hands.settings():
            print(f"{name}{f' = {default}' if default else ''}\n    {about}")


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


def _flows(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="Conversation flows.", no_args_is_help=True)

    @app.command()
    def check(files: Annotated[list[str] | None, typer.Argument()] = None) -> None:
        """Prove the shipped flows (or the files given) sound in every language."""
        findings(hands.flows_check(files or []))

    @app.command()
    def graph(flow: str) -> None:
        """Print a flow as a Mermaid graph."""
        print(hands.flows_graph(flow))

    return app


def _words(hands: Hands) -> typer.Typer:
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


def _keys(hands: Hands) -> typer.Typer:
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


def _case(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="Cases.", no_args_is_help=True)

    @app.callback()
    def cases() -> None:
        """Cases."""

    @app.command("open")
    def open_() -> None:
        """Print one case. The receipt comes from standard input, the team's passphrase from prompt or environment."""
        print(hands.case_open(sys.stdin.readline()))

    return app


def _places(hands: Hands) -> typer.Typer:
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


def _directory(hands: Hands) -> typer.Typer:
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

    return app


def _staff(hands: Hands) -> typer.Typer:
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


def _audit(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="The house's log.", no_args_is_help=True)

    @app.callback()
    def audit() -> None:
        """The house's log."""

    @app.command()
    def verify() -> None:
        """Prove the log whole: every line unchanged and none cut off."""
        lines(hands.audit_verify)()

    return app


def _channels(hands: Hands) -> typer.Typer:
    app = typer.Typer(help="Providers.", no_args_is_help=True)

    @app.callback()
    def channels() -> None:
        """Providers."""

    @app.command()
    def connect() -> None:
        """Tell each provider where to reach us: sets Telegram's webhook, prints what to paste at Twilio."""
        lines(hands.connect)()

    return app
