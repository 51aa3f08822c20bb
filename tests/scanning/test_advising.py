"""Why a photo could not be read: the one advice that follows from what is in it."""

from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageFilter

from portal.scanning import Reader, ScanFailure
from portal.scanning.scan import Advice
from tests.scanning.pictures import code, encoded

TEXT = "https://verify.example/v/" + "2KCEGYLTEBUXGIDB" * 10


def on_a_wall(picture: Image.Image) -> Image.Image:
    wall = Image.new("L", (picture.width + 200, picture.height + 200), 170)
    wall.paste(picture, (100, 100))
    return wall


def with_a_lamps_reflection() -> Image.Image:
    picture = code(TEXT, scale=8).point(lambda level: 30 + level * 170 // 255)
    middle, reach = picture.width * 0.6, picture.width * 0.25
    ImageDraw.Draw(picture).ellipse((middle - reach, middle - reach, middle + reach, middle + reach), fill=255)
    return on_a_wall(picture)


def scratched(scale: int) -> Image.Image:
    """Damage that is no light: black bars through the code."""
    picture = code(TEXT, scale=scale)
    draw = ImageDraw.Draw(picture)
    for share in (0.38, 0.5, 0.62):
        draw.rectangle((picture.width * share, 0, picture.width * (share + 0.06), picture.height * 0.8), fill=0)
    return on_a_wall(picture)


def cut_off_below() -> Image.Image:
    picture = on_a_wall(scratched(6))
    return picture.crop((0, 0, picture.width, 200 + code(TEXT, scale=6).height - 24))


CASES: dict[str, tuple[Callable[[], Image.Image], Advice]] = {
    "a wall": (lambda: Image.new("L", (800, 600), 180), Advice.closer),
    "the night": (lambda: Image.new("L", (800, 600), 12), Advice.more_light),
    "a lamp's reflection": (with_a_lamps_reflection, Advice.less_glare),
    "damage": (lambda: scratched(8), Advice.hold_still),
    "damage, far away": (lambda: scratched(2), Advice.closer),
    "damage, at the edge of the picture": (cut_off_below, Advice.whole_code),
}


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_read_gets_the_advice_that_fits(case: str, reader: Reader) -> None:
    draw, advice = CASES[case]
    scan = reader.read(encoded(draw().filter(ImageFilter.GaussianBlur(0.5)), "PNG"))
    assert (scan.texts, scan.failure, scan.advice) == ((), ScanFailure.no_code_found, advice)


def test_what_is_read_gets_no_advice(reader: Reader) -> None:
    assert reader.read(encoded(on_a_wall(code(TEXT)), "PNG")).advice is None
