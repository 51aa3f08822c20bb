"""Taking what authorities signed into the register: a bundle whole or not at all, a status list if it is newer.

A bundle is read and judged once, line by line. Only when no record was objected to, and number of records and Merkle
root are those of the signed manifest, is it stored, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from tempfile import TemporaryFile
from typing import TypeAlias

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from portal.catalogue.licence_types import Catalogue
from portal.register.admission import Admission, NotAdmitted
from portal.register.lines import UnreadableLine
from portal.register.storing import Storing, WaitingRecords, last_sequence
from portal.register.tables import status_lists, writing
from portal.verification.bundle import Manifest, MerkleTree, leaf_hash
from portal.verification.dates import format_timestamp
from portal.verification.envelope import Malformed
from portal.verification.provenance import NotAuthorised, require_signer
from portal.verification.statuses import StatusList, read_status_list
from portal.verification.trust import TrustList, Use

_PROGRESS_STEP = 200  # records

_STORED_LIST = select(status_lists).where(
    status_lists.c.issuer_id == bindparam("issuer_id"), status_lists.c.list_number == bindparam("list_number")
)

Progress: TypeAlias = Callable[[int, int], None]
LineError: TypeAlias = tuple[int, str]


class BundleRefused(ValueError):
    """Nothing of the bundle was taken. `errors` are line numbers, the manifest's being 1, with a reason each."""

    def __init__(self, errors: Sequence[LineError]) -> None:
        super().__init__("; ".join(f"line {number}: {reason}" for number, reason in errors))
        self.errors = tuple(errors)


class StatusListRefused(ValueError):
    """The status list was not taken; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A bundle that was taken: so many of its records, and of the notices in them, were new to the register."""

    issuer_id: str
    manifest: Manifest
    added: int
    added_notices: int


@dataclass(frozen=True, slots=True)
class LoadedStatusList:
    """A status list that the register has; `is_new` is false where it was there already."""

    status_list: StatusList
    is_new: bool


def load_bundle(
    engine: Engine,
    source: Iterable[bytes],
    trust_list: TrustList,
    catalogue: Catalogue,
    at: int,
    *,
    max_errors: int = 20,
    progress: Progress | None = None,
) -> Loaded:
    """Take the bundle whose lines `source` gives; BundleRefused, with at most `max_errors` errors, if it must not be.

    `progress` is called now and then with the number of records read and the number in the manifest.
    """
    lines = (line.removesuffix(b"\n") for line in source)
    admission = _read_manifest(lines, trust_list, catalogue, at)
    with writing(engine) as connection:
        _require_sequence(connection, admission)  # before a long bundle is read, and again when it is stored
    with TemporaryFile() as file:
        waiting = WaitingRecords(file, admission.issuer.id)
        errors = list(islice(_objections(lines, admission, waiting, progress), max_errors))
        if errors:
            raise BundleRefused(errors)
        stored = _store(engine, admission, waiting)
    if progress:
        progress(admission.manifest.records, admission.manifest.records)
    return Loaded(admission.issuer.id, admission.manifest, stored.added, stored.added_notices)


def _read_manifest(lines: Iterator[bytes], trust_list: TrustList, catalogue: Catalogue, at: int) -> Admission:
    try:
        return Admission.open(next(lines), trust_list, catalogue, at)
    except StopIteration:
        raise BundleRefused([(1, "the bundle is empty")]) from None
    except (NotAdmitted, UnreadableLine) as error:
        raise BundleRefused([(1, f"manifest: {error}")]) from error


def _require_sequence(connection: Connection, admission: Admission) -> None:
    try:
        admission.require_sequence(last_sequence(connection, admission.issuer.id))
    except NotAdmitted as error:
        raise BundleRefused([(1, f"manifest: {error}")]) from error


def _store(engine: Engine, admission: Admission, waiting: WaitingRecords) -> Storing:
    with writing(engine) as connection:
        _require_sequence(connection, admission)
        storing = Storing(connection, admission.issuer.id, admission.manifest, admission.at, admission.catalogue)
        storing.store(waiting)
    return storing


def _objections(
    lines: Iterable[bytes], admission: Admission, waiting: WaitingRecords, progress: Progress | None
) -> Iterator[LineError]:
    """Judge the records, and let those that are admitted wait; each objection as it is found."""
    tree, manifest = MerkleTree(), admission.manifest
    try:
        for number, line in enumerate(lines, start=2):
            if tree.size == manifest.records:
                yield number, f"a record more than the {manifest.records} that the manifest counts"
                return
            leaf = leaf_hash(line)
            tree.add(leaf)
            try:
                waiting.add(leaf, admission.admit(line))
            except NotAdmitted as error:
                yield number, str(error)
            if progress and tree.size % _PROGRESS_STEP == 0:
                progress(tree.size, manifest.records)
    except UnreadableLine as error:
        yield tree.size + 2, str(error)
        return
    if tree.size != manifest.records:
        yield 1, f"manifest: counts {manifest.records} records, the bundle has {tree.size}"
    elif tree.root != manifest.root:
        yield 1, "manifest: its Merkle root is not that of the records"


def load_status_list(engine: Engine, encoded: bytes, trust_list: TrustList, at: int) -> LoadedStatusList:
    """Take a status list that its issuer signed, if it is newer than the one there; StatusListRefused if not."""
    status_list = _read_status_list(encoded, trust_list, at)
    key = {"issuer_id": status_list.issuer_id, "list_number": status_list.list_number}
    row = {**key, "issued_at": status_list.issued_at, "cwt": encoded}
    with writing(engine) as connection:
        stored = connection.execute(_STORED_LIST, key).one_or_none()
        if stored is None:
            connection.execute(insert(status_lists).values(row))
        elif bytes(stored.cwt) == encoded:
            return LoadedStatusList(status_list, is_new=False)
        elif status_list.issued_at <= stored.issued_at:
            issued_at = format_timestamp(stored.issued_at)
            raise StatusListRefused(f"not newer than the list of {issued_at}, which the register has")
        else:
            connection.execute(update(status_lists).filter_by(**key).values(row))
    return LoadedStatusList(status_list, is_new=True)


def _read_status_list(encoded: bytes, trust_list: TrustList, at: int) -> StatusList:
    try:
        status_list = read_status_list(encoded)
        signer = require_signer(status_list.envelope, trust_list, Use.STATUS, status_list.issued_at, at)
    except (Malformed, NotAuthorised) as error:
        raise StatusListRefused(str(error)) from error
    if signer.id != status_list.issuer_id:
        raise StatusListRefused(f"a list of {status_list.issuer_id}, signed by {signer.id}")
    return status_list
