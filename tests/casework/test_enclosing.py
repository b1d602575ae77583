"""What a counsellor sends goes out without what hangs on it, and still sounds and looks as it was."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, PdfObject, StreamObject, TextStringObject

from bot.pictures import Darkroom
from casework.cases.refusals import FileTooLarge, FileUnknown
from casework.enclosing import voices
from casework.enclosing.jpegs import bare_jpeg
from casework.enclosing.preparing import LARGEST, LARGEST_PHOTO, prepared
from casework.printing import locked, printed

SOUNDS = Path(__file__).with_name("sounds")  # made for this: each tells a title, an artist, a remark and a place
TELLS = (b"Sukkur clinic", b"Amina Baloch", b"made at home", b"27.7052", b"Lavf", b"SoundHandler")
BARE = Darkroom().bare


def sound(name: str) -> bytes:
    return (SOUNDS / name).read_bytes()


def photo(size: tuple[int, int] = (640, 480)) -> bytes:
    """A JPEG as a telephone makes it: with a place and a remark."""
    picture, out = Image.effect_noise(size, 40).convert("RGB"), BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "Phone of Amina Baloch", {1: "N", 2: (27.0, 42.0, 18.0)}
    picture.save(out, "JPEG", exif=exif, comment=b"made at home")
    return out.getvalue()


def a_pdf() -> bytes:
    """A PDF that names its author, runs a program, calls out, has a file and a telephone's picture in it."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(printed("<h1>Form for the court</h1><p>two</p>"))))
    out = BytesIO()
    Image.open(BytesIO(photo())).save(out, "PDF")
    writer.append(PdfReader(out))
    for one in writer._objects:
        if getattr(one, "get", None) and one.get("/Filter") == "/DCTDecode":
            one._data = photo()
    writer.add_metadata({"/Author": "Amina Baloch", "/Title": "made at home"})
    runs = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('Sukkur')")}
    for one in (writer.root_object, writer.pages[0]):
        one[NameObject("/AA")] = DictionaryObject({NameObject("/O"): DictionaryObject(runs)})
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(runs)
    writer.add_attachment("Sukkur clinic.txt", b"Amina Baloch")
    writer.add_annotation(0, Link(rect=(0, 0, 100, 100), url="https://elsewhere.example/Amina"))
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("tagged.ogg", "audio/ogg", "voice.ogg"),
        ("tagged.mp3", "audio/mpeg", "voice.mp3"),
        ("tagged.m4a", "audio/mp4", "voice.m4a"),
    ],
)
def test_a_voice_note_keeps_its_sound_and_nothing_of_who_made_it(name: str, kind: str, shown: str) -> None:
    content = sound(name)
    assert any(tell in content for tell in TELLS)

    made = prepared(content, BARE)

    assert (made.kind, made.type, made.name) == ("voice", kind, shown)
    assert [tell for tell in TELLS if tell in made.content] == []
    assert prepared(made.content, BARE).content == made.content  # and it is still one
    assert len(content) - 700 < len(made.content) <= len(content)


def test_the_sound_itself_is_carried_over_byte_by_byte() -> None:
    opus, bare = (
        list(voices._pages(sound("tagged.ogg"))),
        list(voices._pages(prepared(sound("tagged.ogg"), BARE).content)),
    )
    m4a, bare_m4a = sound("tagged.m4a"), prepared(sound("tagged.m4a"), BARE).content

    assert [body for _, body, _ in bare[2:]] == [body for _, body, _ in opus[2:]]
    at = m4a.index(b"mdat")
    size = int.from_bytes(m4a[at - 4 : at], "big")
    assert bare_m4a[at : at + size - 4] == m4a[at : at + size - 4]


