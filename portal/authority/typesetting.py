"""Lines and pages of a printed licence: text → lines of a width → pages of a number of lines. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Width = Callable[[str], float]  # how wide a text is, in the same unit as the column

# Chinese may break anywhere; a word or a number only if it does not fit on a line.
_UNBREAKABLE = re.compile(r"[!-~]+ *|.", re.DOTALL)
_NEVER_FIRST = frozenset("，。、；：！？）》」』】〕%")  # may hang over the edge instead


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table of fields: part of the label, part of the value; `begins` on a field's first line."""

    label: str
    text: str
    begins: bool


def wrap(text: str, column: float, width: Width) -> list[str]:
    """The lines of a text in a column; at least one."""
    return [line for paragraph in text.split("\n") for line in _wrap_paragraph(paragraph, column, width)]


def _wrap_paragraph(paragraph: str, column: float, width: Width) -> Iterator[str]:
    line = ""
    for piece in _pieces(paragraph, column, width):
        if line and piece not in _NEVER_FIRST and width((line + piece).rstrip()) > column:
            yield line.rstrip()
            line = ""
        line += piece
    yield line.rstrip()


def _pieces(paragraph: str, column: float, width: Width) -> Iterator[str]:
    for piece in _UNBREAKABLE.findall(paragraph):
        if width(piece.rstrip()) > column:
            yield from piece
        else:
            yield piece


def lines_of(rows: Sequence[tuple[str, str]], labels: float, values: float, width: Width) -> list[Line]:
    """The lines of labelled rows, where labels and values have columns of their own."""
    lines = []
    for label, value in rows:
        left, right = wrap(label, labels, width), wrap(value, values, width)
        height = max(len(left), len(right))
        left, right = (each + [""] * (height - len(each)) for each in (left, right))
        lines += [Line(left[at], right[at], begins=at == 0) for at in range(height)]
    return lines


def paginate(lines: Sequence[Line], first: int, further: int, foot: int) -> list[Sequence[Line]]:
    """Lines by page: the first page holds `first`, the others `further`, and the last one keeps `foot` lines free."""
    pages: list[Sequence[Line]] = []
    rest, room = list(lines), first
    while len(rest) > room - foot:
        # If only the foot does not fit, it takes the last line along: no page may hold the foot alone.
        taken = min(room, len(rest) - 1)
        pages.append(rest[:taken])
        rest, room = rest[taken:], further
    return [*pages, rest]
