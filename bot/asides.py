"""Questions of the talk itself, asked beside the flow: resume, begin anew, clear, language, a way out.

They leave the node where it is: the flow's own question comes back once they are answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flows.desk import ASK_NO, ASK_YES
from flows.nodes.kind import options
from flows.prompt import Choice, Prompt
from flows.reading.options import read_option
from flows.scene import Heard, Scene

_YES_NO = (Choice("yes", "say.yes"), Choice("no", "say.no"))

_QUESTIONS: Mapping[str, Callable[[Scene], Prompt]] = {
    "resume": lambda scene: Prompt(
        "say.resume.ask", choices=tuple(Choice(name, f"say.resume.{name}") for name in ("continue", "again", "erase"))
    ),
    "again": lambda scene: Prompt("say.again.ask", choices=_YES_NO),
    "erase": lambda scene: Prompt("say.erase.ask", choices=_YES_NO),
    "end_talk": lambda scene: Prompt("talk.end.ask", choices=_YES_NO),
    "helped": lambda scene: Prompt("talk.helped.ask", choices=_YES_NO),
    "question": lambda scene: Prompt(
        "answered.may.ask", choices=(Choice(ASK_YES, "say.yes"), Choice(ASK_NO, "say.no"))
    ),
    "language": lambda scene: Prompt("say.language.ask", choices=scene.languages),
    "way_out": lambda scene: Prompt(
        "say.misread_out", choices=tuple(Choice(name, f"say.misread_out.{name}") for name in ("skip", "menu", "human"))
    ),
}


def ask(name: str, scene: Scene) -> Prompt:
    """The question called `name`. Raises KeyError on one we never ask."""
    return _QUESTIONS[name](scene)


def read(name: str, scene: Scene, heard: Heard) -> str:
    """The id of the choice that is meant, or ""."""
    offered = ask(name, scene).choices
    if heard.choice:
        return heard.choice if any(choice.id == heard.choice for choice in offered) else ""
    control = scene.controls.read(heard.text)
    if any(choice.id == control for choice in offered):
        return control
    return read_option(heard.text, options(offered, scene)) or ""
