"""Pages become PDFs that show every script, and open with their passphrase only."""

from __future__ import annotations

import sys
from io import BytesIO

import pytest
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError

from casework.printing import FONTS, CannotPrint, locked, printed

PAGE = """<!doctype html><html lang="{language}" dir="{direction}"><style>{fonts}</style><body><p>{words}</p></body></html>"""
WORDS = {
    "en": ("ltr", "What happened on the bus 15", {"Noto-Sans"}),
    "ur": ("rtl", "بس میں کیا ہوا ۱۵", {"Noto-Nastaliq-Urdu"}),
    "sd": ("rtl", "بس ۾ ڇا ٿيو، ڳالهه ڪريو ڄڻ ڙ", {"Noto-Naskh-Arabic"}),
}


def page(language: str = "en") -> str:
    direction, words, _ = WORDS[language]
    return PAGE.format(language=language, direction=direction, fonts=FONTS, words=words)


def fonts_of(pdf: bytes) -> set[str]:
    found = set()
    for one in PdfReader(BytesIO(pdf)).pages:
        for font in one["/Resources"]["/Font"].values():
            found.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
    return found


@pytest.mark.parametrize("language", WORDS)
def test_each_script_is_printed_in_a_font_that_has_its_letters(language: str) -> None:
    _, _, wanted = WORDS[language]

    assert wanted <= fonts_of(printed(page(language)))


def test_a_page_fetches_nothing(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr("urllib.request.OpenerDirector._open", lambda *given: asked.append(given))

    pdf = printed('<img src="https://elsewhere.example/a.png"><img src="file:///etc/hostname"><p>words</p>')

    assert asked == []
    assert "words" in PdfReader(BytesIO(pdf)).pages[0].extract_text()


def test_a_locked_pdf_opens_with_its_passphrase_and_no_other() -> None:
    sealed = locked(printed(page()), "lemon tree 77", {"case.txt": "سلام".encode()})

    wrong, right = PdfReader(BytesIO(sealed)), PdfReader(BytesIO(sealed))
    assert wrong.decrypt("lemon tree 78") == 0
    with pytest.raises(FileNotDecryptedError):
        wrong.pages[0].extract_text()
    assert right.decrypt("lemon tree 77") != 0
    assert "What happened" in right.pages[0].extract_text()
    assert right.attachments["case.txt"] == ["سلام".encode()]


def test_a_locked_pdf_says_nothing_of_what_made_it_and_holds_no_word_in_clear() -> None:
    sealed = locked(printed(page()), "lemon tree 77", {"case.txt": b"marmalade"})

    assert not [word for word in (b"marmalade", b"WeasyPrint", b"pypdf", b"CreationDate") if word in sealed]


def test_a_machine_without_pango_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)

    def missing(*given: object, **named: object) -> None:
        raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.setattr("cffi.FFI.dlopen", missing)

    with pytest.raises(CannotPrint, match="apt install libpango"):
        printed(page())
