"""Printed licences of every type, looked at with poppler and read back with the portal's own reader."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import dist
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from portal.authority.printing import PrintRefused, Sheet
from portal.authority.sheets import PrintFont, draw_sheets
from portal.demonstration.types import PLANS
from portal.scanning import Reader
from tests.authorities import AT, PUBLIC_URL
from tests.authority.papers import debian_font, drafts_by_type, page_texts, poppler, sheet_of

DPI = 200
MM = 25.4 / DPI
QUIET = 4  # modules
PAGE_OF = {slug: number for number, slug in enumerate(PLANS)}


@pytest.fixture(scope="module")
def sheets() -> Mapping[str, Sheet]:
    return {slug: sheet_of(drafts_by_type()[slug]) for slug in PLANS}


@pytest.fixture(scope="module")
def printed(sheets: Mapping[str, Sheet], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One document with a licence of each type."""
    path = tmp_path_factory.mktemp("printed") / "licences.pdf"
    path.write_bytes(draw_sheets(list(sheets.values()), debian_font(), AT))
    return path


@pytest.fixture(scope="module")
def pictures(printed: Path) -> list[Path]:
    poppler("pdftoppm", "-r", str(DPI), "-gray", "-jpeg", printed, printed.with_name("page"))
    return sorted(printed.parent.glob("page-*.jpg"))


@pytest.fixture(scope="module")
def texts(printed: Path) -> list[str]:
    return page_texts(printed)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()


@pytest.mark.parametrize("slug", PLANS)
def test_the_portal_reads_the_printed_code(
    slug: str, sheets: Mapping[str, Sheet], pictures: list[Path], reader: Reader
) -> None:
    assert reader.read(pictures[PAGE_OF[slug]].read_bytes()).texts == (sheets[slug].code.text,)


@pytest.mark.parametrize("slug", PLANS)
def test_a_printed_module_is_half_a_millimetre_and_the_quiet_zone_is_white(
    slug: str, sheets: Mapping[str, Sheet], pictures: list[Path]
) -> None:
    picture = Image.open(pictures[PAGE_OF[slug]]).convert("L")
    (code,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    start, end = code.position.top_left, code.position.bottom_right
    diagonal = dist((start.x, start.y), (end.x, end.y)) / 2**0.5
    module = diagonal * MM / (sheets[slug].code.side - 2 * QUIET)
    assert module == pytest.approx(0.5, abs=0.01)
    margin = int(QUIET * 0.5 / MM) - 2  # two pixels for what lies between pixels
    around = picture.crop((start.x - margin, start.y - margin, end.x + margin, end.y + margin))
    around.paste(255, (margin - 2, margin - 2, around.width - margin + 2, around.height - margin + 2))
    darkest, _ = around.getextrema()
    assert darkest > 200  # JPEG has ripples beside an edge


@pytest.mark.parametrize("slug", PLANS)
def test_number_address_and_every_field_stand_in_words_on_the_page(
    slug: str, sheets: Mapping[str, Sheet], texts: list[str]
) -> None:
    sheet, text = sheets[slug], texts[PAGE_OF[slug]]
    wanted = [sheet.titles[0], sheet.number, PUBLIC_URL, sheet.issuer, sheet.issued, sheet.copy]
    wanted += [part for _, value in sheet.rows for part in value.split("\n")]
    # pdftotext puts the parts of a label of two lines between the lines of its value.
    labels = [part for label, _ in sheet.rows for part in label.split("\n")]
    assert [each for each in wanted if comparable(each, labels) not in comparable(text, labels)] == []


def comparable(text: str, labels: Sequence[str]) -> str:
    """Without spaces and labels; without the 演示 across the page, which pdftotext may put between any two lines; and
    without hyphens, since it takes one at the end of a line for a divided word.
    """
    closed = re.sub(r"[\s演示-]", "", text)
    for label in labels:
        closed = closed.replace(re.sub(r"[\s-]", "", label), "")
    return closed


def test_each_licence_is_one_page_of_a4_with_embedded_parts_of_fonts_and_no_picture(printed: Path) -> None:
    facts = dict(line.split(":", 1) for line in poppler("pdfinfo", printed).splitlines())
    assert facts["Pages"].strip() == str(len(PLANS))
    assert "(A4)" in facts["Page size"]
    fonts = poppler("pdffonts", printed).splitlines()[2:]
    assert [line.split()[-5:-2] for line in fonts] == [["yes", "yes", "yes"]]  # embedded, a subset, with Unicode
    assert "NotoSerifCJKSC" in fonts[0]
    # No emblem and no seal.
    assert poppler("pdfimages", "-list", printed).splitlines()[2:] == []


def test_only_a_demonstration_is_marked_as_one(texts: list[str], sheets: Mapping[str, Sheet], tmp_path: Path) -> None:
    mark = "演示数据，内容均为虚构，不是证照"
    assert [text for text in texts if mark not in text] == []
    assert mark not in drawn(replace(sheets["food-production"], demonstration=False), tmp_path)[0]


def drawn(sheet: Sheet, folder: Path) -> list[str]:
    """The text of each page of a licence."""
    path = folder / "licence.pdf"
    path.write_bytes(draw_sheets([sheet], debian_font(), AT))
    return page_texts(path)


def test_a_long_licence_goes_on_on_further_pages_and_ends_with_its_code(
    sheets: Mapping[str, Sheet], tmp_path: Path, reader: Reader
) -> None:
    scope = [f"第{number}项医疗器械" for number in range(1, 201)]
    sheet = sheets["device-distribution"]
    texts = drawn(replace(sheet, rows=(*sheet.rows, ("经营范围", "\n".join(scope)))), tmp_path)
    assert len(texts) > 2
    assert [each for each in scope if each not in "".join(texts)] == []
    assert [f"第{number}页，共{len(texts)}页" in text for number, text in enumerate(texts, 1)] == [True] * len(texts)
    assert [sheet.address in text for text in texts] == [False] * (len(texts) - 1) + [True]
    poppler("pdftoppm", "-r", str(DPI), "-gray", "-jpeg", tmp_path / "licence.pdf", tmp_path / "page")
    *earlier, last = sorted(tmp_path.glob("page-*.jpg"))
    assert reader.read(last.read_bytes()).texts == (sheet.code.text,)
    assert {reader.read(page.read_bytes()).texts for page in earlier} == {()}


def test_the_same_licence_printed_twice_is_the_same_file(sheets: Mapping[str, Sheet]) -> None:
    once, again = (draw_sheets([sheets["food-production"]], debian_font(), AT) for _ in range(2))
    assert once == again


def test_a_name_for_which_the_font_has_no_character_is_not_printed_with_a_gap(sheets: Mapping[str, Sheet]) -> None:
    with pytest.raises(PrintRefused, match=r"no \U0001f48a \(U\+1F48A\)$"):
        draw_sheets([replace(sheets["food-production"], rows=(("企业名称", "演示\U0001f48a"),))], debian_font(), AT)


def test_what_is_no_font_is_refused_in_words(sheets: Mapping[str, Sheet], tmp_path: Path) -> None:
    (tmp_path / "font.ttf").write_bytes(b"no font")
    for font in (PrintFont(tmp_path / "font.ttf"), PrintFont(tmp_path / "missing.ttc")):
        with pytest.raises(PrintRefused, match="not a usable font"):
            draw_sheets([sheets["food-production"]], font, AT)
