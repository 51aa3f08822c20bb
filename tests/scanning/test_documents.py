"""Downloaded e-licences: what our own bench prints is read from its PDF, whatever the page."""

import zlib

import pytest

from portal.authority.sheets import draw_sheets
from portal.scanning import Reader, ScanFailure
from tests.authorities import AT
from tests.authority.papers import debian_font, drafts_by_type, sheet_of
from tests.scanning.pictures import code, pdf


@pytest.mark.parametrize("slug", ["drug-distribution-retail", "drug-manufacturing"])
def test_a_licence_is_read_from_the_document_that_was_downloaded(slug: str, reader: Reader) -> None:
    sheet = sheet_of(drafts_by_type()[slug])
    assert reader.read(bytes(draw_sheets([sheet], debian_font(), AT))).texts == (sheet.code.text,)


def page_of(width: int, height: int, drawing: bytes = b"") -> bytes:
    """A document with one page, written by hand."""
    content = zlib.compress(drawing)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R>>" % (width, height),
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    body = b"".join(b"%d 0 obj%s endobj\n" % (number, part) for number, part in enumerate(parts, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF"


@pytest.mark.parametrize("size", [(1, 1), (10, 10), (14_400, 14_400), (1_000_000, 1_000_000), (1_000_000, 1)])
def test_a_page_of_any_size_is_drawn_within_bounds(size: tuple[int, int], reader: Reader) -> None:
    assert reader.read(page_of(*size)).failure in (ScanFailure.no_code_found, ScanFailure.unreadable_image)
    assert reader.read(pdf(code("next"))).texts == ("next",)


def test_a_page_that_inflates_without_end_costs_a_child_at_most(reader: Reader) -> None:
    bomb = page_of(600, 800, b"0 0 m 600 800 l S\n" * 4_000_000)
    assert len(bomb) < 2**18
    assert not reader.read(bomb).texts
    assert reader.read(pdf(code("next"))).texts == ("next",)
