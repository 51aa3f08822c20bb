"""The rows of one bundle on their way into the tables, some hundreds at a time. What may be stored is judged before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from sqlalchemy import Connection, bindparam, func, insert, select

from portal.catalogue.numbers import lookup_key
from portal.register.tables import leaf_blocks, manifests, notices, records
from portal.verification.bundle import Manifest, Record
from portal.verification.notice import Notice

_BATCH = 500  # rows for one statement; the leaves of a batch are one row of leaf_blocks

Row: TypeAlias = Mapping[str, str | int | bytes | None]

_LAST_SEQUENCE = select(func.max(manifests.c.sequence)).where(manifests.c.issuer_id == bindparam("issuer_id"))
_KNOWN = select(records.c.credential_id).where(records.c.credential_id.in_(bindparam("ids", expanding=True)))
_KNOWN_NOTICE = (
    select(func.count())
    .select_from(notices)
    .where(*(column == bindparam(column.name) for column in notices.primary_key))
)


def last_sequence(connection: Connection, issuer_id: str) -> int | None:
    """The highest sequence that was taken from an issuer."""
    last: int | None = connection.scalar(_LAST_SEQUENCE, {"issuer_id": issuer_id})
    return last


class BundleRows:
    """Stores a bundle's manifest at once, and its records in batches; `added` and `added_notices` were not there."""

    def __init__(self, connection: Connection, issuer_id: str, manifest: Manifest, taken_at: int) -> None:
        self.added = 0
        self.added_notices = 0
        self._connection = connection
        self._issuer_id = issuer_id
        row = _manifest_row(issuer_id, manifest, taken_at)
        self._manifest_id: int = connection.scalars(insert(manifests).values(row).returning(manifests.c.id)).one()
        self._first_index = 0
        self._batch: list[tuple[bytes, Record]] = []

    def add(self, leaf: bytes, record: Record) -> None:
        """Take the next record, whose leaf in the manifest's Merkle tree is `leaf`."""
        self._batch.append((leaf, record))
        if len(self._batch) == _BATCH:
            self.flush()

    def flush(self) -> None:
        """Store what is left of the last batch."""
        if not self._batch:
            return
        self._store_leaves()
        self._store_records()
        for _, record in self._batch:
            if record.notice is not None:
                self._store_notice(record.notice)
        self._first_index += len(self._batch)
        self._batch.clear()

    def _store_leaves(self) -> None:
        hashes = b"".join(leaf for leaf, _ in self._batch)
        row = {"manifest_id": self._manifest_id, "first_index": self._first_index, "hashes": hashes}
        self._connection.execute(insert(leaf_blocks), row)

    def _store_records(self) -> None:
        ids = [record.credential.credential_id for _, record in self._batch]
        known = {bytes(each) for each in self._connection.scalars(_KNOWN, {"ids": ids})}
        rows: dict[bytes, Row] = {}
        for index, (_, record) in enumerate(self._batch, start=self._first_index):
            credential_id = record.credential.credential_id
            # One that is known stays as it was first taken: the earliest manifest proves the most about its key.
            if credential_id not in known:
                rows.setdefault(credential_id, self._record_row(index, record))
        if rows:
            self._connection.execute(insert(records), list(rows.values()))
        self.added += len(rows)

    def _record_row(self, index: int, record: Record) -> Row:
        credential = record.credential
        return {
            "credential_id": credential.credential_id,
            "manifest_id": self._manifest_id,
            "leaf_index": index,
            "type_code": credential.type_code,
            "number": credential.number,
            "number_key": lookup_key(credential.number),
            "version": credential.version,
            "issuer_id": self._issuer_id,
            "holder": credential.holder,
            "uscc": credential.uscc,
            "face_digest": credential.face_digest,
            "line": record.line,
        }

    def _store_notice(self, notice: Notice) -> None:
        key = {
            "issuer_id": self._issuer_id,
            "type_code": notice.type_code,
            "number": notice.number,
            "version": notice.version,
            "issued_at": notice.issued_at,
        }
        if self._connection.scalar(_KNOWN_NOTICE, key):
            return
        row = {**key, "manifest_id": self._manifest_id, "cose": notice.envelope.encoded}
        self._connection.execute(insert(notices), row)
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
