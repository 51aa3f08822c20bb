"""Pictures for the tests, honest and hostile, made when asked for."""

import io
import struct
import zlib
from pathlib import Path

import fpdf
import segno
from PIL import Image

# How a camera was held, by its number in EXIF: how its pixels lie then.
HELD = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
EXIF_ORIENTATION = 0x0112
HEIC = (Path(__file__).parent / "code.heic").read_bytes()


def code(text: str, scale: int = 4) -> Image.Image:
    drawn = io.BytesIO()
    segno.make_qr(text, mode="byte", encoding="utf-8").save(drawn, kind="png", scale=scale, border=4)
    return Image.open(drawn).convert("L")


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def photo(text: str) -> bytes:
    return encoded(code(text), "PNG")


def row(*texts: str) -> Image.Image:
    """Codes side by side on one white sheet."""
    codes = [code(text) for text in texts]
    sheet = Image.new("L", (sum(each.width for each in codes), max(each.height for each in codes)), 255)
    left = 0
    for each in codes:
        sheet.paste(each, (left, 0))
        left += each.width
    return sheet


def column(*rows: Image.Image) -> Image.Image:
    sheet = Image.new("L", (max(each.width for each in rows), sum(each.height for each in rows)), 255)
    top = 0
    for each in rows:
        sheet.paste(each, (0, top))
        top += each.height
    return sheet


def held(picture: Image.Image, orientation: int) -> bytes:
    """As a camera saves it that was held otherwise: turned pixels, and a note how to turn them back."""
    note = Image.Exif()
    note[EXIF_ORIENTATION] = orientation
    return encoded(picture.transpose(HELD[orientation]), "JPEG", quality=90, exif=note)


def finder_wall(width: int = 4032, height: int = 3024) -> bytes:
    """Nothing but finder patterns: 12 megapixels are some 7 seconds of work for either engine, 3 are half a second."""
    ring = ("1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111")
    tile = Image.new("L", (9, 9), 255)
    for y, line in enumerate(ring):
        for x, module in enumerate(line):
            tile.putpixel((x, y), 0 if module == "1" else 255)
    tile = tile.resize((18, 18), Image.Resampling.NEAREST)
    wall = Image.new("L", (width, height), 255)
    for y in range(0, wall.height, 18):
        for x in range(0, wall.width, 18):
            wall.paste(tile, (x, y))
    return encoded(wall, "PNG")


def pdf(*pictures: Image.Image, password: str | None = None, enlarged: int = 1) -> bytes:
    """A page of A4 for each picture, 40 mm wide, as a printed licence shows its code; or all that enlarged."""
    document = fpdf.FPDF(format=(210 * enlarged, 297 * enlarged))
    for picture in pictures:
        document.add_page()
        document.image(picture, x=150 * enlarged, y=230 * enlarged, w=40 * enlarged)
    if password:
        document.set_encryption(owner_password=password, user_password=password)
    return bytes(document.output())


def png_that_claims(width: int, height: int) -> bytes:
    """A header with any size, and next to nothing behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(10_000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, body) for name, body in chunks)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def webp_that_claims(width: int, height: int) -> bytes:
    canvas = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + b"VP8X" + struct.pack("<I", len(canvas)) + canvas
    return b"RIFF" + struct.pack("<I", len(body)) + body
