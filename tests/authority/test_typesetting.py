"""Lines and pages: Chinese breaks anywhere, words and numbers do not, and no line is lost between pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.authority.typesetting import Line, lines_of, paginate, wrap


def width(text: str) -> float:
    """A Chinese character is twice as wide as a letter."""
    return sum(1 if character.isascii() else 2 for character in text)


WRAPPED = {
    "what fits stays on a line": ("中成药", ["中成药"]),
    "Chinese breaks where the column ends": ("中药饮片中成药化学药", ["中药饮片中", "成药化学药"]),
    "a line break is one": ("中成药\n化学药", ["中成药", "化学药"]),
    "a number is not broken": ("编号AB12345678", ["编号", "AB12345678"]),
    "a number longer than a line is": ("123456789012", ["1234567890", "12"]),
    "an English sentence breaks between words": ("the plant complies", ["the plant", "complies"]),
    "a comma hangs over the edge": ("中药饮片中，成药", ["中药饮片中，", "成药"]),
    "nothing is one empty line": ("", [""]),
}


@pytest.mark.parametrize("case", WRAPPED)
def test_lines_break_where_people_would_break_them(case: str) -> None:
    text, lines = WRAPPED[case]
    assert wrap(text, 10, width) == lines


@given(st.text(alphabet="中药，a1 -\n", max_size=200), st.integers(2, 40))
def test_wrapping_loses_nothing_but_spaces(text: str, column: int) -> None:
    assert "".join(wrap(text, column, width)).replace(" ", "") == text.replace(" ", "").replace("\n", "")


def test_a_row_is_as_high_as_the_higher_of_its_label_and_value() -> None:
    assert lines_of([("许可证编号", "1"), ("范围", "甲\n乙")], 6, 10, width) == [
        Line("许可证", "1", begins=True),
        Line("编号", "", begins=False),
        Line("范围", "甲", begins=True),
        Line("", "乙", begins=False),
    ]


LINES = [Line("", str(number), begins=True) for number in range(100)]


@pytest.mark.parametrize(
    ("count", "pages"),
    [
        (6, [6]),  # the foot still fits
        (7, [6, 1]),  # and here it does not, so that a line goes with it to the next page
        (10, [9, 1]),
        (11, [10, 1]),
        (18, [10, 8]),
        (19, [10, 8, 1]),
        (0, [0]),
    ],
)
def test_a_page_is_filled_and_the_last_one_has_room_for_the_foot(count: int, pages: list[int]) -> None:
    assert [len(page) for page in paginate(LINES[:count], first=10, further=12, foot=4)] == pages


@given(st.integers(0, 100), st.integers(5, 30), st.integers(5, 30), st.integers(0, 4))
def test_pages_lose_no_line_and_leave_none_empty(count: int, first: int, further: int, foot: int) -> None:
    pages = paginate(LINES[:count], first, further, foot)
    assert [line for page in pages for line in page] == LINES[:count]
    assert len(pages[-1]) <= (first if len(pages) == 1 else further) - foot
    assert all(pages) or count == 0