def test_remarks_that_run_over_several_pages_go_whole_and_pages_are_numbered_anew() -> None:
    head, tags, *rest = voices._pages(sound("tagged.ogg"))
    long = tags[1] + b"made at home" * 10_000
    first, second = long[: 255 * 255], long[255 * 255 :]
    lengths = bytes([255] * (len(second) // 255) + [len(second) % 255])
    pages = [
        voices._page(head[0], head[2], head[1]),
        voices._page((*tags[0][:3], -1, tags[0][4], 1), bytes([255] * 255), first),
        voices._page((*tags[0][:2], 1, 0, tags[0][4], 2), lengths, second),
        *(voices._page((*one[0][:5], number), one[2], one[1]) for number, one in enumerate(rest, 3)),
    ]

    made = prepared(b"".join(pages), BARE)

    assert made.content == prepared(sound("tagged.ogg"), BARE).content


def test_a_photo_keeps_its_pixels_only() -> None:
    made = prepared(photo(), BARE)

    assert (made.kind, made.type, made.name) == ("photo", "image/jpeg", "photo.jpg")
    assert b"Amina" not in made.content and b"made at home" not in made.content
    assert not Image.open(BytesIO(made.content)).getexif()


def test_a_pdf_keeps_its_pages_and_nothing_that_names_runs_or_calls_out() -> None:
    content = a_pdf()
    made = prepared(content, BARE)
    plain = unpacked(made.content)

    assert (made.kind, made.type, made.name) == ("file", "application/pdf", "document.pdf")
    assert "Form for the court" in PdfReader(BytesIO(made.content)).pages[0].extract_text()
    assert len(PdfReader(BytesIO(made.content)).pages) == 2
    picture = PdfReader(BytesIO(made.content)).pages[1].images[0].image
    assert picture is not None and picture.size == (640, 480)
    told = (b"Amina", b"Sukkur", b"elsewhere", b"alert", b"made at home", b"/JavaScript", b"/EmbeddedFile", b"/Annots")
    assert [tell for tell in told if tell in unpacked(content)]
    assert [tell for tell in told if tell in plain] == []


def with_picture(picture: bytes, packing: Sequence[str], *, apart: bool = False) -> bytes:
    """A PDF of one picture, packed in these ways from the outside to the inside; what it says of them may stand elsewhere in it."""
    plain, out = BytesIO(), BytesIO()
    Image.open(BytesIO(photo((64, 48)))).save(plain, "PDF")
    writer = PdfWriter(clone_from=PdfReader(plain))
    (stream,) = (one for one in writer._objects if getattr(one, "get", None) and one.get("/Filter") == "/DCTDecode")
    packs = {"/FlateDecode": zlib.compress, "/ASCIIHexDecode": lambda raw: raw.hex().encode() + b">"}
    for name in reversed(packing[:-1]):
        picture = packs.get(name, bytes)(picture)
    names: list[PdfObject] = [NameObject(name) for name in packing]
    value = ArrayObject([writer._add_object(one) for one in names] if apart else names)
    stream._data = picture
    stream[NameObject("/Filter")] = writer._add_object(value) if apart else value
    writer.write(out)
    return out.getvalue()


PACKINGS = [
    ("/DCTDecode",),
    ("/DCT",),
    ("/FlateDecode", "/DCTDecode"),
    ("/ASCIIHexDecode", "/FlateDecode", "/DCTDecode"),
]


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("packing", PACKINGS)
def test_no_picture_in_a_pdf_keeps_a_place_however_it_is_packed_and_whatever_follows_it(
    packing: tuple[str, ...], apart: bool
) -> None:
    hers = photo((64, 48))

    made = prepared(with_picture(hers + photo((32, 24)), packing, apart=apart), BARE).content

    assert [tell for tell in (b"Amina", b"made at home") if tell in unpacked(made)] == []
    picture = PdfReader(BytesIO(made)).pages[0].images[0].indirect_reference
    assert picture is not None and cast(StreamObject, picture.get_object())._data == bare_jpeg(hers)


@pytest.mark.parametrize("packing", [("/JPXDecode",), ("/FlateDecode", "/JPXDecode"), ("/DCTDecode", "/FlateDecode")])
def test_a_pdf_with_a_picture_that_cannot_be_made_bare_is_refused(packing: tuple[str, ...]) -> None:
    with pytest.raises(FileUnknown):
        prepared(with_picture(photo((64, 48)), packing), BARE)


@settings(deadline=None, max_examples=100)
@given(st.integers(8, 40), st.integers(8, 40), st.booleans(), st.integers(1, 95), st.binary(max_size=40))
def test_a_picture_in_a_page_keeps_its_pixels_and_ends_where_they_end(
    width: int, height: int, progressive: bool, quality: int, behind: bytes
) -> None:
    out = BytesIO()
    Image.effect_noise((width, height), 90).save(
        out, "JPEG", quality=quality, progressive=progressive, comment=b"Amina", restart_marker_rows=1
    )

    made = bare_jpeg(out.getvalue() + behind)

    assert made == bare_jpeg(made) == bare_jpeg(out.getvalue())
    assert b"Amina" not in made
    assert Image.open(BytesIO(made)).tobytes() == Image.open(out).tobytes()


def test_a_small_copy_that_stands_within_a_pictures_head_goes_too() -> None:
    whole = photo((64, 48))
    assert whole[2:4] == b"\xff\xe0" and whole[4:6] == b"\0\x10"
    copy = b"\xff\xe0" + (16 + 12).to_bytes(2, "big") + whole[6:18] + b"\2\2" + b"small copy!!"
    extended = b"\xff\xe0" + (2 + 17).to_bytes(2, "big") + b"JFXX\0" + b"another copy"

    assert bare_jpeg(whole[:2] + copy + extended + whole[20:]) == bare_jpeg(whole)


def unpacked(pdf: bytes) -> bytes:
    """All of a PDF, also what is packed in it."""
    out, at = [pdf], 0
    while (at := pdf.find(b"stream", at)) >= 0:
        begin = at + 6 + (2 if pdf[at + 6 : at + 8] == b"\r\n" else 1)
        try:
            out.append(zlib.decompressobj().decompress(pdf[begin:]))
        except zlib.error:
            out.append(b"")
        at = begin
    return b"\n".join(out)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"words",
        b"\x89PNG\r\n\x1a\n",
        b"OggS",
        b"%PDF-1.7\nnothing",
        b"#!AMR\n" + bytes(500),
        b"PK\x03\x04" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\xff\xfb" + bytes(400),
        b"\0\0\0\x20ftypM4A \0\0\0\0",
    ],
)
def test_what_is_none_of_these_is_refused(content: bytes) -> None:
    with pytest.raises(FileUnknown):
        prepared(content, BARE)


