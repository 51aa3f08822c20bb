"""Takes back the last bundle of an issuer: what it brought goes, and only its manifest remains, in `taken_back`.

The one place where anything is taken out of a register. The bundle can be loaded again, and so can any later one; but a
delta to it only after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, tuple_, update

from portal.catalogue.names import comparable_name
from portal.register.bulk import Values, insert_rows
from portal.register.indexing import NamePart, name_parts_of
from portal.register.tables import (
    leaf_blocks,
    manifests,
    name_parts,
    notices,
    records,
    shelves,
    staged_parts,
    taken_back,
)
from portal.register.transactions import writing

_BATCH = 500  # licences

_LAST = select(manifests).order_by(manifests.c.id.desc()).limit(1)
_BROUGHT = (
    select(records.c.licence_id)
    .where(records.c.manifest_id == bindparam("manifest_id"))
    .distinct()
    .order_by(records.c.licence_id)
)
_VERSIONS = (
    select(records.c.licence_id, records.c.type_code, records.c.holder, records.c.manifest_id)
    .where(records.c.licence_id.in_(bindparam("licence_ids", expanding=True)))
    .order_by(records.c.licence_id)
)
_ONE_LESS = (
    update(shelves)
    .where(shelves.c.issuer_id == bindparam("issuer"), shelves.c.type_code == bindparam("type"))
    .values(licences=shelves.c.licences - 1)
)


class NothingToTakeBack(ValueError):
    """The register has no bundle, or none of the issuer."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A bundle that the register no longer has, and how many records and notices went with it."""

    issuer_id: str
    sequence: int
    signed_at: int
    records: int
    notices: int


def roll_back(engine: Engine, issuer_id: str | None, at: int) -> TakenBack:
    """Take back the last bundle of an issuer, or of any if None; NothingToTakeBack if there is none."""
    with writing(engine) as connection:
        last = connection.execute(_LAST if issuer_id is None else _LAST.filter_by(issuer_id=issuer_id)).one_or_none()
        if last is None:
            raise NothingToTakeBack(
                f"the register has no bundle of {issuer_id}" if issuer_id else "the register is empty"
            )
        _Names(connection, last.issuer_id, last.id).take_out()
        gone = [
            connection.execute(delete(table).where(table.c.manifest_id == last.id)).rowcount
            for table in (records, notices, leaf_blocks)
        ]
        connection.execute(delete(manifests).where(manifests.c.id == last.id))
        row = {column.name: getattr(last, column.name) for column in manifests.columns if column.name != "id"}
        connection.execute(insert(taken_back).values(**row, taken_back_at=at))
    return TakenBack(last.issuer_id, last.sequence, last.signed_at, gone[0], gone[1])


class _Names:
    """The index entries and counts of a manifest's licences, as far as no other manifest brought them as well."""

    def __init__(self, connection: Connection, issuer_id: str, manifest_id: int) -> None:
        self._connection = connection
        self._issuer_id = issuer_id
        self._manifest_id = manifest_id
        found = connection.execute(select(shelves.c.type_code, shelves.c.id).filter_by(issuer_id=issuer_id))
        self._shelves: dict[int, int] = {type_code: shelf for type_code, shelf in found}

    def take_out(self) -> None:
        staged_parts.create(self._connection)
        licence_ids = self._connection.scalars(_BROUGHT, {"manifest_id": self._manifest_id}).all()
        for first in range(0, len(licence_ids), _BATCH):
            insert_rows(self._connection, staged_parts, list(self._parts_of(licence_ids[first : first + _BATCH])))
        key = tuple_(*name_parts.primary_key.columns)
        self._connection.execute(delete(name_parts).where(key.in_(select(staged_parts))))
        staged_parts.drop(self._connection)

    def _parts_of(self, licence_ids: Sequence[int]) -> Iterator[Values]:
        found = self._connection.execute(_VERSIONS, {"licence_ids": licence_ids}).all()
        for licence_id, group in groupby(found, key=lambda row: row.licence_id):
            versions = list(group)
            type_code = versions[0].type_code
            kept = [row for row in versions if row.manifest_id != self._manifest_id]
            if not kept:
                self._connection.execute(_ONE_LESS, {"issuer": self._issuer_id, "type": type_code})
            for gram, rest in _parts(versions) - _parts(kept):
                yield gram, self._shelves[type_code], rest, licence_id


def _parts(versions: Iterable[Any]) -> frozenset[NamePart]:
    return frozenset().union(*(name_parts_of(comparable_name(row.holder)) for row in versions))
