"""Files as evidence: the original byte for byte, and a picture's copy that tells no place."""

from __future__ import annotations

import hashlib
from io import BytesIO
from itertools import count

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.media import Fetched, MediaGone, MediaTooBig, fetch_all
from bot.message import MediaReference
from bot.pictures import LONGEST_SIDE, Darkroom

PLACE = b"31.5204 N 74.3587 E"
MARK = "Zainab's own telephone"


def jpeg(width: int = 64, height: int = 48, *, turned: int = 1) -> bytes:
    """A picture whose left half is red, with a place, a camera and a thumbnail hidden in it."""
    picture = Image.new("RGB", (width, height), "blue")
    picture.paste("red", (0, 0, width // 2, height))
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x010F] = MARK
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 31.0, 13.0), 3: "E", 4: (74.0, 21.0, 31.0), 28: PLACE})
    written = BytesIO()
    picture.save(written, "JPEG", exif=exif, comment=PLACE, quality=95)
    return written.getvalue()


def fetched(content: bytes, kind: str = "photo") -> Fetched:
    numbers = count(1)
    reference = MediaReference(kind, "r")  # type: ignore[arg-type]  # a test names kinds freely
    return fetch_all((reference,), lambda one: content, lambda: next(numbers).to_bytes(16, "big"), Darkroom())


def test_the_original_is_kept_byte_for_byte_with_its_hash() -> None:
    photo = jpeg()

    (one,) = fetched(photo).kept

    assert one.content == photo
    assert one.described()["sha256"] == hashlib.sha256(photo).hexdigest()
    assert one.described()["size"] == len(photo)


def test_the_copy_to_look_at_tells_no_place_no_camera_and_no_comment() -> None:
    photo = jpeg()
    assert PLACE in photo and MARK.encode() in photo

    (one,) = fetched(photo).kept

    assert one.shown is not None
    with Image.open(BytesIO(one.shown.content)) as bare:
        assert not bare.getexif() and "comment" not in bare.info and "exif" not in bare.info
        assert bare.size == (64, 48)
    assert PLACE not in one.shown.content and MARK.encode() not in one.shown.content


def test_the_copy_stands_upright_although_the_note_that_says_how_is_gone() -> None:
    (one,) = fetched(jpeg(turned=6)).kept  # 6: the camera was held on its side

    assert one.shown is not None
    with Image.open(BytesIO(one.shown.content)) as bare:
        assert bare.size == (48, 64)
        top = bare.getpixel((24, 4))
    assert isinstance(top, tuple) and top[0] > 200 and top[2] < 80


def test_the_words_in_a_png_are_not_carried_over() -> None:
    words = PngInfo()
    words.add_text("Description", MARK)
    written = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(written, "PNG", pnginfo=words)

    (one,) = fetched(written.getvalue()).kept

    assert one.shown is not None and MARK.encode() not in one.shown.content
    with Image.open(BytesIO(one.shown.content)) as bare:
        assert bare.getpixel((10, 10)) == (255, 255, 255)


def test_a_large_picture_is_looked_at_in_a_smaller_copy() -> None:
    (one,) = fetched(jpeg(4000, 1000)).kept

    assert one.shown is not None
    with Image.open(BytesIO(one.shown.content)) as bare:
        assert max(bare.size) == LONGEST_SIDE


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("broken", jpeg()[:300]),
        ("only a beginning", b"\xff\xd8\xff\xe0" + bytes(400)),
        ("a flood", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\x7f\xff\xff\xff\x7f\xff\xff\xff\x08\x06\0\0\0" + bytes(200)),
    ],
)
def test_a_picture_that_cannot_be_unpacked_is_kept_all_the_same(name: str, content: bytes) -> None:
    (one,) = fetched(content).kept

    assert (one.content, one.shown) == (content, None), name


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"OggS" + bytes(60), "audio/ogg"),
        (b"#!AMR\n" + bytes(60), "audio/amr"),
        (b"\0\0\0\x18ftypmp42" + bytes(60), "video/mp4"),
        (b"%PDF-1.7\n" + bytes(60), "application/pdf"),
    ],
)
def test_a_file_is_what_its_first_bytes_say_not_what_it_was_called(content: bytes, kind: str) -> None:
    (one,) = fetched(content, "photo").kept

    assert (one.type, one.shown) == (kind, None)


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ" + bytes(300), b"#!/bin/sh\n", b"<svg onload='x'/>", b"<html>", b"PK\x03\x04" + bytes(300), bytes(500)],
)
def test_what_is_no_voice_picture_film_or_document_is_not_taken(content: bytes) -> None:
    found = fetched(content)

    assert (found.kept, found.problem) == ([], "unknown_media")


@pytest.mark.parametrize(
    ("trouble", "problem", "again"),
    [
        (MediaTooBig("x"), "media_large", 0),
        (MediaGone("x"), "media_lost", 0),
        (OSError("away"), "media_later", 1),
    ],
)
def test_a_file_that_does_not_come_is_told_honestly_and_asked_for_again_only_if_it_may_come(
    trouble: Exception, problem: str, again: int
) -> None:
    def fetch(reference: MediaReference) -> bytes:
        raise trouble

    found = fetch_all((MediaReference("photo", "r"),), fetch, lambda: bytes(16), Darkroom())

    assert (found.kept, found.problem, len(found.late)) == ([], problem, again)
