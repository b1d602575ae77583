"""Posters and their codes, read back by a decoder that others wrote, and looked at as a page."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from casework.institutions import keywords
from casework.institutions.exchange import merged
from casework.institutions.links import Ways, links
from casework.resources import emergency
from casework.seeding import shipped_institutions, shipped_stock
from locales.phrasebook import Phrasebook
from storage.institutions import Institution
from web import codes
from web.posters.sheet import STRIPS, NoWay, Sheet

READER = Path(__file__).parents[1] / "jsqr" / "jsQR.js"
WAYS = Ways(sms="+923001234567", whatsapp="+923007654321", telegram="hamraz_bot")
NUMBERS = {name: str(number) for name, number in emergency(shipped_stock()).items()}
SHEET = Sheet(Phrasebook.load(), WAYS, NUMBERS)
ROWS = merged((), shipped_institutions(), close=False)
COLLEGE = next(row for row in ROWS if row.id == "inst109")
LONGEST = Institution("x", {"en": "Very Long Name " * 10}, "other", number=99_999)
READ = """async address => {
  const picture = new Image();
  picture.src = address;
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: picture.width, height: picture.height});
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const found = jsQR(context.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height);
  return found && found.data;
}"""
TELLING = re.compile(
    r"harass|hamraz|abuse|women|touch|follow|threat|ہراس|ہمراز|عورت|خواتین|چھو|همراز|acoso|mujer", re.IGNORECASE
)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A sheet of A4 on the screen, at twice the size of a browser's dots."""
    context = browser.new_context(viewport={"width": 794, "height": 1123}, device_scale_factor=2)
    page = context.new_page()
    yield page
    context.close()


def read(page: Page, png: bytes) -> str:
    """What a camera would read in a picture."""
    if not page.evaluate("() => typeof jsQR === 'function'"):
        page.evaluate(READER.read_text(encoding="utf-8"))
    found = page.evaluate(READ, "data:image/png;base64," + base64.b64encode(png).decode())
    assert isinstance(found, str), "no code in the picture"
    return found


def brings(code: str) -> str:
    """The message that a code sends, as the channel brings it to us."""
    if code.startswith("SMSTO:"):
        return code.split(":", 2)[2]
    asked = parse_qs(urlsplit(code).query)
    return asked["text"][0] if "text" in asked else f"/start {asked['start'][0]}"


@pytest.mark.parametrize("language", SHEET.languages)
def test_each_code_is_read_back_and_brings_the_number_of_the_institution(page: Page, language: str) -> None:
    for link in SHEET.links(COLLEGE, language):
        found = read(page, codes.png(link.code))

        assert found == link.code
        assert keywords.read(brings(found)) == COLLEGE.number


def test_links_open_what_they_say() -> None:
    found = {one.channel: one for one in links(WAYS, "Hi", 417)}

    assert found["whatsapp"].code == "https://wa.me/923007654321?text=Hi%20417"
    assert found["telegram"].code == "https://t.me/hamraz_bot?start=HI417"
    assert found["sms"].code == "SMSTO:+923001234567:Hi 417"
    assert found["sms"].address == "sms:+923001234567?body=Hi%20417"
    assert [one.channel for one in links(Ways(telegram="b"), "Hi", 417)] == ["telegram"]


def test_a_code_can_be_printed_small_and_is_surrounded_by_white() -> None:
    made = Image.open(BytesIO(codes.png("SMSTO:+923001234567:Hi 417", width=300))).convert("L")

    assert made.width >= 300
    quiet = made.width // 15
    edges = [made.crop((0, 0, made.width, quiet)), made.crop((0, 0, quiet, made.height))]
    assert all(edge.getextrema() == (255, 255) for edge in edges)


