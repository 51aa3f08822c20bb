"""Why nothing could be read in a picture: the one thing to do differently next time. Runs only in a child."""

from PIL import Image, ImageFilter, ImageStat

from portal.scanning.flattening import QUIET_ZONE, flat
from portal.scanning.scan import Advice
from portal.scanning.sight import Symbol

_FEWEST_PIXELS_A_MODULE = 3.0  # 2.5 are enough for a sharp picture, which this one is not
_DARK = 45  # the mean level of a photo that a person would call dark
_BLOWN_OUT = 250
_PATCH = 6  # modules a side: no intact code has such a large patch without ink
_MOST_BLOWN_OUT = 0.02  # of the symbol; error correction M restores some 15 %, but a lamp also blinds what is around it


def advise(picture: Image.Image, unread: list[Symbol]) -> Advice:
    if not unread:
        return Advice.more_light if ImageStat.Stat(picture).mean[0] < _DARK else Advice.closer
    symbol = max(unread, key=lambda symbol: symbol.side)
    if _is_cut_off(picture, symbol):
        return Advice.whole_code
    if symbol.pixels_a_module < _FEWEST_PIXELS_A_MODULE:
        return Advice.closer
    if _has_glare(picture, symbol):
        return Advice.less_glare
    return Advice.hold_still


def _is_cut_off(picture: Image.Image, symbol: Symbol) -> bool:
    margin = symbol.pixels_a_module
    return any(
        not (margin <= x <= picture.width - margin and margin <= y <= picture.height - margin)
        for x, y in symbol.corners
    )


def _has_glare(picture: Image.Image, symbol: Symbol) -> bool:
    square = flat(picture, symbol)
    module = square.width / (symbol.modules + 2 * QUIET_ZONE)
    margin = round(module * QUIET_ZONE)
    code = square.crop((margin, margin, square.width - margin, square.height - margin))
    patches = code.filter(ImageFilter.BoxBlur(module * _PATCH / 2)).histogram()
    return sum(patches[_BLOWN_OUT:]) > _MOST_BLOWN_OUT * code.width * code.height