def test_a_locked_pdf_and_a_large_file_are_refused() -> None:
    with pytest.raises(FileUnknown):
        prepared(locked(printed("<p>words</p>"), "lemon tree 77"), BARE)
    with pytest.raises(FileTooLarge) as large:
        prepared(b"%PDF-" + bytes(LARGEST), BARE)
    assert large.value.values == {"size": 10}
    with pytest.raises(FileTooLarge) as photo_:
        prepared(b"any picture", lambda _: bytes(LARGEST_PHOTO + 1))
    assert photo_.value.values == {"size": 5}


def test_a_film_is_no_voice_note() -> None:
    film = sound("tagged.m4a").replace(b"soun", b"vide")

    with pytest.raises(FileUnknown):
        prepared(film, BARE)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(["tagged.ogg", "tagged.mp3", "tagged.m4a"]), st.data())
def test_a_sound_that_was_cut_or_changed_is_refused_or_bare_and_never_fails_otherwise(
    name: str, data: st.DataObject
) -> None:
    content = bytearray(sound(name))
    for _ in range(data.draw(st.integers(0, 4), "changes")):
        content[data.draw(st.integers(0, len(content) - 1), "where")] = data.draw(st.integers(0, 255), "byte")
    cut = bytes(content[: data.draw(st.integers(0, len(content)), "length")])

    found = voices.bare_voice(cut)

    assert found is None or len(found[2]) <= len(cut) + 200


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_pdf_that_was_cut_or_changed_is_refused_or_bare(data: st.DataObject) -> None:
    content = bytearray(A_PDF)
    for _ in range(data.draw(st.integers(1, 4), "changes")):
        content[data.draw(st.integers(8, len(content) - 1), "where")] = data.draw(st.integers(0, 255), "byte")
    cut = bytes(content[: data.draw(st.integers(8, len(content)), "length")])

    try:
        assert b"/JavaScript" not in unpacked(prepared(cut, BARE).content)
    except FileUnknown:
        return


A_PDF = a_pdf()
