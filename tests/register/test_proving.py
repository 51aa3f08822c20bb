"""The proof that a record stands in a bundle whose manifest its authority signed, from a real register."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import QueuePool, create_engine, text

from portal.register.proving import InclusionReader
from portal.register.reading import RegisterReader
from portal.register.tables import open_read_only
from portal.verification.bundle import leaf_hash, read_manifest
from portal.verification.evidence import RegisterUnavailable
from portal.verification.evidence_file import Proof
from portal.verification.inclusion import root_of_path
from tests.world import Issued, World


def register_of(folder: Path, count: int) -> tuple[RegisterReader, list[Issued]]:
    world = World()
    licences = [world.licence(f"辽CB02{number:07}", key="ed25519") for number in range(count)]
    world.take_into_register(*licences)
    return RegisterReader(world.write(folder).environment["PORTAL_DATABASE_URL"]), licences


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> tuple[RegisterReader, list[Issued]]:
    """More records than one block of leaves and one chunk of the tree have."""
    return register_of(tmp_path_factory.mktemp("register"), 520)


@pytest.mark.parametrize("index", [0, 499, 500, 511, 512, 519])
def test_a_record_leads_to_the_root_that_the_authority_signed(
    register: tuple[RegisterReader, list[Issued]], index: int
) -> None:
    reader, licences = register
    proof = reader.inclusion(licences[index].authority.id, licences[index].credential.credential_id)
    assert isinstance(proof, Proof)
    assert (proof.index, proof.size) == (index, 520)
    assert root_of_path(leaf_hash(proof.record), index, 520, proof.path) == read_manifest(proof.manifest).root


def test_a_proof_needs_one_connection_and_waits_for_no_other(tmp_path: Path) -> None:
    reader, licences = register_of(tmp_path, 2)
    reader.close()
    engine = open_read_only(f"sqlite:///{tmp_path / 'register.sqlite'}", 1.0)
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    with ExitStack() as others:
        only = others.enter_context(engine.connect())
        while pool.checkedout() < pool.size() + pool._max_overflow:
            others.enter_context(engine.connect())
        proof = InclusionReader().find(only, licences[1].authority.id, licences[1].credential.credential_id)
    assert isinstance(proof, Proof)
    engine.dispose()


def test_what_the_register_lacks_has_no_proof(register: tuple[RegisterReader, list[Issued]]) -> None:
    assert register[0].inclusion("11210000MB0X123458", bytes(32)) is None


def test_a_register_that_cannot_be_read_proves_nothing(tmp_path: Path) -> None:
    reader = RegisterReader(f"sqlite:///{tmp_path / 'missing.sqlite'}")
    assert isinstance(reader.inclusion("11210000MB0X123458", bytes(32)), RegisterUnavailable)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records SET leaf_index = 1",
        "UPDATE records SET leaf_index = 7",
        "UPDATE records SET line = CAST('{}' AS BLOB)",
        "UPDATE leaf_blocks SET hashes = zeroblob(64)",
        "DELETE FROM leaf_blocks",
    ],
)
def test_a_database_that_was_written_into_proves_nothing(tmp_path: Path, change: str) -> None:
    reader, licences = register_of(tmp_path, 2)
    with create_engine(f"sqlite:///{tmp_path / 'register.sqlite'}").begin() as connection:
        connection.execute(text(change))
    assert reader.inclusion(licences[0].authority.id, licences[0].credential.credential_id) is None


def test_a_database_that_is_mended_proves_again(tmp_path: Path) -> None:
    reader, licences = register_of(tmp_path, 520)
    first = (licences[0].authority.id, licences[0].credential.credential_id)
    engine = create_engine(f"sqlite:///{tmp_path / 'register.sqlite'}")
    with engine.begin() as connection:
        hashes = connection.execute(text("SELECT hashes FROM leaf_blocks WHERE first_index = 500")).scalar_one()
        connection.execute(text("UPDATE leaf_blocks SET hashes = zeroblob(640) WHERE first_index = 500"))
    assert reader.inclusion(*first) is None
    with engine.begin() as connection:
        connection.execute(text("UPDATE leaf_blocks SET hashes = :hashes WHERE first_index = 500"), {"hashes": hashes})
    assert isinstance(reader.inclusion(*first), Proof)
