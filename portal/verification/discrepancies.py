"""What does not fit in an evidence document. A step of its check raises Changed; the other steps are taken all the
same, so that all that was changed is named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Parts of the document, of which at least one was changed, and why that is known, in one line."""

    parts: tuple[str, ...]
    why: str


class Changed(ValueError):
    """A step cannot go on, because of a discrepancy."""

    def __init__(self, why: object, *parts: str) -> None:
        super().__init__(str(why))
        self.discrepancy = Discrepancy(parts, str(why))


@dataclass(frozen=True, slots=True)
class Discrepancies:
    """Those that one check has found so far."""

    found: list[Discrepancy] = field(default_factory=list)

    def note(self, why: str, *parts: str) -> None:
        self.found.append(Discrepancy(parts, why))

    def attempt(self, step: Callable[[], _T]) -> _T | None:
        """What `step` gives; where it raises Changed, that is noted, and None given."""
        try:
            return step()
        except Changed as error:
            self.found.append(error.discrepancy)
            return None
