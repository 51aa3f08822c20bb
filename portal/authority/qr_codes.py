"""QR codes of licences (spec §1): two segments, error correction M, as PNG or SVG.

The prefix goes into a byte segment, because several phone cameras do not open a capital HTTPS://; the token goes into
an alphanumeric segment, which takes 5.5 bits a character instead of 8.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import segno
from segno import consts

from portal.authority.signing import Unsignable
from portal.verification.envelope import MAX_CREDENTIAL_BYTES
from portal.verification.presentation import encode_token

AIM_BYTES = 250  # version 13: with a host of 18 characters
MAX_PRINTED_BYTES = 300  # version 14: the largest that was read at 2.5 pixels a module
_QUIET_ZONE = 4  # modules; ISO/IEC 18004 asks for four


@dataclass(frozen=True, slots=True)
class QrCode:
    """A printable code: `text` is what a camera reads, `version` its size (13: 69 modules a side)."""

    text: str
    version: int
    _symbol: segno.QRCode

    def png(self, pixels_a_module: int = 8) -> bytes:
        image = io.BytesIO()
        self._symbol.save(image, kind="png", scale=pixels_a_module, border=_QUIET_ZONE)
        return image.getvalue()

    def svg(self) -> bytes:
        image = io.BytesIO()
        plain = {"xmldecl": False, "svgclass": None, "lineclass": None, "omitsize": True, "nl": False}
        self._symbol.save(image, kind="svg", border=_QUIET_ZONE, light="#fff", **plain)
        return image.getvalue()

    def dark_runs(self) -> Iterator[tuple[int, int, int]]:
        """The dark modules as runs (row, column, length), counted from the corner of the quiet zone."""
        for row, modules in enumerate(self._symbol.matrix, start=_QUIET_ZONE):
            dark = "".join("x" if module else " " for module in modules)
            yield from ((row, run.start() + _QUIET_ZONE, len(run[0])) for run in re.finditer("x+", dark))

    @property
    def side(self) -> int:
        """Modules a side with the quiet zone."""
        return len(self._symbol.matrix) + 2 * _QUIET_ZONE


def qr_code(public_url: str, credential: bytes) -> QrCode:
    """The code of a credential under a portal's address, such as https://yz.example.gov.cn."""
    if len(credential) > MAX_CREDENTIAL_BYTES:
        raise Unsignable(f"{len(credential)} bytes: more than {MAX_CREDENTIAL_BYTES} are refused by every portal")
    return _symbol(f"{public_url}/v/", encode_token(credential))


def text_qr_code(text: str) -> QrCode:
    """The code of any text, for what is not a licence code."""
    return _symbol(text, "")


def print_warning(credential: bytes) -> str | None:
    """One line if the code will be too large to be read well from a wall, else None."""
    if len(credential) <= MAX_PRINTED_BYTES:
        return None
    return (
        f"{len(credential)} bytes: above {MAX_PRINTED_BYTES} a printed code is hard to read; "
        f"aim at {AIM_BYTES} with a shorter name or address"
    )


def _symbol(prefix: str, token: str) -> QrCode:
    segments = [(prefix, consts.MODE_BYTE)] + ([(token, consts.MODE_ALPHANUMERIC)] if token else [])
    # segno takes a list of segments, although its annotations do not say so; a test pins the version that results.
    symbol = segno.make_qr(segments, error="m", boost_error=False)  # type: ignore[arg-type]
    return QrCode(prefix + token, int(symbol.version), symbol)
