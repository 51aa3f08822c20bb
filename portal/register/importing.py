"""Takes what authorities signed into the register: a bundle whole or not at all, a status list if it is newer.

A bundle is read and judged once, batch by batch. It is stored only if no record was objected to, and if the number of
records and the Merkle root match the signed manifest: in one transaction, which the gates against accidents may undo.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from sqlalchemy import Connection, Engine, Row, bindparam, func, insert, select, update

from portal.catalogue.licence_types import Catalogue
from portal.register.admission import Admission, NotAdmitted
from portal.register.gates import objection_to_list, objection_to_room
from portal.register.judging import LineError, judged
from portal.register.lines import UnreadableLine
from portal.register.storing import Storing, WaitingRecords, last_sequence, waiting_records
from portal.register.tables import manifests, shelves, status_lists
from portal.register.transactions import writing
from portal.verification.bundle import Manifest, MerkleTree, split_leaves
from portal.verification.dates import format_timestamp
from portal.verification.envelope import Malformed
from portal.verification.provenance import NotAuthorised, require_signer
from portal.verification.statuses import StatusList, read_status_list
from portal.verification.trust import TrustList, Use

_BATCH = 500  # records; the leaves of a batch are one row of leaf_blocks

_STORED_MANIFEST = select(manifests.c.cose).where(
    manifests.c.issuer_id == bindparam("issuer_id"), manifests.c.sequence == bindparam("sequence")
)

_STORED_LISTS = select(status_lists).where(status_lists.c.issuer_id == bindparam("issuer_id"))

_HELD = select(func.coalesce(func.sum(shelves.c.licences), 0)).where(shelves.c.issuer_id == bindparam("issuer_id"))

Progress: TypeAlias = Callable[[int, int], None]


class BundleRefused(ValueError):
    """Nothing of the bundle was taken. `errors` are line numbers, the manifest's being 1, with a reason each."""

    def __init__(self, errors: Sequence[LineError]) -> None:
        super().__init__("; ".join(f"line {number}: {reason}" for number, reason in errors))
        self.errors = tuple(errors)


class StatusListRefused(ValueError):
    """The status list was not taken; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A bundle that the register has, and how many of its records and notices were new to it.

    `is_new` is false if the bundle was there already.
    """

    issuer_id: str
    manifest: Manifest
    added: int
    added_notices: int
    is_new: bool


@dataclass(frozen=True, slots=True)
class LoadedStatusList:
    """A status list that the register has; `is_new` is false if it was there already."""

    status_list: StatusList
    is_new: bool


def load_bundle(
    register: Engine | Connection,
    source: Iterable[bytes],
    trust_list: TrustList,
    catalogue: Catalogue,
    at: int,
    *,
    confirmed: bool = False,
    max_errors: int = 20,
    progress: Progress | None = None,
) -> Loaded:
    """Take a bundle, whose lines `source` gives without newlines; BundleRefused, with at most `max_errors` errors.

    DatabaseUnusable or NoRoomToWait if it could not be taken. Of a bundle that is there already, the manifest says so:
    its records are not read.

    `register`: over a connection, the bundle is taken within its transaction. `confirmed`: somebody means what the
    gates object to. `progress` is called from time to time with the number of records read and the number in the
    manifest.
    """
    lines = iter(source)
    admission = _read_manifest(lines, trust_list, catalogue, at)
    with writing(register) as connection:
        if _is_there(connection, admission):  # before a long bundle is read, and again when it is stored
            return _there_already(admission)
    with waiting_records() as waiting:
        errors = list(islice(_errors(lines, admission, waiting, progress), max_errors))
        if errors:
            raise BundleRefused(errors)
        return _store(register, admission, waiting, confirmed)


def _read_manifest(lines: Iterator[bytes], trust_list: TrustList, catalogue: Catalogue, at: int) -> Admission:
    try:
        return Admission.open(next(lines), trust_list, catalogue, at)
    except StopIteration:
        raise BundleRefused([(1, "the bundle is empty")]) from None
    except (NotAdmitted, UnreadableLine) as error:
        raise BundleRefused([(1, f"manifest: {error}")]) from error


def _is_there(connection: Connection, admission: Admission) -> bool:
    """Whether the register has a bundle with this very manifest; BundleRefused if not, and it may not come next."""
    issuer_id, manifest = admission.issuer.id, admission.manifest
    stored = connection.scalar(_STORED_MANIFEST, {"issuer_id": issuer_id, "sequence": manifest.sequence})
    if stored is not None and bytes(stored) == manifest.envelope.encoded:
        return True
    try:
        admission.require_sequence(last_sequence(connection, issuer_id))
    except NotAdmitted as error:
        raise BundleRefused([(1, f"manifest: {error}")]) from error
    return False


def _there_already(admission: Admission) -> Loaded:
    return Loaded(admission.issuer.id, admission.manifest, added=0, added_notices=0, is_new=False)


