"""Tables that people fill in (CSV with a heading line, or a JSON list), row by row, with what is wrong in each cell.

Problems are collected, not raised one by one: whoever typed two hundred rows wants to see all of them at once.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Generic, TypeAlias, TypeVar

from portal.verification.dates import BEIJING
from portal.verification.strict_cbor import FORBIDDEN_CHARACTERS

_T = TypeVar("_T")
_NumberedCells: TypeAlias = tuple[int, dict[str, object]]  # a row's number, and its cells by their headings
_NO_UTF_8 = "not UTF-8: save it as “CSV UTF-8” in the spreadsheet"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell, whose column is named as in the table.

    `row` counts as a spreadsheet does, whose heading line is row 1; in JSON the first is 1. 0: the table as a whole.
    """

    row: int
    column: str
    zh: str
    en: str

    def __str__(self) -> str:
        if not self.row:
            return f"{self.zh} · {self.en}"
        return f"第 {self.row} 行「{self.column}」:{self.zh} · row {self.row}, {self.column}: {self.en}"


class TableRefused(ValueError):
    """The table cannot be used; `problems` says why, cell by cell."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(slots=True)
class Row:
    """One row. Each method reads a cell; if it cannot be used, that is noted, and a stand-in of its type returned.

    `headings`: what the table calls a column.
    """

    number: int
    cells: Mapping[str, object]
    headings: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)

    def note(self, column: str, zh: str, en: str) -> None:
        self.problems.append(Problem(self.number, self.headings.get(column, column), zh, en))

    def has(self, column: str) -> bool:
        cell = self.cells.get(column)
        return bool(cell.strip() if isinstance(cell, str) else cell is not None)

    def is_sound(self, column: str) -> bool:
        """Whether nothing was noted about the cell, so that one mistake is not reported twice."""
        heading = self.headings.get(column, column)
        return all(problem.column != heading for problem in self.problems)

    def text(self, column: str, longest: int) -> str:
        text = self.optional_text(column, longest)
        if text is None:
            self.note(column, "必填", "must be filled in")
        return text or ""

    def optional_text(self, column: str, longest: int) -> str | None:
        if not self.has(column):
            return None
        text = str(self.cells[column]).strip()
        if len(text) > longest:
            self.note(column, f"超过 {longest} 个字", f"more than {longest} characters")
        if FORBIDDEN_CHARACTERS.search(text):
            self.note(
                column, "含有换行、制表符或看不见的字符", "a line break, a tab, or a character that cannot be seen"
            )
        elif not unicodedata.is_normalized("NFC", text):
            self.note(column, f"字符编码应为 NFC:{unicodedata.normalize('NFC', text)}", "not in Unicode's form NFC")
        return text

    def whole_number(self, column: str, least: int = 0, otherwise: int | None = None) -> int:
        if not self.has(column) and otherwise is not None:
            return otherwise
        text = self.text(column, 12)
        if text.isascii() and text.isdigit() and int(text) >= least:
            return int(text)
        if text:
            self.note(column, f"应为不小于 {least} 的整数", f"must be a whole number of at least {least}")
        return least

    def day(self, column: str) -> date | None:
        text = self.optional_text(column, 20)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.note(column, "日期应写成 2026-11-21", "a date is written 2026-11-21")
            return None

    def required_day(self, column: str) -> date:
        if not self.has(column):
            self.note(column, "必填", "must be filled in")
        return self.day(column) or date(1970, 1, 1)

    def choice(self, column: str, choices: Mapping[str, _T], stand_in: _T) -> _T:
        text = self.text(column, 100)
        if text not in choices:
            text = next((each for each in choices if _same_width(each) == _same_width(text)), text)
        if text and text not in choices:
            known = "、".join(list(choices)[:12])
            self.note(column, f"不在可选值之内:{known} …", f"is none of {known} …")
        return choices.get(text, stand_in)


def _same_width(text: str) -> str:
    """Brackets are typed in either width."""
    return unicodedata.normalize("NFKC", text)


def _read_table(document: bytes, columns: Mapping[str, str]) -> Iterator[Row]:
    """The rows of a CSV or JSON document in UTF-8."""
    by_heading = {zh: column for column, zh in columns.items()}
    try:
        text = document.decode("utf-8-sig")
        is_json = text.lstrip()[:1] == "["
        headings, entries = _json_entries(text) if is_json else _csv_entries(text)
    except UnicodeDecodeError as error:
        raise _refused("不是 UTF-8 的文件:请在表格软件中另存为「CSV UTF-8」", _NO_UTF_8) from error
    except (ValueError, RecursionError, csv.Error) as error:
        raise _refused(f"文件无法读取(应为 CSV 或 JSON):{error}", f"not CSV or JSON: {error}") from error
    # An export that failed is no table of nothing: as a table of statuses it would put all licences in force again.
    if not is_json and not set(columns).intersection(_columns_of(headings, by_heading, row=1)):
        raise _refused("第一行应为列名,这里没有认得的列名", "the first line must hold the headings, and none is known")
    for number, entry in entries:
        found = _columns_of(entry, by_heading, number)
        named = {column: heading.strip() for column, heading in zip(found, entry, strict=True)}
        yield Row(number, dict(zip(found, entry.values(), strict=True)), named)


def _columns_of(headings: Iterable[str], by_heading: Mapping[str, str], row: int) -> list[str]:
    """What each heading stands for; TableRefused if two stand for the same column, as one of them would be lost."""
    found = [by_heading.get(heading.strip(), heading.strip()) for heading in headings]
    named = [column for column in found if column]  # a spreadsheet may have several columns without a heading
    if len(set(named)) < len(named):
        repeated = next(column for column in named if named.count(column) > 1)
        raise TableRefused((Problem(row, repeated, "有两列", "two columns stand for it"),))
    return found


def _csv_entries(text: str) -> tuple[Sequence[str], list[_NumberedCells]]:
    """The headings, and the rows that have a text: spreadsheets append others. Cells beyond the headings are `""`."""
    headings, *rows = list(csv.reader(io.StringIO(text, newline=""), strict=True)) or [[]]
    entries = []
    for number, cells in enumerate(rows, start=2):
        if any(cell.strip() for cell in cells):
            within, beyond = cells[: len(headings)], cells[len(headings) :]
            named: dict[str, object] = dict(zip_longest(headings, within))
            entries.append((number, {**named, "": beyond} if any(beyond) else named))
    return headings, entries


def _json_entries(text: str) -> tuple[Sequence[str], list[_NumberedCells]]:
    entries = json.loads(text)
    if not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("a JSON table is a list of objects")
    return (), list(enumerate(entries, start=1))


def _refused(zh: str, en: str) -> TableRefused:
    return TableRefused((Problem(0, "-", zh, en),))


@dataclass(frozen=True, slots=True)
class Unique(Generic[_T]):
    """What no two rows may have in common, and what is said of the second that has it, in its column."""

    key: Callable[[_T], Hashable]
    column: str
    zh: str
    en: str

    def note(self, rows: Sequence[Row], values: Sequence[_T]) -> None:
        first: dict[Hashable, int] = {}
        for row, value in zip(rows, values, strict=True):
            number = first.setdefault(self.key(value), row.number)
            if number != row.number:
                row.note(self.column, f"{self.zh}(见第 {number} 行)", f"{self.en} (see row {number})")


def read_rows(
    document: bytes, columns: Mapping[str, str], read: Callable[[Row], _T], *unique: Unique[_T]
) -> tuple[_T, ...]:
    """What `read` makes of each row; TableRefused with the problems of all rows, if there are any.

    `columns` are the names by which `read` asks for cells, each with its heading in Chinese; a table may use either.
    """
    rows = list(_read_table(document, columns))
    values = [read(row) for row in rows]
    if not any(row.problems for row in rows):
        for each in unique:
            each.note(rows, values)
    problems = tuple(problem for row in rows for problem in row.problems)
    if problems:
        raise TableRefused(problems)
    return tuple(values)


def first_second(day: date) -> int:
    """The second at which a day begins in China."""
    return int(datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp())


def first_second_after(day: date) -> int:
    """The `exp` of a licence valid through `day` (spec §3)."""
    return first_second(day + timedelta(days=1))
