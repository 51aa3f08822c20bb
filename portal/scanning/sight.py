"""What an engine sees in a picture: codes that it read, and symbols that it found and could not read. Pure."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
Corners: TypeAlias = tuple[Point, Point, Point, Point]
"""Relative to the code itself: top left, top right, bottom right, bottom left."""

_MOST_LOPSIDED = 4  # the longest side of a symbol over its shortest: seen from 75 degrees off the front


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    corners: Corners

    @property
    def left(self) -> float:
        return min(x for x, _ in self.corners)

    @property
    def top(self) -> float:
        return min(y for _, y in self.corners)

    @property
    def bottom(self) -> float:
        return max(y for _, y in self.corners)


@dataclass(frozen=True, slots=True)
class Symbol:
    """A QR code that was found but not read; `modules` a side, by its version."""

    corners: Corners
    modules: int

    @property
    def side(self) -> float:
        return sum(sides(self.corners)) / 4

    @property
    def pixels_a_module(self) -> float:
        return self.side / self.modules


@dataclass(frozen=True, slots=True)
class Sight:
    codes: list[Code] = field(default_factory=list)
    unread: list[Symbol] = field(default_factory=list)

    def enlarged(self, factor: float) -> "Sight":
        """The same in a picture of another size."""
        codes = [Code(code.text, _enlarged(code.corners, factor)) for code in self.codes]
        return Sight(codes, [Symbol(_enlarged(each.corners, factor), each.modules) for each in self.unread])


def covers(area: Corners, other: Corners) -> bool:
    """Whether the middle of `other` lies in the upright rectangle around `area`."""
    middles = (sum(places) / 4 for places in zip(*other, strict=True))
    return all(min(within) <= at <= max(within) for at, within in zip(middles, zip(*area, strict=True), strict=True))


def sides(corners: Corners) -> list[float]:
    return [math.dist(corners[i], corners[(i + 1) % 4]) for i in range(4)]


def is_plausible(corners: Corners) -> bool:
    """Whether a flat square can look like this: four turns in the same direction, and no very short side."""
    lengths = sides(corners)
    if min(lengths) * _MOST_LOPSIDED < max(lengths) or min(lengths) < 1:
        return False
    turns = [_turn(corners[i], corners[(i + 1) % 4], corners[(i + 2) % 4]) for i in range(4)]
    return min(turns) > 0 or max(turns) < 0


def in_reading_order(codes: Iterable[Code]) -> list[Code]:
    """Rows from top to bottom, each from left to right; a code that begins beside another is in its row."""
    rows: list[list[Code]] = []
    for code in sorted(codes, key=lambda code: code.top):
        if rows and code.top < (rows[-1][0].top + rows[-1][0].bottom) / 2:
            rows[-1].append(code)
        else:
            rows.append([code])
    return [code for row in rows for code in sorted(row, key=lambda code: code.left)]


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])


def _enlarged(corners: Corners, factor: float) -> Corners:
    (a, b), (c, d), (e, f), (g, h) = corners
    return (a * factor, b * factor), (c * factor, d * factor), (e * factor, f * factor), (g * factor, h * factor)
