"""The libraries that find QR codes in a grey picture. pyzbar needs the Debian library libzbar0 and may be absent.

Runs only in a child: these libraries have had holes, and take hostile input.
"""

from dataclasses import dataclass

import zxingcpp
from PIL import Image
from zxingcpp import BarcodeFormat, BarcodeFormats, Binarizer, TextMode

try:
    from pyzbar import pyzbar
except (ImportError, OSError):  # the package is there, its Debian library is not
    pyzbar = None

QR_ONLY = BarcodeFormats(BarcodeFormat.QRCode)
ENGINES = ("zxing-cpp",) if pyzbar is None else ("zxing-cpp", "pyzbar")


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    left: int
    top: int
    bottom: int


def zxing(picture: Image.Image, binarizer: Binarizer = Binarizer.LocalAverage) -> list[Code]:
    # Plain: the other modes rewrite control characters for display.
    found = zxingcpp.read_barcodes(picture, formats=QR_ONLY, text_mode=TextMode.Plain, binarizer=binarizer)
    return [_zxing_code(code) for code in found if code.text]


def _zxing_code(code: zxingcpp.Barcode) -> Code:
    at = code.position
    corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
    rows = [corner.y for corner in corners]
    return Code(code.text, min(corner.x for corner in corners), min(rows), max(rows))


def zbar(picture: Image.Image) -> list[Code]:
    """zbar guesses Shift-JIS for Chinese in UTF-8. In a child, which can open no file, it cannot load that table, and
    returns UTF-8 or nothing.
    """
    if pyzbar is None:
        return []
    found = pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [
        Code(code.data.decode(), code.rect.left, code.rect.top, code.rect.top + code.rect.height)
        for code in found
        if code.data
    ]


def in_reading_order(codes: list[Code]) -> list[Code]:
    """Rows from top to bottom, each from left to right; a code that begins beside another stands in its row."""
    rows: list[list[Code]] = []
    for code in sorted(codes, key=lambda code: code.top):
        if rows and code.top < (rows[-1][0].top + rows[-1][0].bottom) / 2:
            rows[-1].append(code)
        else:
            rows.append([code])
    return [code for row in rows for code in sorted(row, key=lambda code: code.left)]
