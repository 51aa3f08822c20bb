"""One grey picture → the texts of its codes, step by step, until all that was found is read or the time is up.

The order was measured: the first step finds 93 % of what all find together. bench/scanning.py says what each brings.
Runs only in a child.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from PIL import Image, ImageChops, ImageFilter
from zxingcpp import Binarizer

from portal.scanning.engines import zbar, zxing
from portal.scanning.flattening import bent, flat, sharpened
from portal.scanning.sight import Code, Sight, Symbol, covers, in_reading_order

SECONDS_FOR_THE_OTHERS = 0.4  # after a code was read, for other symbols that were found but not read
MOST_SYMBOLS = 3  # that are flattened: a wall of false ones must not take all the time


class Views:
    """The forms of a picture that the steps look at, each made when first needed; and what could not be read yet."""

    def __init__(self, whole: Image.Image, until: float) -> None:
        self.whole = whole
        self.until = until
        self.unread: list[Symbol] = []

    @property
    def in_time(self) -> bool:
        return time.monotonic() < self.until

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

    def flat(self) -> Iterator[tuple[Symbol, Image.Image]]:
        """Pictures of each unread symbol alone, at the full size of the photo."""
        for symbol in self._largest_unread():
            yield from ((symbol, square) for square in sharpened(flat(self.whole, symbol), symbol))

    def bent(self) -> Iterator[tuple[Symbol, Image.Image]]:
        for symbol in self._largest_unread():
            yield from ((symbol, square) for square in bent(flat(self.whole, symbol)))

    def _largest_unread(self) -> list[Symbol]:
        return sorted(self.unread, key=lambda symbol: -symbol.side)[:MOST_SYMBOLS]


def sharp(picture: Image.Image, radius: int, percent: int) -> Image.Image:
    return picture.filter(ImageFilter.UnsharpMask(radius, percent, threshold=0))


def one_by_one(views: Views, squares: Iterable[tuple[Symbol, Image.Image]]) -> Sight:
    """What pictures of single symbols yield; once a symbol is read, its other pictures are skipped."""
    codes: dict[Symbol, Code] = {}
    for symbol, square in squares:
        if not views.in_time:
            break
        if symbol not in codes:
            codes.update((symbol, Code(code.text, symbol.corners)) for code in zxing(square).codes[:1])
    return Sight(list(codes.values()))


STEPS: dict[str, Callable[[Views], Sight]] = {
    "zxing": lambda views: zxing(views.whole),
    "zxing one threshold": lambda views: _seen(views, views.small, Binarizer.GlobalHistogram),
    "zxing flat": lambda views: one_by_one(views, views.flat()),
    "zxing sharp": lambda views: _seen(views, sharp(views.small, 2, 150)),
    "zxing evenly lit": lambda views: _seen(views, views.evenly_lit()),
    "zxing doubled": lambda views: _seen(views, views.doubled),
    "zxing doubled and sharp": lambda views: _seen(views, sharp(views.doubled, 3, 200)),
    "zbar soft": lambda views: _seen_by_zbar(views, views.soft(2)),
    "zbar": lambda views: _seen_by_zbar(views, views.small),
    "zxing bent": lambda views: one_by_one(views, itertools.chain(views.flat(), views.bent())),
    "zxing two-toned": lambda views: _seen(views, views.two_toned),
    "zxing very sharp": lambda views: _seen(views, sharp(views.small, 4, 250)),
    "zbar two-toned": lambda views: _seen_by_zbar(views, views.two_toned),
    "zbar sharp": lambda views: _seen_by_zbar(views, sharp(views.small, 2, 150)),
    "zbar less soft": lambda views: _seen_by_zbar(views, views.soft(1)),
}


def _seen(views: Views, view: Image.Image, binarizer: Binarizer = Binarizer.LocalAverage) -> Sight:
    return zxing(view, binarizer).enlarged(views.whole.width / view.width)


def _seen_by_zbar(views: Views, view: Image.Image) -> Sight:
    return zbar(view).enlarged(views.whole.width / view.width)


@dataclass(slots=True)
class Findings:
    """`step` is the first that read anything; `unread` are the symbols that none read."""

    step: str = ""
    codes: list[Code] = field(default_factory=list)
    unread: list[Symbol] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """Distinct, in reading order."""
        return list(dict.fromkeys(code.text for code in in_reading_order(self.codes)))

    def take(self, sight: Sight, step: str) -> None:
        # Two engines may read one code's text differently: the first one counts.
        known = [code.corners for code in self.codes]
        self.codes += [code for code in sight.codes if not any(covers(each, code.corners) for each in known)]
        if self.codes and not self.step:
            self.step = step
        taken = [code.corners for code in self.codes]
        found, self.unread = [*self.unread, *sight.unread], []
        for symbol in found:
            if not any(covers(each, symbol.corners) for each in taken):
                self.unread.append(symbol)
                taken.append(symbol.corners)


def search(picture: Image.Image, until: float) -> Findings:
    """Search step by step; after `until` (monotonic) no further step begins."""
    views, found = Views(picture, until), Findings()
    for name, step in STEPS.items():
        found.take(step(views), name)
        views.unread = found.unread
        if found.codes and not found.unread:
            break
        if found.step == name:
            views.until = min(until, time.monotonic() + SECONDS_FOR_THE_OTHERS)
        if not views.in_time:
            break
    return found
