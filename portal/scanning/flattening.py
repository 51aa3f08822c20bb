"""A symbol that was found and not read → upright flat pictures of it, as if its paper were not tilted, bent or blurred.

Runs only in a child.
"""

import itertools
from collections.abc import Iterator

from PIL import Image, ImageFilter

from portal.scanning.sight import Corners, Symbol

QUIET_ZONE = 4
_PIXELS_A_MODULE = 6  # with more the engine reads no better; with fewer, there is nothing to sharpen
_MOST_PIXELS = 1200  # a side
_MESH = 12  # pieces a side in which paper is bent
_BENDS = (-0.04, -0.02, 0.0, 0.02, 0.04)  # of the side: these read shirts, creases and bottles when measured


def flat(picture: Image.Image, symbol: Symbol) -> Image.Image:
    """The symbol with its quiet zone, as a square."""
    modules = symbol.modules + 2 * QUIET_ZONE
    size = min(modules * _PIXELS_A_MODULE, _MOST_PIXELS)
    coefficients = _from_square(symbol.corners, size * QUIET_ZONE / modules, size * symbol.modules / modules)
    return picture.transform((size, size), Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)


def sharpened(square: Image.Image, symbol: Symbol) -> Iterator[Image.Image]:
    """The flat picture, plain and then more and more sharpened; radii are in modules."""
    module = square.width / (symbol.modules + 2 * QUIET_ZONE)
    yield square
    for radius, percent in ((0.5, 300), (0.8, 300), (1.3, 300)):
        yield square.filter(ImageFilter.UnsharpMask(radius * module, percent, threshold=0))


def bent(square: Image.Image) -> Iterator[Image.Image]:
    """The flat picture as if its paper had been bent in various ways, the gentlest first."""
    ways = itertools.product(_BENDS, repeat=2)
    for right, down in sorted(ways, key=lambda way: abs(way[0]) + abs(way[1])):
        if right or down:
            yield _bent(square, right * square.width, down * square.width)


def _bent(square: Image.Image, right: float, down: float) -> Image.Image:
    """The middle of each edge is shifted by so many pixels; the corners stay."""
    size = square.width
    lines = [size * line // _MESH for line in range(_MESH + 1)]
    mesh = []
    for (x, right_x), (y, bottom_y) in itertools.product(itertools.pairwise(lines), itertools.pairwise(lines)):
        around = [(x, y), (x, bottom_y), (right_x, bottom_y), (right_x, y)]
        pushed = (_pushed(corner, size, right, down) for corner in around)
        mesh.append(((x, y, right_x, bottom_y), tuple(itertools.chain.from_iterable(pushed))))
    return square.transform(square.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def _pushed(corner: tuple[int, int], size: int, right: float, down: float) -> tuple[float, float]:
    across, along = (2 * place / size - 1 for place in corner)
    return corner[0] + right * (1 - along * along), corner[1] + down * (1 - across * across)


def _from_square(corners: Corners, margin: float, side: float) -> tuple[float, ...]:
    """Pillow's eight coefficients, which map the pixel at (x, y) of a square picture to a point between these corners.

    The projective map of a square to four points (P. Heckbert, Fundamentals of Texture Mapping, 1989, 2.2.3).
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, dx3 = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, dy3 = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    area = dx1 * dy2 - dx2 * dy1  # not 0: no three of the points lie in one line
    g, h = (dx3 * dy2 - dx2 * dy3) / area / side, (dx1 * dy3 - dx3 * dy1) / area / side
    a, b = (x1 - x0) / side + g * x1, (x3 - x0) / side + h * x3
    d, e = (y1 - y0) / side + g * y1, (y3 - y0) / side + h * y3
    scale = 1 - (g + h) * margin
    terms = (a, b, x0 - (a + b) * margin, d, e, y0 - (d + e) * margin, g, h)
    return tuple(term / scale for term in terms)
