"""Register bundles (spec §8) as an authority makes them: record lines, and a manifest that signs their Merkle root."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence

from portal.authority.signing import Unsignable, sign1
from portal.authority.signing_keys import SigningKey
from portal.verification.bundle import CONTENT_TYPE, MerkleTree, leaf_hash, read_manifest, read_record
from portal.verification.envelope import Malformed
from portal.verification.strict_cbor import Map
from portal.verification.strict_json import Unexpected

_SNAPSHOT, _DELTA = 0, 1


def record_line(credential: bytes, face: bytes, notice: bytes | None = None) -> bytes:
    """One line of a bundle, without its newline."""
    record = {"credential": _base64url(credential), "face": face.decode("utf-8")}
    if notice is not None:
        record["notice"] = _base64url(notice)
    line = _compact(record)
    try:
        read_record(line)
    except (Malformed, Unexpected) as error:
        raise Unsignable(str(error)) from error
    return line


def sign_bundle(
    key: SigningKey, records: Sequence[bytes], *, sequence: int, issued_at: int, follows: int | None = None
) -> Iterator[bytes]:
    """The lines of a bundle, without their newlines: a snapshot, or the delta that follows sequence `follows`."""
    tree = MerkleTree(leaf_hash(record) for record in records)
    manifest = sign_manifest(key, tree, sequence=sequence, issued_at=issued_at, follows=follows)
    yield _compact({"manifest": _base64url(manifest)})
    yield from records


def sign_manifest(key: SigningKey, tree: MerkleTree, *, sequence: int, issued_at: int, follows: int | None) -> bytes:
    body: Map = {1: _SNAPSHOT, 2: sequence, 4: tree.size, 5: tree.root}
    if follows is not None:
        body |= {1: _DELTA, 3: follows}
    manifest = sign1(key, {6: issued_at, -65539: body}, CONTENT_TYPE)
    try:
        read_manifest(manifest)
    except Malformed as error:
        raise Unsignable(str(error)) from error
    return manifest


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _compact(members: Mapping[str, str]) -> bytes:
    return json.dumps(members, ensure_ascii=False, separators=(",", ":")).encode()
