"""The libraries that find QR codes in a grey picture. pyzbar needs the Debian library libzbar0 and may be absent.

Runs only in a child: these libraries have had holes, and take hostile input.
"""

import zxingcpp
from PIL import Image
from zxingcpp import BarcodeFormat, BarcodeFormats, Binarizer, TextMode

from portal.scanning.sight import Code, Corners, Sight, Symbol, is_plausible

try:
    from pyzbar import pyzbar
except (ImportError, OSError):  # the package is there, its Debian library is not
    pyzbar = None

# Not the micro and rectangular kinds, which zxing-cpp sees in the corners of torn codes.
QR_ONLY = BarcodeFormats(BarcodeFormat.QRCodeModel2)
ENGINES = ("zxing-cpp",) if pyzbar is None else ("zxing-cpp", "pyzbar")


def zxing(picture: Image.Image, binarizer: Binarizer = Binarizer.LocalAverage) -> Sight:
    # Plain: the other modes rewrite control characters for display. Asking for symbols that it finds but cannot read
    # has no measurable cost.
    found = zxingcpp.read_barcodes(
        picture, formats=QR_ONLY, text_mode=TextMode.Plain, binarizer=binarizer, return_errors=True
    )
    codes = [Code(code.text, _corners(code)) for code in found if code.valid and code.text]
    symbols = (_unread(code) for code in found if not code.valid)
    return Sight(codes, [symbol for symbol in symbols if symbol])


def _unread(code: zxingcpp.Barcode) -> Symbol | None:
    version = code.extra.get("Version", "") if isinstance(code.extra, dict) else ""
    corners = _corners(code)
    if not version.isdecimal() or not is_plausible(corners):
        return None
    return Symbol(corners, 17 + 4 * int(version))


def _corners(code: zxingcpp.Barcode) -> Corners:
    at = code.position
    top_left, top_right, bottom_right, bottom_left = (
        (float(corner.x), float(corner.y)) for corner in (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    )
    return top_left, top_right, bottom_right, bottom_left


def zbar(picture: Image.Image) -> Sight:
    """zbar mistakes Chinese in UTF-8 for Shift-JIS. In a child, which can open no file, it cannot load that table, and
    returns UTF-8 or nothing.
    """
    if pyzbar is None:
        return Sight()
    found = pyzbar.decode(picture, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return Sight([Code(code.data.decode(), _rectangle(code.rect)) for code in found if code.data])


def _rectangle(rect: "pyzbar.Rect") -> Corners:
    left, top, right, bottom = rect.left, rect.top, rect.left + rect.width, rect.top + rect.height
    return (left, top), (right, top), (right, bottom), (left, bottom)
