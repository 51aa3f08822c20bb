"""Picture bytes → one upright grey picture on white; of an animation, its first frame. Runs only in a child.

Raises one of NOT_A_PICTURE; any other exception of a library ends the child, with the same answer for the visitor.
"""

import io
import struct

import pi_heif
from PIL import (
    Image,
    MpoImagePlugin,  # noqa: F401  (many phones' JPEG)
    TiffImagePlugin,  # noqa: F401  (EXIF is a small TIFF)
    WebPImagePlugin,  # noqa: F401
)

from portal.scanning.bounds import Bounds
from portal.scanning.image_types import ImageType

Image.preinit()  # Pillow imports formats on demand, when a confined child can no longer open files
pi_heif.register_heif_opener(thumbnails=False)

NOT_A_PICTURE = (OSError, EOFError, SyntaxError, ValueError, Image.DecompressionBombError)

ORIENTATION = 0x0112  # EXIF: how the camera was held
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def decode(image: bytes, kind: ImageType, bounds: Bounds) -> Image.Image:
    # Pillow refuses more than twice this, by the size in the header, before it allocates memory for pixels.
    Image.MAX_IMAGE_PIXELS = bounds.pixels // 2
    with Image.open(io.BytesIO(image), formats=[kind]) as picture:
        shrink = 2 if picture.width * picture.height > bounds.full_size_pixels else 1
        # For JPEG only: it decodes only brightness, and directly at the smaller size.
        picture.draft("L", (picture.width // shrink, picture.height // shrink))
        picture.load()
        grey = _grey_on_white(picture)
        turn = UPRIGHT.get(_orientation(picture))
    if grey.width * grey.height > bounds.full_size_pixels:
        grey = grey.reduce(shrink)
    return grey if turn is None else grey.transpose(turn)


def _grey_on_white(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I;16"):  # Pillow would clip at 255 and leave a white sheet
        return picture.point(lambda level: level * (1 / 256)).convert("L")
    if not picture.has_transparency_data:
        return picture.convert("L")
    if "A" not in picture.getbands():
        picture = picture.convert("LA")
    white = Image.new("L", picture.size, 255)
    white.paste(picture.convert("L"), mask=picture.getchannel("A"))
    return white


def _orientation(picture: Image.Image) -> int:
    try:
        orientation = picture.getexif().get(ORIENTATION)
    except (SyntaxError, ValueError, struct.error):
        return 0  # broken EXIF does not spoil the picture
    return orientation if isinstance(orientation, int) else 0
