"""Inclusion proofs in the Merkle tree of a bundle (RFC 9162 §2.1.3): a path from one record to a root that was signed.

A large tree is climbed in two steps: within a chunk of CHUNK leaves, whose root is a node of the whole tree, and then
among the roots of all chunks, which can be kept: 64 KB for a million records.
"""

from __future__ import annotations

from collections.abc import Sequence

from portal.verification.bundle import node_hash

CHUNK = 512  # a power of two: only then is the root of a chunk a node of the tree


def chunk_root(leaves: Sequence[bytes]) -> bytes:
    """The node above at most CHUNK leaves that begin at a multiple of CHUNK."""
    return _climb(leaves, 0)[1]


def inclusion_path(index: int, chunk: Sequence[bytes], chunk_roots: Sequence[bytes]) -> tuple[bytes, ...]:
    """The path of leaf `index`, of which `chunk` has the leaves; from the leaf's sibling up."""
    within, _ = _climb(chunk, index % CHUNK)
    above, _ = _climb(chunk_roots, index // CHUNK)
    return within + above


def _climb(nodes: Sequence[bytes], index: int) -> tuple[tuple[bytes, ...], bytes]:
    """The siblings on the way up from node `index`, and the root. A last node without a sibling moves up as it is."""
    path = []
    while len(nodes) > 1:
        if index ^ 1 < len(nodes):
            path.append(nodes[index ^ 1])
        pairs = [node_hash(nodes[i], nodes[i + 1]) for i in range(0, len(nodes) - 1, 2)]
        nodes, index = pairs + list(nodes[len(pairs) * 2 :]), index // 2
    return tuple(path), nodes[0]


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to (RFC 9162 §2.1.3.2); None where it is not as long as index and size ask for."""
    if not 0 <= index < size:
        return None
    node, last = leaf, size - 1
    for sibling in path:
        if last == 0:
            return None
        if index % 2 or index == last:
            node = node_hash(sibling, node)
            while index and not index % 2:
                index, last = index >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        index, last = index >> 1, last >> 1
    return node if last == 0 else None
