"""Where a record stands in the bundle that first brought it: the signed manifest, the record's line, and the path.

The roots of a large manifest's chunks are computed once and cached under the manifest's root, which determines them.
"""

from __future__ import annotations

import logging

from sqlalchemy import Connection, bindparam, select

from portal.register.tables import leaf_blocks, manifests, records
from portal.verification.bundle import leaf_hash, split_leaves
from portal.verification.envelope import DIGEST_LENGTH
from portal.verification.evidence_file import Proof
from portal.verification.inclusion import CHUNK, chunk_root, inclusion_path, root_of_path

_log = logging.getLogger(__name__)

_PLACE = (
    select(
        records.c.line, records.c.leaf_index, manifests.c.id, manifests.c.cose, manifests.c.records, manifests.c.root
    )
    .join(manifests, manifests.c.id == records.c.manifest_id)
    .where(records.c.credential_id == bindparam("credential_id"), records.c.issuer_id == bindparam("issuer_id"))
)
_BLOCKS = (
    select(leaf_blocks.c.first_index, leaf_blocks.c.hashes)
    .where(leaf_blocks.c.manifest_id == bindparam("manifest_id"))
    .order_by(leaf_blocks.c.first_index)
)


_KEPT_MANIFESTS = 64


class InclusionReader:
    """Finds proofs over a connection to the register; keeps the chunk roots of some manifests."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, bytes], tuple[bytes, ...]] = {}

    def find(self, connection: Connection, issuer_id: str, credential_id: bytes) -> Proof | None:
        """The proof; None where the register lacks the record, or its leaves do not lead to the manifest's root."""
        place = connection.execute(_PLACE, {"credential_id": credential_id, "issuer_id": issuer_id}).one_or_none()
        if place is None:
            return None
        line, index, manifest_id, manifest, size, root = place
        chunk = _leaves(connection, manifest_id, index // CHUNK * CHUNK)
        key = (manifest_id, bytes(root))
        roots = self._kept.get(key) or _read_chunk_roots(connection, manifest_id)
        path = inclusion_path(index, chunk, roots) if chunk else ()
        if root_of_path(leaf_hash(bytes(line)), index, size, path) != bytes(root):
            _log.error("integrity: the leaves of manifest %d do not lead to its root", manifest_id)
            return None
        self._keep(key, roots)
        return Proof(bytes(manifest), bytes(line), index, size, path)

    def _keep(self, key: tuple[int, bytes], roots: tuple[bytes, ...]) -> None:
        """Only what led to the manifest's root: a damaged database may be mended."""
        if len(self._kept) >= _KEPT_MANIFESTS and key not in self._kept:
            self._kept.clear()
        self._kept[key] = roots


def _read_chunk_roots(connection: Connection, manifest_id: int) -> tuple[bytes, ...]:
    roots, waiting = [], b""
    for _, hashes in connection.execute(_BLOCKS, {"manifest_id": manifest_id}):
        waiting += bytes(hashes)
        while len(waiting) >= CHUNK * DIGEST_LENGTH:
            roots.append(chunk_root(split_leaves(waiting[: CHUNK * DIGEST_LENGTH])))
            waiting = waiting[CHUNK * DIGEST_LENGTH :]
    return (*roots, chunk_root(split_leaves(waiting))) if waiting else tuple(roots)


def _leaves(connection: Connection, manifest_id: int, first: int) -> list[bytes]:
    """The leaves of the chunk that begins at `first`; the stored blocks are not aligned with chunks."""
    before = select(leaf_blocks.c.first_index).where(
        leaf_blocks.c.manifest_id == manifest_id, leaf_blocks.c.first_index <= first
    )
    start = connection.scalar(before.order_by(leaf_blocks.c.first_index.desc()).limit(1))
    if start is None:
        return []
    wanted = _BLOCKS.where(leaf_blocks.c.first_index >= start, leaf_blocks.c.first_index < first + CHUNK)
    held = b"".join(bytes(hashes) for _, hashes in connection.execute(wanted, {"manifest_id": manifest_id}))
    return split_leaves(held[(first - start) * DIGEST_LENGTH :][: CHUNK * DIGEST_LENGTH])
