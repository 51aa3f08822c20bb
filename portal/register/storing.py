"""Admitted records on their way into the tables. They wait in a temporary file until the whole bundle is admitted.

So the register is locked while it stores and no longer, and a bundle that is refused never touches it. The file needs
as much room in the system's folder for temporary files as the bundle has unpacked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, TypeAlias

import cbor2
from sqlalchemy import Connection, bindparam, func, insert, select

from portal.catalogue.licence_types import Catalogue
from portal.catalogue.numbers import lookup_key, normalise
from portal.register.indexing import LicenceIndex, Row
from portal.register.tables import leaf_blocks, manifests, notices, records
from portal.verification.bundle import Manifest, Record

_BATCH = 500  # rows for one statement; the leaves of a batch are one row of leaf_blocks

# A record's leaf in the Merkle tree, its row, and that of its notice: without what the manifest adds to them.
Waiting: TypeAlias = tuple[bytes, Row, Row | None]

_LAST_SEQUENCE = select(func.max(manifests.c.sequence)).where(manifests.c.issuer_id == bindparam("issuer_id"))
_KNOWN = select(records.c.credential_id).where(records.c.credential_id.in_(bindparam("ids", expanding=True)))
_KNOWN_NOTICE = (
    select(func.count())
    .select_from(notices)
    .where(*(column == bindparam(column.name) for column in notices.primary_key))
)


class WaitingRecords:
    """Records of one issuer in the order of their bundle, in `file`."""

    def __init__(self, file: IO[bytes], issuer_id: str) -> None:
        self._file = file
        self._issuer_id = issuer_id
        self._batch: list[Waiting] = []

    def add(self, leaf: bytes, record: Record) -> None:
        """Add the next record, whose leaf in the manifest's Merkle tree is `leaf`."""
        self._batch.append((leaf, _record_row(self._issuer_id, record), _notice_row(self._issuer_id, record)))
        if len(self._batch) == _BATCH:
            cbor2.dump(self._batch, self._file)
            self._batch = []

    def batches(self) -> Iterator[list[Waiting]]:
        """What was added, some hundreds at a time."""
        end = self._file.tell()
        self._file.seek(0)
        while self._file.tell() < end:
            yield cbor2.load(self._file)
        if self._batch:
            yield self._batch


def _record_row(issuer_id: str, record: Record) -> Row:
    credential = record.credential
    return {
        "credential_id": credential.credential_id,
        "type_code": credential.type_code,
        "number": credential.number,
        "number_key": lookup_key(credential.number),
        "version": credential.version,
        "issuer_id": issuer_id,
        "holder": credential.holder,
        "uscc": credential.uscc,
        "face_digest": credential.face_digest,
        "line": record.line,
        "elicence_id": normalise(record.face.elicence_id) if record.face.elicence_id else None,
    }


def _notice_row(issuer_id: str, record: Record) -> Row | None:
    notice = record.notice
    if notice is None:
        return None
    return {
        "issuer_id": issuer_id,
        "type_code": notice.type_code,
        "number": notice.number,
        "version": notice.version,
        "issued_at": notice.issued_at,
        "cose": notice.envelope.encoded,
    }


def last_sequence(connection: Connection, issuer_id: str) -> int | None:
    """The highest sequence that was taken from an issuer."""
    last: int | None = connection.scalar(_LAST_SEQUENCE, {"issuer_id": issuer_id})
    return last


class Storing:
    """Stores one bundle; `added` and `added_notices` count what was not there before."""

    def __init__(
        self, connection: Connection, issuer_id: str, manifest: Manifest, taken_at: int, catalogue: Catalogue
    ) -> None:
        self.added = 0
        self.added_notices = 0
        self._connection = connection
        self._index = LicenceIndex(connection, issuer_id, catalogue)
        row = _manifest_row(issuer_id, manifest, taken_at)
        self._manifest_id: int = connection.scalars(insert(manifests).values(row).returning(manifests.c.id)).one()

    def store(self, waiting: WaitingRecords) -> None:
        first_index = 0
        for batch in waiting.batches():
            self._store_leaves(first_index, batch)
            self._store_records(first_index, batch)
            for _, _, notice in batch:
                if notice is not None:
                    self._store_notice(notice)
            first_index += len(batch)

    def _store_leaves(self, first_index: int, batch: list[Waiting]) -> None:
        hashes = b"".join(leaf for leaf, _, _ in batch)
        row = {"manifest_id": self._manifest_id, "first_index": first_index, "hashes": hashes}
        self._connection.execute(insert(leaf_blocks), row)

    def _store_records(self, first_index: int, batch: list[Waiting]) -> None:
        ids = [row["credential_id"] for _, row, _ in batch]
        known = {bytes(each) for each in self._connection.scalars(_KNOWN, {"ids": ids})}
        rows: dict[object, Row] = {}
        for index, (_, row, _) in enumerate(batch, start=first_index):
            # One that is known stays as it was first taken: the earliest manifest proves the most about its key.
            if row["credential_id"] not in known:
                rows.setdefault(row["credential_id"], {**row, "manifest_id": self._manifest_id, "leaf_index": index})
        if rows:
            self._connection.execute(insert(records), self._index.enter(list(rows.values())))
        self.added += len(rows)

    def _store_notice(self, row: Row) -> None:
        if self._connection.scalar(_KNOWN_NOTICE, row):
            return
        self._connection.execute(insert(notices), {**row, "manifest_id": self._manifest_id})
        self.added_notices += 1


def _manifest_row(issuer_id: str, manifest: Manifest, taken_at: int) -> Row:
    return {
        "issuer_id": issuer_id,
        "sequence": manifest.sequence,
        "kind": "snapshot" if manifest.follows is None else "delta",
        "follows": manifest.follows,
        "signed_at": manifest.issued_at,
        "taken_at": taken_at,
        "records": manifest.records,
        "root": manifest.root,
        "cose": manifest.envelope.encoded,
    }
