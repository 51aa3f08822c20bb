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
    replace_files,
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
    with _only_publication(keys_dir):
        root = read_followed_root(keys_dir, root_sha256)
        try:
            candidate = read_list(source, root)
            succession = _succession(source, root, candidate)
        except OSError as error:
            raise TrustListRefused(f"{Path(error.filename).name}: {error.strerror}") from error
        if candidate.issued_at > at + MAX_CLOCK_SKEW:
            raise TrustListRefused(f"version {candidate.version} is from the future: is this machine's clock right?")
        accepted = _accepted_list(keys_dir, root)
        require_successor(candidate, accepted, at)
        require_remembered(candidate, keys_dir)
        steps = [*_root_in_use(root, keys_dir), *_list_steps(accepted, candidate, keys_dir, root, at)]
        if succession:
            steps += _root_steps(*succession, root, keys_dir)
        _make_history(keys_dir)
        replace_files(steps)
    return candidate


def _root_in_use(root: Root, keys_dir: Path) -> Iterator[tuple[Path, bytes]]:
    """In the history as well, from the first publication on: a worker that begins anew finds it there."""
    first = past_root(keys_dir, 1)
    if not first.exists():
        yield first, root.document


def _list_steps(
    accepted: TrustList | None, candidate: TrustList, keys_dir: Path, root: Root, at: int
) -> Iterator[tuple[Path, bytes]]:
    """The list in its place, and both lists in the history: the one before it first, itself after it is in its place.

    A list that is remembered and not yet in its place would make the folder one that was rolled back.
    """
    history = keys_dir / HISTORY
    log = (history / LOG_NAME).read_bytes() if (history / LOG_NAME).exists() else b""
    if accepted:
        log = extended_log(log, accepted, root.sha256, at)
        yield from _history_steps(history, accepted, log)
    for name, content in publication_steps(accepted, candidate):
        yield keys_dir / name, content
    yield from _history_steps(history, candidate, extended_log(log, candidate, root.sha256, at))


def _history_steps(history: Path, trust_list: TrustList, log: bytes) -> Iterator[tuple[Path, bytes]]:
    yield history / f"{trust_list.version}.json.sig", trust_list.signatures
    yield history / f"{trust_list.version}.json", trust_list.document
    yield history / LOG_NAME, log


def _make_history(keys_dir: Path) -> None:
    history = keys_dir / HISTORY
    if not history.exists():
        history.mkdir()
        history.chmod(0o755)  # public, like the files in it: a portal of another user reads them


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


def _root_steps(successor: Root, signatures: bytes, root: Root, keys_dir: Path) -> Iterator[tuple[Path, bytes]]:
    digests = [each.sha256 for each in past_roots(keys_dir)]
    path = past_root(keys_dir, digests.index(root.sha256) + 2 if digests else 2)
    yield signatures_beside(path), signatures
    yield path, successor.document
    yield keys_dir / ROOT, successor.document


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
