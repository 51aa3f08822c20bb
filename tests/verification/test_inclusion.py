"""Inclusion proofs against the tree that a bundle's root is made by."""

from __future__ import annotations

import hashlib

import pytest

from portal.verification.bundle import MerkleTree
from portal.verification.inclusion import CHUNK, chunk_root, inclusion_path, root_of_path

SIZES = (*range(1, 34), CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 3, 5 * CHUNK + 1)


def leaves(size: int) -> list[bytes]:
    return [hashlib.sha256(b"%d" % number).digest() for number in range(size)]


def path(tree: list[bytes], index: int) -> tuple[bytes, ...]:
    chunks = [tree[first : first + CHUNK] for first in range(0, len(tree), CHUNK)]
    return inclusion_path(index, chunks[index // CHUNK], [chunk_root(chunk) for chunk in chunks])


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_leads_to_the_root(size: int) -> None:
    tree = leaves(size)
    root = MerkleTree(tree).root
    for index in {*range(min(size, 34)), size // 2, size - 1}:
        assert root_of_path(tree[index], index, size, path(tree, index)) == root


@pytest.mark.parametrize("size", [1, 2, 7, 8, 33])
def test_a_proof_holds_for_its_own_leaf_and_place_alone(size: int) -> None:
    tree = leaves(size)
    root = MerkleTree(tree).root
    for index in range(size):
        proof = path(tree, index)
        assert root_of_path(bytes(32), index, size, proof) != root
        assert root_of_path(tree[index], index, size, (*proof, bytes(32))) is None
        assert all(root_of_path(tree[index], other, size, proof) != root for other in range(-1, size) if other != index)
        assert root_of_path(tree[index], index, size, proof[:-1]) is None or not proof


def test_the_proof_of_rfc_9162_for_seven_leaves() -> None:
    """RFC 9162 §2.1.5: the path of d3 in a tree of d0 to d6 is [c, g, l]."""
    tree = leaves(7)
    c, g, last = tree[2], chunk_root(tree[:2]), chunk_root(tree[4:])
    assert path(tree, 3) == (c, g, last)
