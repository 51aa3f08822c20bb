"""What is read: formats, colours, rotations, several codes, texts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from portal.scanning import Bounds, Reader, ScanFailure
from tests.scanning.pictures import HEIC, HELD, code, column, encoded, held, pdf, photo, row

TEXT = "https://verify.example/v/2KCEGYLTEBUXGIDB"


def on_colours(picture: Image.Image) -> Image.Image:
    return ImageOps.colorize(picture, "navy", "ivory")


def only_in_alpha(picture: Image.Image) -> Image.Image:
    drawn = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    drawn.putalpha(ImageOps.invert(picture))
    return drawn


def with_16_bits(picture: Image.Image) -> Image.Image:
    """Ink at 9,000 and paper at 50,000 of 65,535, as a scanner gives them."""
    deep = picture.convert("I").point(lambda level: level * (41_000 / 255) + 9_000)
    return deep.convert("I;16")


def then_blank(kind: str) -> bytes:
    """An animation whose first frame alone has the code."""
    first = code(TEXT)
    return encoded(first, kind, save_all=True, append_images=[Image.new("L", first.size, 255)])


def transparent_paper(picture: Image.Image) -> Image.Image:
    drawn = picture.convert("P")
    drawn.info["transparency"] = 255
    return drawn


def bowed(picture: Image.Image, share: float) -> Image.Image:
    """As if the paper bulged: the middle of each line is pushed aside by that share of the width."""
    big = picture.resize((picture.width * 2, picture.height * 2))
    strips = [(y, min(y + 4, big.height)) for y in range(0, big.height, 4)]
    mesh = []
    for top, bottom in strips:
        push = share * big.width * (1 - (2 * top / big.height - 1) ** 2)
        mesh.append(
            ((0, top, big.width, bottom), (push, top, push, bottom, big.width + push, bottom, big.width + push, top))
        )
    return big.transform(big.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR, fillcolor=255)


BLANK = Image.new("L", (90, 90), 255)

FORMS: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: encoded(code(TEXT), "JPEG"),
    "JPEG in CMYK": lambda: encoded(on_colours(code(TEXT)).convert("CMYK"), "JPEG"),
    "JPEG, progressive": lambda: encoded(on_colours(code(TEXT)), "JPEG", progressive=True),
    "JPEG with a second picture in it": lambda: encoded(code(TEXT), "MPO", save_all=True, append_images=[code("2")]),
    "PNG": lambda: encoded(on_colours(code(TEXT)), "PNG"),
    "PNG, 1 bit": lambda: encoded(code(TEXT).convert("1"), "PNG"),
    "PNG, 16 bits": lambda: encoded(with_16_bits(code(TEXT)), "PNG"),
    "PNG with a palette": lambda: encoded(on_colours(code(TEXT)).quantize(4), "PNG"),
    "PNG with transparent paper": lambda: encoded(transparent_paper(code(TEXT)), "PNG"),
    "PNG, black ink in the alpha channel alone": lambda: encoded(only_in_alpha(code(TEXT)), "PNG"),
    "PNG, animated": lambda: then_blank("PNG"),
    "WebP": lambda: encoded(on_colours(code(TEXT)), "WEBP"),
    "WebP, lossless, with alpha": lambda: encoded(only_in_alpha(code(TEXT)), "WEBP", lossless=True),
    "WebP, animated": lambda: then_blank("WEBP"),
    "GIF": lambda: encoded(code(TEXT), "GIF"),
    "GIF, animated": lambda: then_blank("GIF"),
    "HEIC, of an iPhone's kind": lambda: HEIC,
    "HEIC, by another of its brands": lambda: HEIC.replace(b"ftypheic", b"ftypmif1"),
    "HEIC, by its main brand alone": lambda: HEIC.replace(b"mif1heicmiaf", b"mif1MiHBmiaf"),
    "PDF": lambda: pdf(code(TEXT)),
    "PDF of a wall's size": lambda: pdf(code(TEXT), enlarged=12),
    "PDF, on its third page": lambda: pdf(BLANK, BLANK, code(TEXT)),
    "white on black": lambda: encoded(ImageOps.invert(code(TEXT)), "PNG"),
    "mirrored": lambda: encoded(ImageOps.mirror(code(TEXT)), "PNG"),
    "askew": lambda: encoded(code(TEXT).rotate(33, expand=True, fillcolor=255), "JPEG"),
    "bent in the middle": lambda: encoded(bowed(code(TEXT), 0.035), "PNG"),
    "out of focus": lambda: encoded(code(TEXT, scale=6).filter(ImageFilter.GaussianBlur(3.5)), "JPEG"),
    "of 48 megapixels": lambda: encoded(ImageOps.pad(code(TEXT), (8000, 6000), color=255), "JPEG"),
    "PNG of 48 megapixels": lambda: encoded(ImageOps.pad(code(TEXT), (8000, 6000), color=255), "PNG"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_code_is_read_from_a_picture(form: str, reader: Reader) -> None:
    scan = reader.read(FORMS[form]())
    assert (scan.texts, scan.failure) == ((TEXT,), None)
    assert scan.step
    assert scan.milliseconds >= 0


@pytest.mark.parametrize("text", ["亮证核验:演示药店", "naïve – 药品", "a\x1d01b", "two\r\nlines", "日本語"])
def test_a_text_is_read_to_the_letter(text: str, reader: Reader) -> None:
    assert reader.read(photo(text)).texts == (text,)


def test_several_codes_are_read_in_reading_order(reader: Reader) -> None:
    sheet = column(row("first", "second"), row("third", "fourth"))
    assert reader.read(encoded(sheet, "PNG")).texts == ("first", "second", "third", "fourth")


@pytest.mark.parametrize("orientation", HELD)
def test_reading_order_is_that_of_the_upright_photo(orientation: int, reader: Reader) -> None:
    assert reader.read(held(row("left", "right"), orientation)).texts == ("left", "right")


def test_slightly_tilted_neighbours_keep_their_order(reader: Reader) -> None:
    for degrees in (-8, 8):
        sheet = row("left", "right").rotate(degrees, expand=True, fillcolor=255)
        assert reader.read(encoded(sheet, "PNG")).texts == ("left", "right")


def test_the_codes_of_all_pages_are_read(reader: Reader) -> None:
    assert reader.read(pdf(code("first"), code("second"), code("third"))).texts == ("first", "second", "third")


def test_of_a_long_document_the_first_pages_are_read(reader: Reader) -> None:
    assert reader.read(pdf(BLANK, BLANK, BLANK, code(TEXT))).failure is ScanFailure.no_code_found


def test_a_code_that_only_a_later_step_reads_is_listed_beside_one_that_is_plain(reader: Reader) -> None:
    blurred = code("hard", scale=6).filter(ImageFilter.GaussianBlur(3.2))
    for text, picture in (("bent", bowed(code("bent"), 0.035)), ("hard", blurred)):
        sheet = Image.new("L", (900, 500), 255)
        sheet.paste(code("plain", scale=8), (20, 20))
        sheet.paste(picture, (500, 60))
        scan = reader.read(encoded(sheet, "PNG"))
        assert (scan.texts, scan.step) == (("plain", text), "zxing")


def test_a_code_that_is_there_twice_is_one_text(reader: Reader) -> None:
    assert reader.read(encoded(row("same", "same", "other"), "PNG")).texts == ("same", "other")


def test_no_more_codes_are_listed_than_a_person_can_choose_from() -> None:
    with Reader(Bounds(codes=2)) as reader:
        assert reader.read(encoded(row("first", "second", "third"), "PNG")).texts == ("first", "second")


def test_a_blank_sheet_has_no_code(reader: Reader) -> None:
    scan = reader.read(encoded(Image.new("RGB", (640, 480), "white"), "JPEG"))
    assert (scan.texts, scan.failure, scan.step) == ((), ScanFailure.no_code_found, "")


@pytest.mark.parametrize("kind", ["MicroQRCode", "DataMatrix", "EAN13"])
def test_another_kind_of_code_is_not_read(kind: str, reader: Reader) -> None:
    drawn = zxingcpp.create_barcode("6901234567892", zxingcpp.barcode_format_from_str(kind)).to_image(scale=8)
    assert reader.read(encoded(Image.fromarray(drawn), "PNG")).failure is ScanFailure.no_code_found


def test_the_search_ends_with_its_budget() -> None:
    blurred = FORMS["out of focus"]()
    with Reader(Bounds(search_seconds=0)) as reader:
        assert reader.read(photo(TEXT)).texts == (TEXT,)
        assert reader.read(blurred).failure is ScanFailure.no_code_found


def test_threads_get_each_their_own_texts(reader: Reader) -> None:
    texts = [f"visitor {number}" for number in range(24)]
    with ThreadPoolExecutor(6) as visitors:
        scans = list(visitors.map(reader.read, [photo(text) for text in texts]))
    assert [scan.texts for scan in scans] == [(text,) for text in texts]
