"""What makes licences findable, written in the transaction that takes their records.

All versions of a licence share a `licence_id`, and it is found by every name that it was ever issued to. The name of a
person (category personal_registration) is not indexed, nor a code under which persons could be listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, func, insert, select, update

from portal.catalogue.licence_types import PERSONAL, Catalogue
from portal.catalogue.names import LEAST_PART, comparable_name
from portal.register.tables import name_parts, records, shelves

# A longer part is found by its end; in a chain's hundreds of shops it is the end that differs.
LONGEST_PART = 32

Row: TypeAlias = Mapping[str, Any]
NamePart: TypeAlias = tuple[str, str]

_LICENCES = select(records.c.type_code, records.c.number, records.c.licence_id, records.c.holder).where(
    records.c.number_key.in_(bindparam("keys", expanding=True)), records.c.issuer_id == bindparam("issuer_id")
)
_SHELVES = select(shelves.c.type_code, shelves.c.id).where(shelves.c.issuer_id == bindparam("issuer_id"))
_COUNT = (
    update(shelves).where(shelves.c.id == bindparam("shelf")).values(licences=shelves.c.licences + bindparam("more"))
)


def name_part(text: str) -> NamePart:
    """Where a part of a comparable name stands in the index: its first two characters, and those that follow."""
    part = text[:LONGEST_PART]
    return part[:LEAST_PART], part[LEAST_PART:]


def name_parts_of(name: str) -> frozenset[NamePart]:
    """All ends of a comparable name: whatever part is looked for, one of them begins with it."""
    return frozenset(name_part(name[start:]) for start in range(len(name) - LEAST_PART + 1))


@dataclass(slots=True)
class _Known:
    """A licence that the register has, and the parts of its names that are indexed."""

    licence_id: int
    parts: set[NamePart] = field(default_factory=set)


class LicenceIndex:
    """Enters one issuer's new records, some hundreds at a time. Its transaction is the only one that writes."""

    def __init__(self, connection: Connection, issuer_id: str, catalogue: Catalogue) -> None:
        self._connection = connection
        self._issuer_id = issuer_id
        self._personal = {code for code, each in catalogue.by_code.items() if each.category == PERSONAL}
        self._shelves = {row.type_code: row.id for row in connection.execute(_SHELVES, {"issuer_id": issuer_id})}
        self._next_id: int = (connection.scalar(select(func.max(records.c.licence_id))) or 0) + 1

    def enter(self, rows: Sequence[Row]) -> list[Row]:
        """Index records that the register does not have yet; returns their rows with what they are found by."""
        known, before = self._known(rows), self._next_id
        completed = [self._complete(row, known) for row in rows]
        self._count({row["licence_id"]: row["type_code"] for row in completed if row["licence_id"] >= before})
        parts = list(self._new_parts(completed, known))
        if parts:
            # In the order of the index, so that neighbours go to one page.
            self._connection.execute(insert(name_parts), sorted(parts, key=lambda part: tuple(part.values())))
        return completed

    def _known(self, rows: Sequence[Row]) -> dict[tuple[int, str], _Known]:
        known: dict[tuple[int, str], _Known] = {}
        keys = {"keys": [row["number_key"] for row in rows], "issuer_id": self._issuer_id}
        for type_code, number, licence_id, holder in self._connection.execute(_LICENCES, keys):
            entry = known.setdefault((type_code, number), _Known(licence_id))
            entry.parts |= name_parts_of(comparable_name(holder))
        return known

    def _complete(self, row: Row, known: dict[tuple[int, str], _Known]) -> Row:
        licence = (row["type_code"], row["number"])
        if licence not in known:
            known[licence] = _Known(self._next_id)
            self._next_id += 1
        uscc = None if row["type_code"] in self._personal else row["uscc"]
        return {**row, "uscc": uscc, "licence_id": known[licence].licence_id}

    def _new_parts(self, rows: Iterable[Row], known: Mapping[tuple[int, str], _Known]) -> Iterator[Row]:
        for row in rows:
            if row["type_code"] in self._personal:
                continue
            licence = known[row["type_code"], row["number"]]
            new = name_parts_of(comparable_name(row["holder"])) - licence.parts
            licence.parts |= new
            shelf = self._shelves[row["type_code"]]
            for gram, rest in new:
                yield {"gram": gram, "shelf": shelf, "rest": rest, "licence_id": licence.licence_id}

    def _count(self, new: Mapping[int, int]) -> None:
        """Count new licences, whose type codes are given by id, on their shelves."""
        for type_code, more in Counter(new.values()).items():
            if type_code not in self._shelves:
                self._shelves[type_code] = self._make_shelf(type_code)
            self._connection.execute(_COUNT, {"shelf": self._shelves[type_code], "more": more})

    def _make_shelf(self, type_code: int) -> int:
        shelf = (self._connection.scalar(select(func.max(shelves.c.id))) or 0) + 1
        row = {"id": shelf, "issuer_id": self._issuer_id, "type_code": type_code, "licences": 0}
        self._connection.execute(insert(shelves), row)
        return shelf
