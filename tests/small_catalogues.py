"""Small catalogues, written for one test: a language in five lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

HEADERS = {
    "en": "X-Own-Name: English|X-CLDR: en_PK|X-Order: 1",
    "ur": "X-Own-Name: اردو|X-Name-On-SMS: Urdu|X-Direction: rtl|X-CLDR: ur_PK|X-Order: 2|X-Letters: ٹڈڑےں",
    "sd": "X-Own-Name: سنڌي|X-Name-On-SMS: Sindhi|X-Direction: rtl|X-CLDR: sd_PK|X-Order: 3"
    "|X-Letters: ٻڀڄڃڇڌڊڍڏٽٺڦڪڳڱڻ۾۽ٿ",
    "ur_Latn": "X-Own-Name: Roman Urdu|X-CLDR: en_PK|X-Order: 4",
    "es": "X-Own-Name: Español|X-CLDR: es_419|X-Order: 5|X-SMS-Plain: áa íi óo úu|X-Letters: ñ¿¡áéíóú",
}


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def write_language(
    directory: Path,
    code: str,
    phrases: Mapping[str, str | tuple[str, ...]],
    headers: str = "",
) -> Path:
    """Write a catalogue. A key may carry notes: "say.hello # sms: 1 # button"; "!" before it marks it fuzzy."""
    lines = [
        'msgid ""',
        'msgstr ""',
        f'"Language: {code}\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
    ]
    lines.append('"Plural-Forms: nplurals=2; plural=(n != 1);\\n"')
    lines += [quoted(header + "\n") for header in (headers or HEADERS[code]).split("|")]
    for written, said in phrases.items():
        key, *notes = (part.strip() for part in written.split(" # "))
        lines += ["", *(f"#. {note}" for note in notes)]
        if key.startswith("!"):
            lines.append("#, fuzzy")
            key = key[1:]
        lines.append(f"msgid {quoted(key)}")
        if isinstance(said, str):
            lines.append(f"msgstr {quoted(said)}")
        else:
            lines.append(f"msgid_plural {quoted(key)}")
            lines += [f"msgstr[{index}] {quoted(form)}" for index, form in enumerate(said)]
    path = directory / code / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
