"""Tables that people fill in (CSV with a heading line, or a JSON list), row by row, with what is wrong in each cell.

Problems are collected, not raised one by one: whoever typed two hundred rows wants to see all of them at once.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from portal.verification.dates import BEIJING

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one cell; `row` counts from 1 and leaves the heading line out."""

    row: int
    column: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"第 {self.row} 行「{self.column}」:{self.zh} · row {self.row}, {self.column}: {self.en}"


class TableRefused(ValueError):
    """The table cannot be used; `problems` says why, cell by cell."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(slots=True)
class Row:
    """One row. Each method reads a cell; if it cannot be used, that is noted, and a stand-in of its type returned."""

    number: int
    cells: Mapping[str, object]
    problems: list[Problem] = field(default_factory=list)

    def note(self, column: str, zh: str, en: str) -> None:
        self.problems.append(Problem(self.number, column, zh, en))

    def has(self, column: str) -> bool:
        cell = self.cells.get(column)
        return bool(cell.strip() if isinstance(cell, str) else cell is not None)

    def is_sound(self, column: str) -> bool:
        """Whether nothing was noted about the cell, so that one mistake is not reported twice."""
        return all(problem.column != column for problem in self.problems)

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
        if text and text not in choices:
            known = "、".join(list(choices)[:12])
            self.note(column, f"不在可选值之内:{known} …", f"is none of {known} …")
        return choices.get(text, stand_in)


def _read_table(document: bytes, columns: Mapping[str, str]) -> Iterator[Row]:
    """The rows of a CSV or JSON document in UTF-8."""
    try:
        text = document.decode("utf-8-sig")
        headings, entries = _json_entries(text) if text.lstrip()[:1] == "[" else _csv_entries(text)
    except (ValueError, RecursionError, csv.Error) as error:
        raise _unreadable(str(error)) from error
    by_heading = {zh: column for column, zh in columns.items()}
    _columns_of(headings, by_heading, row=0)
    for number, entry in enumerate(entries, start=1):
        yield Row(number, dict(zip(_columns_of(entry, by_heading, number), entry.values(), strict=True)))


def _columns_of(headings: Iterable[str], by_heading: Mapping[str, str], row: int) -> list[str]:
    """What each heading stands for; TableRefused if two stand for the same column, as one of them would be lost."""
    found = [by_heading.get(heading.strip(), heading.strip()) for heading in headings]
    named = [column for column in found if column]  # a spreadsheet may have several columns without a heading
    if len(set(named)) < len(named):
        repeated = next(column for column in named if named.count(column) > 1)
        raise TableRefused((Problem(row, repeated, "有两列", "two columns stand for it"),))
    return found


def _csv_entries(text: str) -> tuple[Sequence[str], list[dict[str, object]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    entries = [dict(entry) for entry in reader]
    return reader.fieldnames or (), entries


def _json_entries(text: str) -> tuple[Sequence[str], list[dict[str, object]]]:
    entries = json.loads(text)
    if not all(isinstance(entry, dict) for entry in entries):
        raise ValueError("a JSON table is a list of objects")
    return (), list(entries)


def _unreadable(why: str) -> TableRefused:
    return TableRefused((Problem(0, "-", f"文件无法读取(应为 UTF-8 的 CSV 或 JSON):{why}", f"not CSV or JSON: {why}"),))


def read_rows(document: bytes, columns: Mapping[str, str], read: Callable[[Row], _T]) -> tuple[_T, ...]:
    """What `read` makes of each row; TableRefused with the problems of all rows, if there are any.

    `columns` are the names by which `read` asks for cells, each with its heading in Chinese; a table may use either.
    """
    problems: list[Problem] = []
    values = []
    for row in _read_table(document, columns):
        values.append(read(row))
        problems += row.problems
    if problems:
        raise TableRefused(tuple(problems))
    return tuple(values)


def refuse_repeats(keys: Sequence[Hashable], column: str, zh: str, en: str) -> None:
    """TableRefused if two rows have the same key."""
    first: dict[Hashable, int] = {}
    problems = [
        Problem(number, column, f"{zh}(见第 {first[key]} 行)", f"{en} (see row {first[key]})")
        for number, key in enumerate(keys, start=1)
        if first.setdefault(key, number) != number
    ]
    if problems:
        raise TableRefused(tuple(problems))


def first_second(day: date) -> int:
    """The second at which a day begins in China."""
    return int(datetime(day.year, day.month, day.day, tzinfo=BEIJING).timestamp())


def first_second_after(day: date) -> int:
    """The `exp` of a licence valid through `day` (spec §3)."""
    return first_second(day + timedelta(days=1))
