"""Uploads that were made to harm, or are no pictures: each gets its word, and the child works on."""

import io
import logging
import random

import pytest
from PIL import Image, UnidentifiedImageError

from portal.scanning import Bounds, Reader, ScanFailure
from portal.scanning.decoding import decode
from portal.scanning.image_types import ImageType
from tests.scanning.pictures import (
    HEIC,
    code,
    encoded,
    finder_wall,
    pdf,
    photo,
    png_that_claims,
    webp_that_claims,
)

TEXT = "https://verify.example/v/2KCEGYLTEBUXGIDB"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'

OTHER_TYPES = {
    "nothing": b"",
    "one byte": b"\xff",
    "words": "不是图片".encode(),
    "BMP": encoded(code(TEXT), "BMP"),
    "TIFF": encoded(code(TEXT), "TIFF"),
    "ICO": encoded(code(TEXT), "ICO"),
    "JPEG 2000": encoded(code(TEXT), "JPEG2000"),
    "EPS": encoded(code(TEXT), "EPS"),
    "AVIF": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(99),
    "MP4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(99),
    "SVG": SVG,
    "a RIFF file that is sound": b"RIFF\x24\x00\x00\x00WAVEfmt ",
}

NO_PICTURES = {
    "PNG of 3.6 gigapixels": png_that_claims(60_000, 60_000),
    "PNG of one line of 51 megapixels": png_that_claims(51_000_000, 1),
    "PNG of the largest size": png_that_claims(2**31 - 1, 2**31 - 1),
    "PNG of no size": png_that_claims(0, 0),
    "PNG of less than it claims": png_that_claims(5_000, 5_000),
    "WebP of 268 megapixels": webp_that_claims(16_384, 16_384),
    "WebP of 281 terapixels": webp_that_claims(2**24, 2**24),
    "WebP of a header": webp_that_claims(100, 100),
    "JPEG, cut off": encoded(code(TEXT), "JPEG")[:700],
    "JPEG of three bytes": b"\xff\xd8\xff",
    "PNG, cut off": photo(TEXT)[:120],
    "PNG with a broken checksum": photo(TEXT)[:20] + b"\xff" + photo(TEXT)[21:],
    "GIF of 4 gigapixels": b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;",
    "GIF, cut off": encoded(code(TEXT), "GIF")[:60],
    "HEIC of a header": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(99),
    "HEIC, cut off": HEIC[:900],
    "PDF of a header": b"%PDF-1.7",
    "PDF, cut off": encoded(code(TEXT), "PDF")[:300],
    "PDF behind a password": pdf(code("behind a password"), password="secret"),
    "GIF that begins like a PNG": b"\x89PNG\r\n\x1a\n" + encoded(code(TEXT), "GIF"),
    "EPS that begins like a JPEG": b"\xff\xd8\xff" + encoded(code(TEXT), "EPS"),
}


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_no_other_type_of_file_is_taken(kind: str, reader: Reader) -> None:
    scan = reader.read(OTHER_TYPES[kind])
    assert (scan.texts, scan.failure) == ((), ScanFailure.unsupported_type)


def test_a_file_of_twelve_mebibytes_is_read_and_one_byte_more_is_not(reader: Reader) -> None:
    picture = photo(TEXT)
    largest = picture + bytes(12 * 2**20 - len(picture))
    assert reader.read(largest).texts == (TEXT,)
    assert reader.read(largest + b"\0").failure is ScanFailure.too_large


@pytest.mark.parametrize("kind", NO_PICTURES)
def test_what_cannot_be_decoded_is_said_to_be_unreadable(kind: str, reader: Reader) -> None:
    scan = reader.read(NO_PICTURES[kind])
    assert (scan.texts, scan.failure) == ((), ScanFailure.unreadable_image)
    assert reader.read(photo(TEXT)).texts == (TEXT,)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_last_allowed_pixel_is_allowed(kind: str) -> None:
    picture = code(TEXT)
    square = encoded(picture, kind)
    with Reader(Bounds(pixels=picture.width * picture.height)) as exact:
        assert exact.read(square).texts == (TEXT,)
    with Reader(Bounds(pixels=picture.width * picture.height - 2)) as smaller:
        assert smaller.read(square).failure is ScanFailure.unreadable_image


@pytest.mark.parametrize("note", [b"", b"MM", b"MM\0*\0", b"nonsense" * 9, b"II*\0\xff\xff\xff\xff"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_broken_exif_note_does_not_spoil_the_photo(kind: str, note: bytes, reader: Reader) -> None:
    assert reader.read(encoded(code(TEXT), kind, exif=b"Exif\0\0" + note)).texts == (TEXT,)


def test_pillow_is_not_left_to_choose_another_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)  # decode sets it; give it back afterwards
    with pytest.raises(UnidentifiedImageError):
        decode(encoded(code(TEXT), "GIF"), ImageType.png, Bounds())


def test_randomly_damaged_pictures_give_a_word_and_never_another_text(reader: Reader) -> None:
    chance = random.Random(20261121)
    whole = [HEIC, *(encoded(code(TEXT), kind) for kind in ("JPEG", "PNG", "WEBP", "GIF", "PDF"))]
    for _ in range(150):
        damaged = bytearray(chance.choice(whole))
        for _ in range(chance.choice((1, 3, 30))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        scan = reader.read(bytes(damaged))
        assert scan.texts in ((), (TEXT,))
        assert (scan.failure is None) == bool(scan.texts)


def test_nothing_of_a_picture_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with Reader(Bounds(wall_seconds=0.4)) as reader:
        for upload in (photo("a patient's letter"), finder_wall(), *NO_PICTURES.values(), *OTHER_TYPES.values()):
            reader.read(upload)
    assert "ended over a picture" in caplog.text
    assert "letter" not in caplog.text
    assert all(len(record.getMessage()) < 120 for record in caplog.records)


def test_the_file_formats_of_these_tests_are_what_they_say() -> None:
    kinds = ("BMP", "TIFF", "ICO", "EPS")
    assert [Image.open(io.BytesIO(OTHER_TYPES[kind])).format for kind in kinds] == list(kinds)