def _store(register: Engine | Connection, admission: Admission, waiting: WaitingRecords, confirmed: bool) -> Loaded:
    manifest = admission.manifest
    with writing(register) as connection:
        if _is_there(connection, admission):
            return _there_already(admission)
        storing = Storing(connection, admission.issuer.id, manifest, admission.at, admission.catalogue)
        storing.store(waiting)
        objection = storing.impact.objection(is_snapshot=manifest.follows is None)
        if objection and not confirmed:
            raise BundleRefused([(1, f"manifest: {objection}; if that is meant, --confirm takes it")])
    return Loaded(admission.issuer.id, manifest, storing.added, storing.added_notices, is_new=True)


class _Batches:
    """The record lines in batches; once all are read, `error` says what is wrong with the lines themselves."""

    def __init__(self, lines: Iterable[bytes], count: int) -> None:
        self._lines = lines
        self._count = count
        self.error: LineError | None = None

    def __iter__(self) -> Iterator[list[bytes]]:
        batch: list[bytes] = []
        read = 0
        try:
            for line in self._lines:
                if read == self._count:
                    self.error = read + 2, f"a record more than the {self._count} that the manifest counts"
                    break
                batch.append(line)
                read += 1
                if len(batch) == _BATCH:
                    yield batch
                    batch = []
        except UnreadableLine as error:
            self.error = read + 2, str(error)
        if batch:
            yield batch


def _errors(
    lines: Iterable[bytes], admission: Admission, waiting: WaitingRecords, progress: Progress | None
) -> Iterator[LineError]:
    """Have the records judged, put aside those that are admitted, and yield each error as it is found."""
    tree, manifest = MerkleTree(), admission.manifest
    batches = _Batches(lines, manifest.records)
    for judgement in judged(admission, batches):
        for number, reason in judgement.errors:
            yield tree.size + number + 2, reason
        for leaf in split_leaves(judgement.leaves):
            tree.add(leaf)
        waiting.add(judgement.leaves, judgement.records)
        if progress:
            progress(tree.size, manifest.records)
    if batches.error:
        yield batches.error
    elif tree.size != manifest.records:
        yield 1, f"manifest: counts {manifest.records} records, the bundle has {tree.size}"
    elif tree.root != manifest.root:
        yield 1, "manifest: its Merkle root is not that of the records"


def load_status_list(
    register: Engine | Connection, encoded: bytes, trust_list: TrustList, at: int, *, confirmed: bool = False
) -> LoadedStatusList:
    """Take a status list that its issuer signed, if it is newer than the one in the register; else StatusListRefused.

    `register`: over a connection, within its transaction. `confirmed`: somebody means what the gates object to.
    """
    status_list = _read_status_list(encoded, trust_list, at)
    key = {"issuer_id": status_list.issuer_id, "list_number": status_list.list_number}
    row = {**key, "issued_at": status_list.issued_at, "cwt": encoded}
    with writing(register) as connection:
        of_issuer = {row.list_number: row for row in connection.execute(_STORED_LISTS, key)}
        stored = of_issuer.get(status_list.list_number)
        if stored is not None and bytes(stored.cwt) == encoded:
            return LoadedStatusList(status_list, is_new=False)
        if stored is not None and status_list.issued_at <= stored.issued_at:
            issued_at = format_timestamp(stored.issued_at)
            raise StatusListRefused(f"not newer than the list of {issued_at}, which the register has")
        if not confirmed:
            _require_no_accident(connection, status_list, of_issuer)
        if stored is None:
            connection.execute(insert(status_lists).values(row))
        else:
            connection.execute(update(status_lists).filter_by(**key).values(row))
    return LoadedStatusList(status_list, is_new=True)


def _require_no_accident(connection: Connection, status_list: StatusList, stored: Mapping[int, Row[Any]]) -> None:
    held = int(connection.execute(_HELD, {"issuer_id": status_list.issuer_id}).scalar_one())  # PostgreSQL: a Decimal
    lists = {number: each for number, row in stored.items() if (each := _as_stored(bytes(row.cwt))) is not None}
    before = lists.pop(status_list.list_number, None)
    # The room first: lists of 64 MiB take minutes to compare.
    objection = objection_to_room(before, status_list, lists.values(), held)
    if objection is None and before is not None:
        objection = objection_to_list(before, status_list, held)
    if objection:
        raise StatusListRefused(f"{objection}; if that is meant, --confirm takes it")


def _as_stored(encoded: bytes) -> StatusList | None:
    try:
        return read_status_list(encoded)
    except Malformed:
        return None  # the database was written into: there is nothing to compare with


def _read_status_list(encoded: bytes, trust_list: TrustList, at: int) -> StatusList:
    try:
        status_list = read_status_list(encoded)
        signer = require_signer(status_list.envelope, trust_list, Use.STATUS, status_list.issued_at, at)
    except (Malformed, NotAuthorised) as error:
        raise StatusListRefused(str(error)) from error
    if signer.id != status_list.issuer_id:
        raise StatusListRefused(f"a list of {status_list.issuer_id}, signed by {signer.id}")
    return status_list
