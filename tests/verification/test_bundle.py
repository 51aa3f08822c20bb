"""Manifests, record lines and the Merkle tree that binds them (spec §8, RFC 9162 §2.1.1)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import pytest

from portal.authority.bundles import record_line, sign_bundle
from portal.authority.signing import sign1
from portal.verification.bundle import (
    CONTENT_TYPE,
    MerkleTree,
    leaf_hash,
    read_manifest,
    read_manifest_line,
    read_record,
)
from portal.verification.envelope import Malformed
from portal.verification.statuses import StatusValue
from portal.verification.strict_json import Unexpected
from tests.authorities import AT
from tests.world import World

WORLD = World()
LICENCE = WORLD.licence()
NOTICE = WORLD.notice(LICENCE, StatusValue.REVOKED)
LINE = record_line(LICENCE.encoded, LICENCE.face, NOTICE)

# The leaves and roots of RFC 6962's reference implementation, which RFC 9162 leaves as they were.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize("size", ROOTS)
def test_the_tree_gives_the_known_roots(size: int) -> None:
    tree = MerkleTree(leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size])
    assert (tree.root.hex(), tree.size) == (ROOTS[size], size)


def recursive_root(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162 §2.1.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + recursive_root(leaves[:split]) + recursive_root(leaves[split:])).digest()


@pytest.mark.parametrize("size", [1, 2, 3, 4, 6, 7, 9, 31, 32, 33, 100, 255, 257])
def test_the_tree_is_the_recursive_definition(size: int) -> None:
    leaves = [leaf_hash(bytes([number % 256])) for number in range(size)]
    assert MerkleTree(leaves).root == recursive_root(leaves)


def test_a_record_holds_credential_face_and_notice() -> None:
    record = read_record(LINE)
    assert record.credential == LICENCE.credential
    assert record.face.document == LICENCE.face
    assert record.notice is not None
    assert (record.notice.number, record.notice.status) == (LICENCE.number, StatusValue.REVOKED)


def test_null_is_no_notice() -> None:
    assert read_record(json.dumps({**json.loads(LINE), "notice": None}).encode()).notice is None


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"credential": None}, id="no credential"),
        pytest.param({"face": None}, id="no face"),
        pytest.param({"face": {"type": "x"}}, id="a face that is no text"),
        pytest.param({"face": "\ud800"}, id="a face with half a character"),
        pytest.param({"photo": "x"}, id="an unknown member"),
        pytest.param({"credential": "AA*A"}, id="no base64url"),
        pytest.param({"credential": "0oQ"}, id="an envelope cut off"),
        pytest.param({"notice": ""}, id="an empty notice"),
    ],
)
def test_any_other_record_is_refused(changes: dict[str, object]) -> None:
    members = {**json.loads(LINE), **changes}
    line = json.dumps({name: value for name, value in members.items() if value is not None}).encode()
    with pytest.raises((Unexpected, Malformed)):
        read_record(line)


def test_a_snapshots_manifest_and_a_deltas_are_read() -> None:
    key = WORLD.liaoning.keys["esp256"]
    snapshot = read_manifest_line(next(iter(sign_bundle(key, [LINE], sequence=3, issued_at=AT))))
    assert (snapshot.sequence, snapshot.follows, snapshot.records, snapshot.issued_at) == (3, None, 1, AT)
    assert snapshot.root == leaf_hash(LINE)
    delta = read_manifest_line(next(iter(sign_bundle(key, [LINE], sequence=4, issued_at=AT, follows=3))))
    assert delta.follows == 3


def manifest(body: Mapping[int, Any] | None = None, claims: Mapping[int, Any] | None = None) -> bytes:
    """A manifest with other members than a snapshot's; None leaves one out."""
    members = _given({1: 0, 2: 1, 4: 1, 5: bytes(32), **(body or {})})
    return sign1(WORLD.liaoning.keys["esp256"], _given({6: AT, -65539: members, **(claims or {})}), CONTENT_TYPE)


def _given(members: Mapping[int, Any]) -> dict[int, Any]:
    return {number: value for number, value in members.items() if value is not None}


# By what they show, and whether they are read; the browser's verifier reads the same.
MANIFESTS: dict[str, tuple[bytes, bool]] = {
    "a snapshot": (manifest(), True),
    "a delta": (manifest({1: 1, 3: 0}), True),
    "neither snapshot nor delta": (manifest({1: 2}), False),
    "a snapshot that follows": (manifest({3: 0}), False),
    "a delta that follows nothing": (manifest({1: 1}), False),
    "no time": (manifest(claims={6: None}), False),
    "no body": (manifest(claims={-65539: None}), False),
    "a body that is no map": (manifest(claims={-65539: [0]}), False),
    "an unknown claim": (manifest(claims={7: b"id"}), False),
    "an unknown member": (manifest({6: 1}), False),
    "a sequence below 0": (manifest({2: -1}), False),
    "a count as text": (manifest({4: "1"}), False),
    "a root of 31 bytes": (manifest({5: bytes(31)}), False),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_has_the_members_of_its_kind_and_no_others(name: str) -> None:
    encoded, is_read = MANIFESTS[name]
    if is_read:
        assert read_manifest(encoded).issued_at == AT
    else:
        with pytest.raises(Malformed):
            read_manifest(encoded)


@pytest.mark.parametrize("line", [b"", b"{}", LINE, b'{"manifest": 7}', b'{"manifest": "AAAA"}'])
def test_a_first_line_that_is_no_manifest_is_refused(line: bytes) -> None:
    with pytest.raises((Unexpected, Malformed)):
        read_manifest_line(line)
