"""Pictures for samples that are not one code: a wall without any, a torn file, two licences side by side."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

_SIDE = 640


def wall_without_code() -> bytes:
    wall = Image.linear_gradient("L").resize((_SIDE, _SIDE))
    frame = ImageDraw.Draw(wall)
    for inset in range(0, _SIDE // 2, 80):
        frame.rectangle((inset, inset, _SIDE - inset, _SIDE - inset), outline=255 - inset // 2, width=3)
    return _png(wall)


def torn_picture() -> bytes:
    """The first half of a file, as an upload that broke off leaves it."""
    whole = wall_without_code()
    return whole[: len(whole) // 2]


def side_by_side(left: bytes, right: bytes) -> bytes:
    pictures = [Image.open(io.BytesIO(each)).convert("L") for each in (left, right)]
    both = Image.new("L", (sum(each.width for each in pictures), max(each.height for each in pictures)), 255)
    both.paste(pictures[0], (0, 0))
    both.paste(pictures[1], (pictures[0].width, 0))
    return _png(both)


def _png(picture: Image.Image) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, "PNG")
    return encoded.getvalue()
