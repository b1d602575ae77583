"""`hamraz flows`: proving them, drawing them, walking through them, out to files and in from them."""

from __future__ import annotations

from typing import Annotated

import typer

from handlers.commands.hands import Hands
from handlers.commands.printing import findings, lines


def flows(hands: Hands) -> typer.Typer:
    """The commands below `hamraz flows`."""
    app = typer.Typer(help="Conversation flows.", no_args_is_help=True)

    @app.command()
    def check(files: Annotated[list[str] | None, typer.Argument()] = None) -> None:
        """Prove the shipped flows (or the files given) sound in every language."""
        findings(hands.flows_check(files or []))

    @app.command()
    def graph(flow: str) -> None:
        """Print a flow as a Mermaid graph."""
        print(hands.flows_graph(flow))

    @app.command()
    def walk(
        flow: Annotated[str, typer.Argument(help="One flow; without it, all that come with Hamraz.")] = "",
        language: Annotated[str, typer.Option(help="Code of the language it is held in.")] = "en",
        channel: Annotated[str, typer.Option(help="sms, whatsapp or telegram.")] = "sms",
        replay: Annotated[
            bool,
            typer.Option("--replay", help="Hold again those kept with the editions in the database; prints no words."),
        ] = False,
    ) -> None:
        """Print the fewest conversations that go every way of a flow; 1 where a step or a way is not met."""
        lines(lambda: hands.flows_replay(flow) if replay else hands.flows_walk(flow, language, channel))()

    @app.command()
    def export(
        flow: str,
        form: Annotated[
            str, typer.Option("--as", metavar="bundle|json|floip|mermaid|svg|booklet", help="Which form.")
        ] = "bundle",
        out: Annotated[str, typer.Option(help="The file that is written; printed, if none.")] = "",
        edition: Annotated[int, typer.Option(help="An earlier one by its number; 0 came with Hamraz.")] = -1,
        draft: Annotated[bool, typer.Option("--draft", help="What is being written, not what holds.")] = False,
    ) -> None:
        """Give out a flow with its words in every language."""
        lines(lambda: hands.flows_export(flow, form, out, edition, draft))()

    @app.command("import")
    def import_(
        file: str,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would become, and keep nothing.")] = False,
    ) -> None:
        """Take the flows of a file as drafts: ours, or an export of RapidPro or TextIt. Publishes nothing; says what is lost."""
        lines(lambda: hands.flows_import(file, dry_run))()

    return app
