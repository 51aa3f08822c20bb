"""What makes licences findable, written in the transaction that takes their records.

The parts of names are gathered in a temporary table and inserted in index order, so that each page of the index is
written once.

All versions of a licence share a `licence_id`, and it is found by every name that it was ever issued to. The names of
persons (category personal_registration) are not indexed, nor is a code under which persons could be listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import Connection, bindparam, func, insert, select, update

from portal.catalogue.licence_types import PERSONAL, Catalogue
from portal.catalogue.names import LEAST_PART, comparable_name
from portal.register.bulk import Values, insert_rows
from portal.register.tables import name_parts, records, shelves, staged_parts

# A longer part is looked for by its end: the hundreds of shops of a chain differ there.
LONGEST_PART = 32

Row: TypeAlias = Mapping[str, Any]
NamePart: TypeAlias = tuple[str, str]

_LICENCES = select(
    records.c.type_code, records.c.number, records.c.licence_id, records.c.version, records.c.holder
).where(records.c.number_key.in_(bindparam("keys", expanding=True)), records.c.issuer_id == bindparam("issuer_id"))
_SHELVES = select(shelves.c.type_code, shelves.c.id, shelves.c.licences).where(
    shelves.c.issuer_id == bindparam("issuer_id")
)
_COUNT = (
    update(shelves).where(shelves.c.id == bindparam("shelf")).values(licences=shelves.c.licences + bindparam("more"))
)


def name_part(text: str) -> NamePart:
    """A part of a comparable name as it is in the index: its first two characters, and those that follow."""
    part = text[:LONGEST_PART]
    return part[:LEAST_PART], part[LEAST_PART:]


def name_parts_of(name: str) -> frozenset[NamePart]:
    """All suffixes of a comparable name: whatever part is looked for, one of them begins with it."""
    return frozenset(name_part(name[start:]) for start in range(len(name) - LEAST_PART + 1))


@dataclass(slots=True)
class KnownLicence:
    """A licence that the register has: its highest version, and the parts of its names that are indexed."""

    licence_id: int
    version: int = 0
    parts: set[NamePart] = field(default_factory=set)


KnownLicences: TypeAlias = dict[tuple[int, str], KnownLicence]


class LicenceIndex:
    """Indexes one issuer's new records, a few hundred at a time. No other transaction writes meanwhile."""

    def __init__(self, connection: Connection, issuer_id: str, catalogue: Catalogue) -> None:
        self._connection = connection
        self._issuer_id = issuer_id
        self._personal = {code for code, each in catalogue.by_code.items() if each.category == PERSONAL}
        found = connection.execute(_SHELVES, {"issuer_id": issuer_id}).all()
        self._shelves = {row.type_code: row.id for row in found}
        self.held = sum(row.licences for row in found)
        self.next_id: int = (connection.scalar(select(func.max(records.c.licence_id))) or 0) + 1
        staged_parts.create(connection)

    def known(self, rows: Iterable[Row]) -> KnownLicences:
        """Those licences of these records that the register has already, by type and number."""
        known: KnownLicences = {}
        keys = {"keys": [row["number_key"] for row in rows], "issuer_id": self._issuer_id}
        for type_code, number, licence_id, version, holder in self._connection.execute(_LICENCES, keys):
            entry = known.setdefault((type_code, number), KnownLicence(licence_id))
            entry.version = max(entry.version, version)
            entry.parts |= name_parts_of(comparable_name(holder))
        return known

    def enter(self, rows: Sequence[Row], known: KnownLicences) -> list[Row]:
        """Index records that the register does not have yet, and return their rows, complete with licence ids."""
        before = self.next_id
        completed = [self._complete(row, known) for row in rows]
        self._count({row["licence_id"]: row["type_code"] for row in completed if row["licence_id"] >= before})
        insert_rows(self._connection, staged_parts, list(self._new_parts(completed, known)))
        return completed

    def finish(self) -> None:
        """Move the parts of all names into the index."""
        in_order = select(staged_parts).order_by(*staged_parts.columns)
        self._connection.execute(insert(name_parts).from_select(list(name_parts.columns), in_order))
        staged_parts.drop(self._connection)

    def _complete(self, row: Row, known: KnownLicences) -> Row:
        licence = (row["type_code"], row["number"])
        if licence not in known:
            known[licence] = KnownLicence(self.next_id)
            self.next_id += 1
        uscc = None if row["type_code"] in self._personal else row["uscc"]
        return {**row, "uscc": uscc, "licence_id": known[licence].licence_id}

    def _new_parts(self, rows: Iterable[Row], known: KnownLicences) -> Iterator[Values]:
        for row in rows:
            if row["type_code"] in self._personal:
                continue
            licence = known[row["type_code"], row["number"]]
            new = name_parts_of(comparable_name(row["holder"])) - licence.parts
            licence.parts |= new
            shelf = self._shelves[row["type_code"]]
            for gram, rest in new:
                yield gram, shelf, rest, licence.licence_id

    def _count(self, new: Mapping[int, int]) -> None:
        """Add new licences, given as id → type code, to the counts of their shelves."""
        for type_code, more in Counter(new.values()).items():
            if type_code not in self._shelves:
                self._shelves[type_code] = self._make_shelf(type_code)
            self._connection.execute(_COUNT, {"shelf": self._shelves[type_code], "more": more})

    def _make_shelf(self, type_code: int) -> int:
        shelf = (self._connection.scalar(select(func.max(shelves.c.id))) or 0) + 1
        row = {"id": shelf, "issuer_id": self._issuer_id, "type_code": type_code, "licences": 0}
        self._connection.execute(insert(shelves), row)
        return shelf
