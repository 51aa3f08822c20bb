"""Photographs of printed licence codes that never were: codes of versions 8 to 18 on a sheet of paper, spoilt in one
measured way at a time (or in all), repeatable to the pixel from a seed."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from portal.authority.qr_codes import QrCode, qr_code
from tests.scanning.pictures import encoded

PUBLIC_URL = "https://yz.example.gov.cn"
# The payload that just fits a version, in bytes: version 8 is a licence of few words, 18 far more than may be printed.
BYTES_OF_VERSION = {8: 111, 10: 166, 13: 273, 14: 301, 16: 381, 18: 481}
FINE = 6  # pixels a module on the sheet before it is photographed


@dataclass(frozen=True, slots=True)
class Spoilt:
    """How a sheet is photographed. Lengths are in modules unless they say otherwise."""

    frame: tuple[int, int] = (1440, 1080)  # what a chat application leaves of a photo
    share: float = 0.3  # of the frame's width, taken by the code
    tilt: float = 0.0  # degrees
    blur: float = 0.15  # standard deviation
    motion: float = 0.0
    glare: float = 0.0  # radius, as a share of the code's width
    folds: float = 0.0  # how far paper is displaced at a crease
    quality: int = 70  # of the JPEG


# By the figure on the axis; each is a little worse than the one before.
LEVELS: dict[str, dict[float, Spoilt]] = {
    "tilted, degrees": {value: Spoilt(tilt=value) for value in (20, 40, 55, 60, 64)},
    "out of focus, modules": {value: Spoilt(blur=value) for value in (0.3, 0.4, 0.45, 0.5, 0.55)},
    "moved, modules": {value: Spoilt(motion=value) for value in (0.6, 1.0, 1.4, 1.8, 2.2)},
    "glare, share of the code": {value: Spoilt(glare=value) for value in (0.05, 0.1, 0.14, 0.18, 0.22)},
    "folded, modules": {value: Spoilt(folds=value) for value in (0.5, 1.0, 1.25, 1.5, 2.0)},
    "JPEG quality": {value: Spoilt(quality=value, share=0.2) for value in (50, 30, 20, 12, 7)},
    "8 % of a width of, pixels": {
        value: Spoilt(share=0.08, frame=(value, value * 3 // 4), quality=80) for value in (4032, 3024, 2520, 2016, 1680)
    },
    "all together, level": {
        n: Spoilt(
            share=0.22, tilt=8 * n, blur=0.2 + 0.05 * n, motion=0.2 * n, glare=0.03 * n, folds=0.2 * n, quality=30
        )
        for n in range(1, 6)
    },
}


def licence_code(version: int, chance: random.Random) -> QrCode:
    code = qr_code(PUBLIC_URL, chance.randbytes(BYTES_OF_VERSION[version]))
    assert code.version == version, (version, code.version)
    return code


def photograph(code: QrCode, spoilt: Spoilt, chance: random.Random) -> bytes:
    """A JPEG of the printed code."""
    module = spoilt.share * spoilt.frame[0] / code.side
    paper = sheet(code, chance)
    if spoilt.folds:
        paper = folded(paper, spoilt.folds * FINE, chance)
    picture = seen(paper, code.side * FINE, spoilt, chance)
    picture = picture.filter(ImageFilter.GaussianBlur(spoilt.blur * module))
    if spoilt.motion:
        picture = moved(picture, spoilt.motion * module, chance.uniform(0, math.pi))
    picture = lit(picture, spoilt.share * spoilt.frame[0] * spoilt.glare, chance)
    picture = ImageChops.add(picture, noise(picture.size, 14, chance), offset=-128)
    return encoded(picture, "JPEG", quality=spoilt.quality)


def noise_of_48_megapixels() -> bytes:
    """As large as a picture may be, and nothing in it."""
    picture = Image.frombytes("L", (8000, 6000), random.Random(1).randbytes(48_000_000))
    return encoded(picture, "JPEG", quality=15)


def sheet(code: QrCode, chance: random.Random) -> Image.Image:
    """The code amid lines of print on a pale sheet, twice its width."""
    side = code.side * FINE
    paper = Image.new("L", (2 * side, 2 * side), 235)
    draw = ImageDraw.Draw(paper)
    for y in range(FINE * 4, 2 * side, FINE * 5):
        x = FINE * 4
        while x < 2 * side:
            width = chance.randrange(FINE * 2, FINE * 9)
            draw.rectangle((x, y, x + width, y + FINE * 2), fill=60)
            x += width + FINE * 2
    left = top = side // 2
    draw.rectangle((left, top, left + side, top + side), fill=235)
    for row, column, length in code.dark_runs():
        x, y = left + column * FINE, top + row * FINE
        draw.rectangle((x, y, x + length * FINE - 1, y + FINE - 1), fill=30)
    return paper


def folded(paper: Image.Image, depth: float, chance: random.Random) -> Image.Image:
    """Two creases across the code: between them the paper is pushed aside and lies in another light."""
    for _ in range(2):
        paper = creased(paper, depth, chance.uniform(0.32, 0.68), chance)
        paper = paper.transpose(Image.Transpose.ROTATE_90)
    return paper


def creased(paper: Image.Image, depth: float, where: float, chance: random.Random) -> Image.Image:
    width, height = paper.size
    strips, reach = 32, 0.12
    mesh, shade = [], Image.new("L", (strips, 1))
    push = chance.choice((-1, 1)) * depth

    def shift(x: float) -> float:
        return push * max(0.0, 1 - abs(x / width - where) / reach)

    for strip in range(strips):
        left, right = width * strip // strips, width * (strip + 1) // strips
        a, b = left + shift(left), right + shift(right)
        mesh.append(((left, 0, right, height), (a, 0, a, height, b, height, b, 0)))
        shade.putpixel((strip, 0), 255 - round(min(90, 12 * abs(shift(left)))))
    bent = paper.transform(paper.size, Image.Transform.MESH, mesh, Image.Resampling.BICUBIC)
    return ImageChops.multiply(bent, shade.resize(paper.size, Image.Resampling.BILINEAR))


def seen(paper: Image.Image, side: float, spoilt: Spoilt, chance: random.Random) -> Image.Image:
    """The sheet before a wall through a pin-hole camera; `side` is the code's width on the sheet."""
    width, height = spoilt.frame
    scale = spoilt.share * width / side
    if scale < 0.7:  # so that the transformation, which looks at single points, leaves nothing out
        smaller = max(scale * 1.3, 1 / FINE)
        paper = paper.resize((round(paper.width * smaller), round(paper.height * smaller)), Image.Resampling.BOX)
        scale /= smaller
    tilt, roll = math.radians(spoilt.tilt), math.radians(chance.uniform(-12, 12))
    turn = chance.uniform(0, 2 * math.pi) if spoilt.tilt else 0.0
    angles = (tilt, turn, roll)
    here = [project(x, y, paper.size, scale, angles, spoilt.frame) for x, y in corners(paper.size)]
    coefficients = perspective(here, corners(paper.size))
    wall = noise((width // 8, height // 8), 50, chance).resize(spoilt.frame, Image.Resampling.BICUBIC)
    mask = Image.new("L", paper.size, 255)
    flat = paper.transform(spoilt.frame, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    wall.paste(flat, mask=mask.transform(spoilt.frame, Image.Transform.PERSPECTIVE, coefficients))
    return wall


def noise(size: tuple[int, int], most: int, chance: random.Random) -> Image.Image:
    """Grey that strays by up to `most`, from a tile that is repeated."""
    side = 256
    tile = Image.frombytes("L", (side, side), chance.randbytes(side * side))
    tile = tile.point(lambda level: 128 + (level - 128) * most // 128)
    grain = Image.new("L", size)
    for x in range(0, size[0], side):
        for y in range(0, size[1], side):
            grain.paste(tile, (x, y))
    return grain


def corners(size: tuple[int, int]) -> list[tuple[float, float]]:
    return [(0, 0), (size[0], 0), (size[0], size[1]), (0, size[1])]


def project(
    x: float, y: float, size: tuple[int, int], scale: float, angles: tuple[float, float, float], frame: tuple[int, int]
) -> tuple[float, float]:
    """Where a point of the sheet appears: rolled, then tilted about an axis that lies at the angle `turn`."""
    tilt, turn, roll = angles
    x, y = (x - size[0] / 2) * scale, (y - size[1] / 2) * scale
    x, y = rotated(x, y, roll - turn)
    x, depth = x * math.cos(tilt), 1 + x * math.sin(tilt) / (1.1 * frame[0])
    x, y = rotated(x / depth, y / depth, turn)
    return x + frame[0] / 2, y + frame[1] / 2


def rotated(x: float, y: float, angle: float) -> tuple[float, float]:
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)


def perspective(here: list[tuple[float, float]], there: list[tuple[float, float]]) -> list[float]:
    """The eight coefficients that Pillow wants, by elimination."""
    rows = []
    for (x, y), (u, v) in zip(here, there, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for i in range(8):
        pivot = max(range(i, 8), key=lambda row: abs(rows[row][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for j in range(8):
            if j != i:
                rows[j] = [a - rows[j][i] * b for a, b in zip(rows[j], rows[i], strict=True)]
    return [row[8] for row in rows]


def moved(picture: Image.Image, length: float, angle: float) -> Image.Image:
    """The mean of copies along the way of the hand."""
    steps = max(3, round(length * 2))
    total = picture
    for step in range(1, steps):
        part = length * step / (steps - 1)
        shift = (1, 0, part * math.cos(angle), 0, 1, part * math.sin(angle))
        copy = picture.transform(picture.size, Image.Transform.AFFINE, shift, Image.Resampling.BICUBIC)
        total = Image.blend(total, copy, 1 / (step + 1))
    return total


def lit(picture: Image.Image, glare: float, chance: random.Random) -> Image.Image:
    """Light that falls off to one side, and a lamp's reflection on the code."""
    fall = Image.linear_gradient("L").rotate(chance.choice((0, 90, 180, 270))).resize(picture.size)
    picture = ImageChops.multiply(picture, fall.point(lambda level: 150 + level * 105 // 255))
    if glare:
        width, height = picture.size
        reach = round(1.4 * glare)  # white as far as `glare`, then fading
        spot = Image.radial_gradient("L").resize((2 * reach, 2 * reach))  # 0 in the middle, 181 at the sides
        spot = spot.point(lambda level: max(0, min(255, (181 - level) * 3)))
        mask = Image.new("L", picture.size)
        x, y = (width / 2 + chance.uniform(-1, 1) * glare, height / 2 + chance.uniform(-1, 1) * glare)
        mask.paste(spot, (round(x) - reach, round(y) - reach))
        picture = Image.composite(Image.new("L", picture.size, 255), picture, mask)
    return picture
