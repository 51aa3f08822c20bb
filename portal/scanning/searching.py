"""One grey picture → the texts of its codes, step by step; the first step that finds anything ends the search.

The order was measured on 1,315 photos: the first step finds 93 % of what all find together. Runs only in a child.
"""

import time
from collections.abc import Callable
from functools import cached_property

from PIL import Image, ImageChops, ImageFilter
from zxingcpp import Binarizer

from portal.scanning.engines import Code, in_reading_order, zbar, zxing


class Views:
    """A picture in the forms that the steps look at, each made when first asked for."""

    def __init__(self, whole: Image.Image) -> None:
        self.whole = whole

    @cached_property
    def small(self) -> Image.Image:
        if max(self.whole.size) <= 2000:
            return self.whole
        small = self.whole.copy()
        small.thumbnail((1600, 1600))
        return small

    @cached_property
    def doubled(self) -> Image.Image:
        return self.small.resize((self.small.width * 2, self.small.height * 2), Image.Resampling.BICUBIC)

    @cached_property
    def two_toned(self) -> Image.Image:
        around = self.small.filter(ImageFilter.BoxBlur(25))
        return ImageChops.subtract(self.small, around, offset=128).point(lambda level: 255 if level > 121 else 0)

    def evenly_lit(self) -> Image.Image:
        return ImageChops.subtract(self.small, self.small.filter(ImageFilter.BoxBlur(24)), scale=0.5, offset=128)

    def soft(self, radius: int) -> Image.Image:
        return self.small.filter(ImageFilter.GaussianBlur(radius))


def sharp(picture: Image.Image, radius: int, percent: int) -> Image.Image:
    return picture.filter(ImageFilter.UnsharpMask(radius, percent, threshold=0))


STEPS: dict[str, Callable[[Views], list[Code]]] = {
    "zxing": lambda views: zxing(views.whole),
    "zxing one threshold": lambda views: zxing(views.small, Binarizer.GlobalHistogram),
    "zxing sharp": lambda views: zxing(sharp(views.small, 2, 150)),
    "zxing evenly lit": lambda views: zxing(views.evenly_lit()),
    "zxing doubled": lambda views: zxing(views.doubled),
    "zxing doubled and sharp": lambda views: zxing(sharp(views.doubled, 3, 200)),
    "zbar soft": lambda views: zbar(views.soft(2)),
    "zbar": lambda views: zbar(views.small),
    "zxing two-toned": lambda views: zxing(views.two_toned),
    "zxing very sharp": lambda views: zxing(sharp(views.small, 4, 250)),
    "zbar two-toned": lambda views: zbar(views.two_toned),
    "zbar sharp": lambda views: zbar(sharp(views.small, 2, 150)),
    "zbar less soft": lambda views: zbar(views.soft(1)),
}


def search(picture: Image.Image, until: float) -> tuple[str, list[str]]:
    """The step's name and the distinct texts in reading order. After `until` (monotonic) no other step begins."""
    views = Views(picture)
    for name, step in STEPS.items():
        codes = step(views)
        if codes:
            return name, list(dict.fromkeys(code.text for code in in_reading_order(codes)))
        if time.monotonic() > until:
            break
    return "", []
