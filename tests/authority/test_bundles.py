"""A bundle's manifest signs the Merkle root of its lines, and its lines are what a register reads."""

from collections.abc import Iterator

import pytest

from portal.authority.bundles import record_line, sign_bundle
from portal.authority.signing import Unsignable
from portal.verification.bundle import Manifest, MerkleTree, leaf_hash, read_manifest_line, read_record
from portal.verification.statuses import StatusValue
from tests.world import World

WORLD = World()
LICENCES = [WORLD.licence(f"辽CB02410000{number}") for number in range(3)]
KEY = WORLD.liaoning.key("esp256")


def records() -> list[bytes]:
    return [record_line(licence.encoded, licence.face) for licence in LICENCES]


def manifest_of(lines: Iterator[bytes]) -> Manifest:
    return read_manifest_line(next(lines))


def test_a_record_reads_back_as_the_licence_its_face_and_its_notice() -> None:
    licence = LICENCES[0]
    notice = WORLD.notice(licence, StatusValue.SUSPENDED)
    record = read_record(record_line(licence.encoded, licence.face, notice))
    assert (record.credential, record.face.document) == (licence.credential, licence.face)
    assert record.notice is not None
    assert record.notice.envelope.encoded == notice
    assert read_record(records()[0]).notice is None


def test_a_snapshot_signs_count_and_root_of_its_records() -> None:
    lines = sign_bundle(KEY, records(), sequence=4, issued_at=100)
    manifest = manifest_of(lines)
    assert (manifest.sequence, manifest.follows, manifest.issued_at, manifest.records) == (4, None, 100, 3)
    assert manifest.root == MerkleTree(leaf_hash(line) for line in lines).root
    assert KEY.public_key.verify(manifest.envelope.signature, manifest.envelope.signed_bytes)


def test_a_delta_names_what_it_follows() -> None:
    assert manifest_of(sign_bundle(KEY, [], sequence=5, issued_at=100, follows=4)).follows == 4
    assert manifest_of(sign_bundle(KEY, [], sequence=1, issued_at=100, follows=0)).follows == 0


def test_what_is_no_credential_becomes_no_record() -> None:
    with pytest.raises(Unsignable):
        record_line(b"no credential", LICENCES[0].face)
    with pytest.raises(Unsignable):
        record_line(LICENCES[0].encoded, b"{}")
