"""Draws sheets as one PDF: A4, everything in millimetres, the glyphs in use embedded, each code as one vector path.

The same sheets, font and time give the same bytes. A licence that is too long for a page is set in smaller type first,
and then continues on further pages; the last one has the code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fontTools.ttLib import TTFont, TTLibError
from fpdf import FPDF
from fpdf.drawing import PaintedPath
from fpdf.drawing_primitives import DeviceGray
from fpdf.enums import PathPaintRule
from fpdf.fonts import TTFFont

from portal.authority.printing import PrintRefused, Sheet
from portal.authority.typesetting import Line, lines_of, paginate, wrap
from portal.web.wording import Language, words_for

MODULE = 0.5  # mm: a code is read from an arm's length; 0.4 is the least that is promised
_WIDTH, _HEIGHT = 210.0, 297.0
_LEFT, _RIGHT = 24.0, 186.0
_BORDERS = ((10.0, 0.9), (12.0, 0.25))  # distance from the edge and thickness of the two lines
_BORDER_COLOUR = (140, 105, 40)
_TOP, _TOP_OF_FURTHER, _BOTTOM = 24.0, 28.0, 280.0
_LABELS, _GAP = 48.0, 4.0
_SEAL_HEIGHT = 34.0
_SIZES = (12.0, 11.0, 10.0, 9.0, 8.0)  # points
_LEADING = 1.6
_MM_A_POINT = 25.4 / 72
_GREY, _PALE = 100, 234
_FONT = "licence"
_BOTH = tuple(words_for(language) for language in Language)  # whoever holds the paper must know how to check it


@dataclass(frozen=True, slots=True)
class PrintFont:
    """A font file with Chinese glyphs; `member` counts the fonts of a collection (.ttc) from 0."""

    path: Path
    member: int = 0


# In Debian's fonts-noto-cjk; mainland Chinese is the third font in the collection.
NOTO_SERIF = PrintFont(Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc"), 2)


def draw_sheets(sheets: Sequence[Sheet], font: PrintFont, at: int) -> bytes:
    """The PDF; PrintRefused if the font cannot be used or lacks a glyph.

    Subsetting the font takes a second or two, whether for one sheet or for a hundred.
    """
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.set_creation_date(datetime.fromtimestamp(at, UTC))
    pdf.set_title(" · ".join(f"{sheet.titles[0]} {sheet.number}" for sheet in sheets[:3]))
    pdf.set_lang("zh-CN")
    _require_usable(font)
    pdf.add_font(_FONT, fname=font.path, collection_font_number=font.member)
    try:
        for sheet in sheets:
            _Drawing(pdf, sheet).draw()
        return bytes(pdf.output())
    finally:
        added = pdf.fonts[_FONT]
        if isinstance(added, TTFFont):
            added.ttfont.close()  # the library leaves the font's file open


def _require_usable(font: PrintFont) -> None:
    try:
        with font.path.open("rb") as file:
            TTFont(file, fontNumber=font.member, lazy=True)
    except (OSError, TTLibError) as error:
        raise PrintRefused(
            f"{font.path}: 不能用作字体 · not a usable font; Debian has one in fonts-noto-cjk"
        ) from error


@dataclass(frozen=True, slots=True)
class _Drawing:
    """One sheet while it is drawn."""

    pdf: FPDF
    sheet: Sheet

    def draw(self) -> None:
        self._require_glyphs()
        self.pdf.add_page()
        self._draw_frame()
        top = self._draw_title()
        size, pages = self._paginate(top)
        for number, lines in enumerate(pages, start=1):
            if number > 1:
                self.pdf.add_page()
                self._draw_frame()
                top = self._draw_running_head()
            self._draw_lines(lines, top, size)
            self._draw_page_number(number, len(pages))
        self._draw_seal_place()
        self._draw_check()

    def _require_glyphs(self) -> None:
        sheet, font = self.sheet, self.pdf.fonts[_FONT]
        printed = [*sheet.titles, sheet.issuer, sheet.issued, sheet.copy, sheet.qualifier, sheet.number, sheet.address]
        printed += [text for row in sheet.rows for text in row]
        glyphs = font.cmap if isinstance(font, TTFFont) else {}
        missing = {each for each in "".join(printed) if each != "\n" and ord(each) not in glyphs}
        if missing:
            characters = " ".join(sorted(f"{each} (U+{ord(each):04X})" for each in missing))
            raise PrintRefused(f"{sheet.number}: 字体缺字 · the font has no {characters}")

    @property
    def _code_side(self) -> float:
        return self.sheet.code.side * MODULE

    @property
    def _foot(self) -> float:
        """The height of what is below the fields on the last page."""
        return _SEAL_HEIGHT + self._code_side

    def _size(self, points: float, grey: int = 0) -> None:
        self.pdf.set_font(_FONT, size=points)
        self.pdf.set_text_color(grey)

    def _width(self, text: str) -> float:
        return self.pdf.get_string_width(text)

    def _centred(self, baseline: float, text: str, spacing: float = 0) -> None:
        self.pdf.set_char_spacing(spacing / _MM_A_POINT)
        # The spacing after the last character cannot be seen.
        self.pdf.text((_WIDTH - self._width(text) + spacing) / 2, baseline, text)
        self.pdf.set_char_spacing(0)

    def _draw_frame(self) -> None:
        if self.sheet.demonstration:
            self._draw_demonstration()
        self.pdf.set_draw_color(*_BORDER_COLOUR)
        for distance, thickness in _BORDERS:
            self.pdf.set_line_width(thickness)
            self.pdf.rect(distance, distance, _WIDTH - 2 * distance, _HEIGHT - 2 * distance)

    def _draw_demonstration(self) -> None:
        """Across the page, pale enough to be printed over, and in words at the top."""
        self._size(150, _PALE)
        with self.pdf.rotation(40, _WIDTH / 2, _HEIGHT / 2):
            self._centred(_HEIGHT / 2 + 20, _BOTH[0].t("print.demonstration"), spacing=20)
        self._size(8, _GREY)
        self._centred(17, " · ".join(words.t("print.demonstration_text") for words in _BOTH))

    def _draw_title(self) -> float:
        """Draw copy and title; returns where the fields begin."""
        title, *translated = self.sheet.titles
        self._size(12)
        self.pdf.text(_RIGHT - self._width(self.sheet.copy), _TOP, self.sheet.copy)
        y = _TOP + 8
        size = 28.0 if len(title) <= 14 else 17.0
        for line in self._wrapped(title, size):
            y += size * _MM_A_POINT * 1.25
            self._centred(y, line, spacing=2.5 if len(title) <= 10 else 0)
        lines = [(14.0, f"（{self.sheet.qualifier}）")] if self.sheet.qualifier else []
        lines += [(12.0, line) for text in translated for line in self._wrapped(text, 12)]
        for size, line in lines:
            y += size * _MM_A_POINT * 1.9
            self._size(size)
            self._centred(y, line)
        return y + 12

    def _wrapped(self, text: str, size: float) -> list[str]:
        self._size(size)
        return wrap(text, _RIGHT - _LEFT, self._width)

    def _draw_running_head(self) -> float:
        self._size(10, _GREY)
        self.pdf.text(_LEFT, _TOP, f"{self.sheet.titles[0]} {self.sheet.number}")
        return _TOP_OF_FURTHER

    def _paginate(self, top: float) -> tuple[float, list[Sequence[Line]]]:
        """The largest type size in which the fields fit on one page, or the smallest, and the pages."""
        size, pages = _SIZES[0], list[Sequence[Line]]()
        for size in _SIZES:
            self._size(size)
            height = size * _MM_A_POINT * _LEADING
            values = _RIGHT - _LEFT - _LABELS - _GAP
            lines = lines_of(self.sheet.rows, _LABELS, values, self._width)
            first, further = (int((_BOTTOM - each) / height) for each in (top, _TOP_OF_FURTHER))
            pages = paginate(lines, first, further, int(self._foot / height) + 1)
            if len(pages) == 1:
                break
        return size, pages

    def _draw_lines(self, lines: Sequence[Line], top: float, size: float) -> None:
        height = size * _MM_A_POINT * _LEADING
        for number, line in enumerate(lines, start=1):
            baseline = top + number * height
            if line.begins:
                self._draw_rule(baseline - size * _MM_A_POINT * 1.2)
            self._size(size, _GREY)
            self.pdf.text(_LEFT, baseline, line.label)
            self._size(size)
            self.pdf.text(_LEFT + _LABELS + _GAP, baseline, line.text)

    def _draw_rule(self, y: float) -> None:
        self.pdf.set_draw_color(_PALE)
        self.pdf.set_line_width(0.15)
        self.pdf.line(_LEFT, y, _RIGHT, y)

    def _draw_page_number(self, number: int, total: int) -> None:
        if total > 1:
            self._size(8, _GREY)
            texts = (words.t("print.page", number=number, total=total) for words in self.sheet.words)
            self._centred(_HEIGHT - 14, " · ".join(texts))

    def _draw_seal_place(self) -> None:
        """Issuer and date to the right, with room for the real seal; none is drawn."""
        y = _BOTTOM - self._foot + 8
        lines = [(12.0, 0, line) for line in self._wrapped(self.sheet.issuer, 12)]
        lines += [(11.0, 0, self.sheet.issued)]
        lines += [(8.0, _GREY, f"（{' · '.join(words.t('print.seal') for words in self.sheet.words)}）")]
        for size, grey, text in lines:
            self._size(size, grey)
            self.pdf.text(_RIGHT - self._width(text), y, text)
            y += 6.5

    def _draw_check(self) -> None:
        """The code and, beside it, how to check without it."""
        top = _BOTTOM - self._code_side
        self._draw_code(_LEFT, top)
        # The quiet zone is white already: the words may begin at its edge.
        left, y = _LEFT + self._code_side + 2, top + 6
        number, address = (" ".join(words.t(f"print.{key}") for words in _BOTH) for key in ("number", "address"))
        texts = [
            (11.0, 0, f"{number} {self.sheet.number}"),
            (11.0, 0, f"{address} {self.sheet.address}"),
            *((8.0, _GREY, words.t(key)) for words in _BOTH for key in ("print.how", "print.paper")),
        ]
        for size, grey, text in texts:
            self._size(size, grey)
            for line in wrap(text, _RIGHT - left, self._width):
                self.pdf.text(left, y, line)
                y += size * _MM_A_POINT * 1.45

    def _draw_code(self, left: float, top: float) -> None:
        # On white, whatever is under it; one path, because screens show hairlines between separate squares.
        self.pdf.set_fill_color(255)
        self.pdf.rect(left, top, self._code_side, self._code_side, style="F")
        path = PaintedPath()
        path.style.paint_rule = PathPaintRule.FILL_NONZERO
        path.style.fill_color = DeviceGray(0)
        for row, column, length in self.sheet.code.dark_runs():
            path.rectangle(left + column * MODULE, top + row * MODULE, length * MODULE, MODULE)
        with self.pdf.drawing_context() as drawing:
            drawing.add_item(path, clone=False)  # copying thousands of points would take longer than everything else
