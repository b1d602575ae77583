"""The broken examples: one small flow a fault, its words where the fault is in them, and what must be said of it.

`broken/NAME.toml` opens with the findings it must give, each a comment line. `broken/words/NAME.toml` holds, by language,
what its words differ in from BASE; `raw` and `more` are text to put in place of a catalogue, or at its end.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operating.flow_checking import findings
from tests.small_catalogues import write_language

BROKEN = Path(__file__).parent / "broken"
BASE = {
    "en": {
        "q.ask": "Which one?",
        "q.a": "Apples",
        "q.b": "Pears",
        "t.ask": "Tell it.",
        "s.say": "Thank you.",
        "keep.ask": "May we?",
        "say.yes": "Yes",
        "say.no": "No",
        "say.more": "More",
        "button.skip": "Leave it out",
        "button.done": "Finished",
        "control.panic": "XX, EXIT",
        "control.menu": "0, MENU",
        "control.back": "#, BACK",
    },
    "ur": {
        "q.ask": "کون سا؟",
        "q.a": "سیب",
        "q.b": "ناشپاتی",
        "t.ask": "بتائیں۔",
        "s.say": "شکریہ۔",
        "keep.ask": "اجازت ہے؟",
        "say.yes": "جی ہاں",
        "say.no": "نہیں",
        "say.more": "مزید",
        "button.skip": "چھوڑیں",
        "button.done": "مکمل",
        "control.panic": "XX, قق",
        "control.menu": "0, مینو",
        "control.back": "#, واپس",
    },
}


@dataclass(frozen=True)
class Example:
    """One broken flow."""

    name: str

    @property
    def code(self) -> str:
        return self.name[:4].upper()

    @property
    def expected(self) -> list[str]:
        """The findings it must give, as its first lines say."""
        lines = (BROKEN / f"{self.name}.toml").read_text(encoding="utf-8").splitlines()
        return [line.removeprefix("# ") for line in lines if line.startswith(("# E", "# W"))]

    def found(self, scratch: Path) -> list[str]:
        """The findings it gives; its catalogues are written into `scratch`. Run in the folder of the examples."""
        words = self._words()
        for language, phrases in BASE.items():
            own = words.get(language, {})
            replaced = {key.split(" # ")[0].lstrip("!") for key in own}
            path = write_language(scratch, language, {k: v for k, v in phrases.items() if k not in replaced} | own)
            text = words.get("raw", {}).get(language, path.read_text(encoding="utf-8"))
            path.write_text(text + words.get("more", {}).get(language, ""), encoding="utf-8")
        return list(
            findings([Path(f"{self.name}.toml")], scratch, templates=words.get("whatsapp", {}).get("templates"))
        )

    def _words(self) -> dict[str, Any]:
        path = BROKEN / "words" / f"{self.name}.toml"
        return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


EXAMPLES = [Example(path.stem) for path in sorted(BROKEN.glob("*.toml"))]
