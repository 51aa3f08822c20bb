"""Register bundles (spec §8): a manifest, record lines, and the Merkle tree that binds them. Reading and proof only.

Which records may be taken is decided by the importer, by the rules of `decide`; it takes all or nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from portal.verification import strict_json
from portal.verification.envelope import (
    DIGEST_LENGTH,
    Credential,
    Malformed,
    Members,
    Sign1,
    read_credential,
    read_payload,
    read_sign1,
)
from portal.verification.face import Face, read_face
from portal.verification.notice import Notice, read_notice

CONTENT_TYPE = "application/licence-register+cwt"
_IAT, _MANIFEST = 6, -65539
_SNAPSHOT, _DELTA = 0, 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an authority signed about a bundle; `follows` is the sequence that a delta builds on (snapshot: None)."""

    envelope: Sign1
    issued_at: int
    sequence: int
    follows: int | None
    records: int
    root: bytes


class Record(NamedTuple):
    """One licence as a register holds it; `line` is the exact line that the Merkle tree covers."""

    line: bytes
    credential: Credential
    face: Face
    notice: Notice | None


def read_manifest_line(line: bytes) -> Manifest:
    """Read a bundle's first line; strict_json.Unexpected or Malformed otherwise."""
    raw = strict_json.parse(line, "manifest line")
    raw.require_only(frozenset(("manifest",)))
    return read_manifest(raw.base64url("manifest"))


def read_manifest(encoded: bytes) -> Manifest:
    envelope = read_sign1(encoded, CONTENT_TYPE)
    claims = read_payload(envelope, "manifest")
    body = Members(claims.take(_MANIFEST), "manifest")
    kind = body.unsigned(1)
    if kind not in (_SNAPSHOT, _DELTA):
        raise Malformed("manifest: neither snapshot nor delta")
    manifest = Manifest(
        envelope=envelope,
        issued_at=claims.time(_IAT),
        sequence=body.unsigned(2),
        follows=body.unsigned(3) if kind == _DELTA else None,
        records=body.unsigned(4),
        root=body.digest(5),
    )
    claims.require_empty()
    body.require_empty()
    return manifest


def read_record(line: bytes) -> Record:
    """Read a record line (without its newline); strict_json.Unexpected or Malformed otherwise."""
    raw = strict_json.parse(line, "record")
    raw.require_only(frozenset(("credential", "face", "notice")))
    return Record(
        line=line,
        credential=read_credential(raw.base64url("credential")),
        face=read_face(raw.text("face").encode()),
        notice=read_notice(raw.base64url("notice")) if raw.is_given("notice") else None,
    )


def leaf_hash(line: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + line).digest()


def split_leaves(joined: bytes) -> list[bytes]:
    """The hashes that a register keeps one behind the other."""
    return [joined[start : start + DIGEST_LENGTH] for start in range(0, len(joined), DIGEST_LENGTH)]


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class MerkleTree:
    """The Merkle tree hash of RFC 9162 §2.1.1 over leaves that arrive one by one, in memory that grows with log n."""

    __slots__ = ("_subtrees", "size")

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._subtrees: list[tuple[int, bytes]] = []  # complete subtrees from the left: (number of leaves, hash)
        self.size = 0
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        self.size += 1
        count, node = 1, leaf
        while self._subtrees and self._subtrees[-1][0] == count:
            node = node_hash(self._subtrees.pop()[1], node)
            count *= 2
        self._subtrees.append((count, node))

    @property
    def root(self) -> bytes:
        if not self._subtrees:
            return hashlib.sha256(b"").digest()
        node = self._subtrees[-1][1]
        for _, left in reversed(self._subtrees[:-1]):
            node = node_hash(left, node)
        return node