# --- posters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", SHEET.languages)
@pytest.mark.parametrize("row", [COLLEGE, LONGEST], ids=["usual", "longest"])
def test_a_poster_is_one_sheet_of_a4_in_a_font_that_has_its_letters(language: str, row: Institution) -> None:
    pdf = PdfReader(BytesIO(SHEET.pdf(row, language)))

    (sheet,) = pdf.pages
    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (595, 842)
    fonts = {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in sheet["/Resources"]["/Font"].values()}
    wanted = {"ur": "Noto-Nastaliq-Urdu", "sd": "Noto-Naskh-Arabic"}.get(language, "Noto-Sans")
    assert any(name.startswith(wanted) for name in fonts), fonts


def test_every_strip_is_printed_whole() -> None:
    said = PdfReader(BytesIO(SHEET.pdf(COLLEGE, "en"))).pages[0].extract_text()

    assert said.count("+92 300 1234567") == said.count("+92 300 7654321") == STRIPS + 1
    assert said.count("Hi 311") == STRIPS + 1


@pytest.mark.parametrize("language", SHEET.languages)
@pytest.mark.parametrize("row", [COLLEGE, LONGEST], ids=["usual", "longest"])
def test_nothing_on_a_poster_lies_over_another_or_beyond_its_edge(page: Page, language: str, row: Institution) -> None:
    page.set_content(SHEET.html(row, language))

    bottom, tear = (page.locator(one).bounding_box() for one in (".danger", ".tear"))
    assert bottom is not None and tear is not None
    assert bottom["y"] + bottom["height"] <= tear["y"] + 4
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= 794
    outside = page.evaluate("""() => [...document.querySelectorAll(".turned strong, .turned span")].filter(one => {
      const box = one.getBoundingClientRect(), strip = one.closest(".strip").getBoundingClientRect();
      return box.left < strip.left || box.right > strip.right || box.top < strip.top || box.bottom > strip.bottom;
    }).map(one => one.innerText)""")
    assert outside == []


@pytest.mark.parametrize("language", ["en", "ur"])
def test_every_code_on_the_sheet_is_read_by_a_camera_also_those_of_the_strips(page: Page, language: str) -> None:
    page.set_content(SHEET.html(COLLEGE, language))
    wanted = {one.code for one in SHEET.links(COLLEGE, language)}

    big = [one.screenshot() for one in page.locator(".way svg").all()]
    small = [one.screenshot() for one in page.locator(".strip svg").all()]

    assert {read(page, picture) for picture in big} == wanted
    assert len(small) == STRIPS
    assert {read(page, picture) for picture in small} == {SHEET.links(COLLEGE, language)[0].code}


@pytest.mark.parametrize("language", SHEET.languages)
def test_a_strip_says_a_greeting_and_a_number_and_nothing_that_tells(page: Page, language: str) -> None:
    page.set_content(SHEET.html(COLLEGE, language))

    strips = page.locator(".strip").all_inner_texts()

    assert len(strips) == STRIPS
    assert not [strip for strip in strips if TELLING.search(strip)]
    assert all(str(COLLEGE.number) in strip and "+92 300 7654321" in strip for strip in strips)
    assert not TELLING.search(" ".join(brings(one.code) for one in SHEET.links(COLLEGE, language)))


def test_one_number_for_two_channels_stands_once_and_a_bot_alone_by_its_name() -> None:
    both = replace(SHEET, ways=Ways(sms="+923001234567", whatsapp="+923001234567")).html(COLLEGE, "en")
    alone = replace(SHEET, ways=Ways(telegram="hamraz_bot")).html(COLLEGE, "en")

    assert both.count("WhatsApp · SMS") == STRIPS
    assert alone.count("@hamraz_bot") == STRIPS + 1
    with pytest.raises(NoWay):
        replace(SHEET, ways=Ways()).html(COLLEGE, "en")


def test_a_name_cannot_bring_markup_into_a_poster() -> None:
    made = SHEET.html(replace(COLLEGE, names={"en": "<script>x</script>"}), "en")

    assert "<script>" not in made
    assert "&lt;script&gt;" in made


def test_black_and_white_is_all_it_needs() -> None:
    colours = set(re.findall(r"#[0-9a-fA-F]{3,6}\b", SHEET.html(COLLEGE, "en")))

    assert colours <= {"#000", "#fff", "#ffffff", "#000000"}
