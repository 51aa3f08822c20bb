"""A printed code: two segments, level M, read back by another program at the size of a phone's photo of a wall."""

import io
import re
from random import Random

import pytest
import zxingcpp
from PIL import Image

from portal.authority.qr_codes import MAX_PRINTED_BYTES, QrCode, print_warning, qr_code, text_qr_code
from portal.authority.signing import Unsignable
from portal.verification.envelope import MAX_CREDENTIAL_BYTES
from tests.world import PUBLIC_URL, World

PIXELS_A_MODULE = 2.5


def code_of(size: int) -> QrCode:
    return qr_code(PUBLIC_URL, Random(size).randbytes(size))


def photographed(code: QrCode) -> list[zxingcpp.Barcode]:
    drawn = Image.open(io.BytesIO(code.png(pixels_a_module=8)))
    side = int(drawn.width / 8 * PIXELS_A_MODULE)
    return zxingcpp.read_barcodes(
        drawn.convert("L").resize((side, side), Image.Resampling.BILINEAR), formats=zxingcpp.BarcodeFormat.QRCode
    )


@pytest.mark.parametrize(
    ("size", "version"), [(220, 12), (250, 13), (270, 13), (MAX_PRINTED_BYTES, 14), (MAX_CREDENTIAL_BYTES, 24)]
)
def test_a_code_reads_back_whole_and_is_as_small_as_two_segments_make_it(size: int, version: int) -> None:
    code = code_of(size)
    (read,) = photographed(code)
    assert (read.text, read.ec_level, code.version) == (code.text, "M", version)


def test_a_licence_of_usual_length_fits_the_size_that_is_aimed_at() -> None:
    code = qr_code(PUBLIC_URL, World().licence().encoded)
    assert code.version <= 13


def test_scheme_and_host_are_printed_in_lower_case_before_the_token() -> None:
    licence = World().licence()
    assert qr_code(PUBLIC_URL, licence.encoded).text == f"https://yz.example.gov.cn/v/{licence.token}" == licence.text


@pytest.mark.parametrize(("size", "warned"), [(250, False), (300, False), (301, True)])
def test_a_code_that_is_hard_to_read_from_a_wall_is_warned_of(size: int, warned: bool) -> None:
    assert (print_warning(bytes(size)) is not None) is warned


def test_a_code_that_every_portal_refuses_is_not_drawn() -> None:
    with pytest.raises(Unsignable, match="769 bytes"):
        code_of(MAX_CREDENTIAL_BYTES + 1)


def test_other_codes_can_be_drawn_for_comparison() -> None:
    (read,) = photographed(text_qr_code("https://pay.example.com/?amount=5"))
    assert read.text == "https://pay.example.com/?amount=5"


def test_the_drawing_is_one_picture_without_scripts_or_links() -> None:
    drawing = code_of(250).svg().decode()
    assert set(re.findall(r"<(\w+)", drawing)) == {"svg", "path"}
    assert set(re.findall(r"[\w:]+(?==)", drawing)) == {"xmlns", "viewBox", "fill", "stroke", "d"}
    assert 'viewBox="0 0 77 77"' in drawing
