"""`hamraz flows export` and `import`, as an operator runs them."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from pathlib import Path

from tests.operating.conftest import ROOT, Command, Said
from web.console.words import FIRST, languages

NEW = """\
name = "fruit"
begins = "which"
[[node]]
name = "which"
kind = "choice"
ask = "fruit.which.ask"
choose = ["fig", "plum"]
[[node]]
name = "done"
kind = "end"
"""


def test_a_flow_goes_out_with_nothing_installed(hamraz_command: Command, tmp_path: Path) -> None:
    said = hamraz_command("flows", "export", "tips")

    assert said.returncode == 0 and 'name   = "tips"' in said.stdout and "[words.ur_Latn]" in said.stdout
    assert not any(tmp_path.iterdir())
    assert hamraz_command("flows", "export", "nowhere").stderr.startswith("hamraz: no flow 'nowhere'; nothing is inst")


def test_a_flow_comes_in_as_a_draft_and_what_cannot_be_is_refused_in_one_line(
    quick: Callable[..., Said], tmp_path: Path
) -> None:
    (tmp_path / "fruit.toml").write_text(NEW, encoding="utf-8")
    dry = quick("flows", "import", "fruit.toml", "--dry-run")
    assert dry.stdout.splitlines()[0] == "fruit: would be a new flow, as a draft; steps: 2; drafts of words: none"
    assert dry.stdout.endswith("nothing was kept\n") and "things to mend before it can hold: " in dry.stdout
    assert quick("flows", "export", "fruit", "--draft").returncode == 1

    assert quick("flows", "import", "fruit.toml").returncode == 0
    again = quick("flows", "import", "fruit.toml")
    assert again.stderr == ("hamraz: fruit.toml: There is a draft of “fruit” already. Publish or discard it first.\n")
    assert json.loads(quick("flows", "export", "fruit", "--as", "json", "--draft").stdout)["flow"]["begins"] == "which"
    assert quick("flows", "export", "fruit").stderr == "hamraz: fruit: There is no flow of this name.\n"
    done = quick("flows", "export", "answered", "--as", "bundle", "--out", "answered.toml")
    assert done.stdout.startswith("answered.toml: the flow answered as bundle, ")
    assert quick("flows", "import", "answered.toml").stdout.startswith("answered: is a draft over the flow; steps: ")
    booklet = quick("flows", "export", "answered", "--as", "booklet").stdout
    assert booklet.startswith("<!doctype html>") and "<h3>Español</h3>" in booklet and booklet.endswith("</html>\n")
    (tmp_path / "bad.json").write_text('{"hamraz": 1,\n"flow": \x1b[31m', encoding="utf-8")
    bad = quick("flows", "import", "bad.json")
    assert (bad.returncode, bad.stderr[:64]) == (1, "hamraz: bad.json: line 2: It is not JSON (Expecting value). Expo")
    assert quick("flows", "import", "..").stderr.startswith("hamraz: ..: ")
    assert quick("flows", "export", "tips", "--as", "pdf").stderr.startswith("hamraz: no form 'pdf'; there are bundle")


def test_whatever_is_said_of_a_file_has_its_words_and_no_words_are_left_over() -> None:
    """On the page and on the command line: both say it from the same."""
    said = set()
    for path in (*ROOT.glob("flows/exchange/**/*.py"), ROOT / "casework/studio/exchange.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in ("NotTaken", "Note", "_Bad", "_note"):
                said |= {one.value for one in node.args[:1] if isinstance(one, ast.Constant)}
    there = {key.removeprefix("flow_file.") for key in languages()[FIRST].texts if key.startswith("flow_file.")}

    assert said == there


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
