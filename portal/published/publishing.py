"""How a new trust list, and with it a new root, takes the place of the old one: whole, or not at all.

A broken list in place does not prevent it: the history says which version was accepted.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.published.files import (
    HISTORY,
    LIST,
    ROOT,
    SIGNATURES,
    past_root,
    past_roots,
    read_followed_root,
    read_list,
    reason_with,
    replace_file,
    require_remembered,
    signatures_beside,
)
from portal.verification.trust import (
    MAX_CLOCK_SKEW,
    Root,
    TrustList,
    TrustListRefused,
    read_root,
    read_trust_list,
    require_successor,
    require_successor_root,
)
from portal.verification.trust_history import LOG_NAME, extended_log

_log = logging.getLogger(__name__)


def publish_trust_list(source: Path, keys_dir: Path, root_sha256: str, at: int) -> TrustList:
    """Put the trust list in folder `source` in its place in `keys_dir`; TrustListRefused if it may not be taken.

    A root.json there that differs from the one in use replaces it, if both roots have signed it and the list.
    """
    root = read_followed_root(keys_dir, root_sha256)
    try:
        candidate = read_list(source, root)
        succession = _succession(source, root, candidate)
    except OSError as error:
        raise TrustListRefused(f"{Path(error.filename).name}: {error.strerror}") from error
    if candidate.issued_at > at + MAX_CLOCK_SKEW:
        raise TrustListRefused(f"version {candidate.version} is from the future: is this machine's clock right?")
    with _only_publication(keys_dir):
        accepted = _accepted_list(keys_dir, root)
        require_successor(candidate, accepted, at)
        require_remembered(candidate, keys_dir)
        if accepted is not None:
            _remember(accepted, keys_dir, root, at)
        for name, content in publication_steps(accepted, candidate):
            replace_file(keys_dir / name, content)
        _remember(candidate, keys_dir, root, at)
        if succession:
            _replace_root(*succession, root, keys_dir)
    return candidate


def publication_steps(accepted: TrustList | None, candidate: TrustList) -> tuple[tuple[str, bytes], ...]:
    """The files to replace, in this order, so that list and signatures fit at every moment, even if the power fails.

    Two files cannot change at once. In between, the signatures file holds those of both lists: those that belong to the
    other list do not verify, and so do not count.
    """
    both = _joined(accepted.signatures, candidate.signatures) if accepted else candidate.signatures
    return (SIGNATURES, both), (LIST, candidate.document), (SIGNATURES, candidate.signatures)


def _succession(source: Path, root: Root, candidate: TrustList) -> tuple[Root, bytes] | None:
    """The new root in `source`, if there is one, and the signatures by which the old one proves it."""
    path = source / ROOT
    if not path.exists() or path.read_bytes() == root.document:
        return None
    successor, signatures = read_root(path.read_bytes()), signatures_beside(path).read_bytes()
    require_successor_root(successor, signatures, root)
    # Signed under both, the list counts on either side of the one step in which the root changes.
    read_trust_list(candidate.document, candidate.signatures, successor)
    return successor, signatures


def _replace_root(successor: Root, signatures: bytes, root: Root, keys_dir: Path) -> None:
    digests = [each.sha256 for each in past_roots(keys_dir)]
    if not digests:
        replace_file(past_root(keys_dir, 1), root.document)
    path = past_root(keys_dir, digests.index(root.sha256) + 2 if digests else 2)
    replace_file(signatures_beside(path), signatures)
    replace_file(path, successor.document)
    replace_file(keys_dir / ROOT, successor.document)


def _joined(*documents: bytes) -> bytes:
    entries = [entry for document in documents for entry in json.loads(document)["signatures"]]
    return json.dumps({"signatures": entries}).encode("utf-8")


def _accepted_list(keys_dir: Path, root: Root) -> TrustList | None:
    if not (keys_dir / LIST).exists():
        return None
    try:
        return read_list(keys_dir, root)
    except (OSError, TrustListRefused) as error:
        _log.warning("%s; it is replaced", reason_with(keys_dir / LIST, error))
        return None


def _remember(trust_list: TrustList, keys_dir: Path, root: Root, at: int) -> None:
    """Keep the list, and append it to the log."""
    history = keys_dir / HISTORY
    if not history.exists():
        history.mkdir()
        history.chmod(0o755)  # public, like the files in it: a portal of another user reads them
    replace_file(history / f"{trust_list.version}.json.sig", trust_list.signatures)
    replace_file(history / f"{trust_list.version}.json", trust_list.document)
    log = history / LOG_NAME
    before = log.read_bytes() if log.exists() else b""
    after = extended_log(before, trust_list, root.sha256, at)
    if after != before:
        replace_file(log, after)


@contextmanager
def _only_publication(keys_dir: Path) -> Iterator[None]:
    folder = os.open(keys_dir, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise TrustListRefused("another publication is under way") from error
    finally:
        os.close(folder)
