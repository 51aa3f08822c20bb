"""Admitted records on their way into the tables. They wait in a temporary file until the whole bundle is admitted.

So the register is locked only while it stores, and a refused bundle never touches it. The file takes as much room in
the system's folder for temporary files as the uncompressed bundle.
"""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, TypeAlias

from sqlalchemy import Connection, bindparam, func, insert, select

from portal.catalogue.licence_types import Catalogue
from portal.catalogue.numbers import lookup_key, normalise
from portal.register.bulk import insert_rows
from portal.register.gates import Impact, ends
from portal.register.indexing import KnownLicences, LicenceIndex, Row
from portal.register.tables import leaf_blocks, manifests, notices, records
from portal.verification.bundle import Manifest, Record

# The rows of a record and of its notice, without what the manifest adds; and whether the record ends its licence.
Waiting: TypeAlias = tuple[Row, Row | None, bool]

_LAST_SEQUENCE = select(func.max(manifests.c.sequence)).where(manifests.c.issuer_id == bindparam("issuer_id"))
_KNOWN = select(records.c.credential_id).where(
    records.c.credential_id.in_(bindparam("ids", expanding=True)), records.c.issuer_id == bindparam("issuer_id")
)
_KNOWN_NOTICE = (
    select(func.count())
    .select_from(notices)
    .where(*(column == bindparam(column.name) for column in notices.primary_key))
)


class NoRoomToWait(ValueError):
    """The records of a bundle cannot be kept while it is read; the message is one line."""


class WaitingRecords:
    """The admitted records of a bundle in `file`, batch by batch in their order, with their leaves."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def add(self, leaves: bytes, batch: bytes) -> None:
        with _told_as_no_room():
            marshal.dump((leaves, batch), self._file)

    def batches(self) -> Iterator[tuple[bytes, list[Waiting]]]:
        with _told_as_no_room():
            end = self._file.tell()
            self._file.seek(0)  # what is still on its way into the file is written now
        while self._file.tell() < end:
            leaves, batch = marshal.load(self._file)  # noqa: S302 - a file of this process, without a name
            yield leaves, marshal.loads(batch)  # noqa: S302


@contextmanager
def waiting_records() -> Iterator[WaitingRecords]:
    """A place for the records of one bundle; NoRoomToWait, here or while they come, where the disk has none."""
    with _told_as_no_room():
        file = TemporaryFile()  # noqa: SIM115 - closed below, where an error is no error any more
    try:
        yield WaitingRecords(file)
    finally:
        with suppress(OSError):  # what could not be written is not missed any more
            file.close()


@contextmanager
def _told_as_no_room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = tempfile.tempdir or "any folder for temporary files"
        raise NoRoomToWait(f"records on their way cannot be kept in {where}: {error.strerror}") from error


def waiting_record(issuer_id: str, record: Record, at: int) -> Waiting:
    return _record_row(issuer_id, record), _notice_row(issuer_id, record), ends(record, at)


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


def encoded(batch: list[Waiting]) -> bytes:
    """A batch as it waits: in the interpreter's own format, three times as fast as CBOR."""
    return marshal.dumps(batch)


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
        self._issuer_id = issuer_id
        self._index = LicenceIndex(connection, issuer_id, catalogue)
        self.impact = Impact(self._index.held, self._index.next_id)
        row = _manifest_row(issuer_id, manifest, taken_at)
        self._manifest_id: int = connection.scalars(insert(manifests).values(row).returning(manifests.c.id)).one()

    def store(self, waiting: WaitingRecords) -> None:
        first_index = 0
        for leaves, batch in waiting.batches():
            insert_rows(self._connection, leaf_blocks, [(self._manifest_id, first_index, leaves)])
            self._store_batch(first_index, batch)
            first_index += len(batch)
        self._index.finish()

    def _store_batch(self, first_index: int, batch: list[Waiting]) -> None:
        known = self._index.known(row for row, _, _ in batch)
        had = {licence: (each.licence_id, each.version) for licence, each in known.items()}
        new = self._store_records([row for row, _, _ in batch], first_index, known)
        for row, notice, ends_licence in batch:
            is_new = row["credential_id"] in new
            if notice is not None:
                is_new |= self._store_notice(notice)
            licence_id, version = had.get((row["type_code"], row["number"]), (None, 0))
            if licence_id is not None:
                self.impact.note(licence_id, ends_licence and is_new and row["version"] >= version)

    def _store_records(self, batch: list[Row], first_index: int, known: KnownLicences) -> Collection[bytes]:
        """Store those that are new, and say which they are."""
        ids = [row["credential_id"] for row in batch]
        asked = {"ids": ids, "issuer_id": self._issuer_id}
        there = {bytes(each) for each in self._connection.scalars(_KNOWN, asked)}
        new: dict[bytes, Row] = {}
        for index, row in enumerate(batch, start=first_index):
            # A known record stays as it was first taken: the earliest manifest proves the most about its key.
            if row["credential_id"] not in there:
                new.setdefault(row["credential_id"], {**row, "manifest_id": self._manifest_id, "leaf_index": index})
        rows = self._index.enter(list(new.values()), known)
        insert_rows(self._connection, records, [tuple(row[column.name] for column in records.columns) for row in rows])
        self.added += len(rows)
        return new.keys()

    def _store_notice(self, row: Row) -> bool:
        """Store a notice if it is new, and say whether it was."""
        if self._connection.scalar(_KNOWN_NOTICE, row):
            return False
        self._connection.execute(insert(notices), {**row, "manifest_id": self._manifest_id})
        self.added_notices += 1
        return True


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
