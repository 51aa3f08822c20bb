"""The published keys and status lists as last accepted, and how a new trust list takes the place of the old one.

A portal looks for newer files and lists at most every two seconds, when it is asked; it writes nothing. What is older,
broken or not signed as it must be never replaces what was accepted, and the log says so once. The folder's `history`
remembers every version that was published there: neither a portal nor a publication takes a lower one.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeAlias

from portal.verification.envelope import Malformed
from portal.verification.evidence import RegisterUnavailable
from portal.verification.provenance import NotAuthorised, require_signer
from portal.verification.statuses import StatusList, read_status_list
from portal.verification.trust import (
    Root,
    TrustList,
    TrustListRefused,
    Use,
    read_root,
    read_trust_list,
    require_successor,
)

ROOT, LIST, SIGNATURES = "root.json", "trust-list.json", "trust-list.json.sig"
_HISTORY = "history"
_LOOK_EVERY = 2.0  # seconds; a portal must use what was published within five

_log = logging.getLogger(__name__)

ListId: TypeAlias = tuple[str, int]
FileState: TypeAlias = tuple[tuple[int, ...] | None, ...]


class KeysUnusable(ValueError):
    """The folder of keys is not what the settings say, or is broken; the message is one line that names the file."""


class StatusSource(Protocol):
    """Where loaded status lists are kept."""

    def status_marks(self) -> Mapping[ListId, int] | RegisterUnavailable:
        """When each list, by issuer and number, was issued."""

    def stored_status_list(self, issuer_id: str, list_number: int) -> bytes | None | RegisterUnavailable: ...


def read_keys(keys_dir: Path, root_sha256: str) -> tuple[Root, TrustList]:
    """The root with the pinned digest and the trust list in a folder, expired or not; KeysUnusable otherwise."""
    root = _read_pinned_root(keys_dir, root_sha256)
    try:
        trust_list = _read_list(keys_dir, root)
        _require_remembered(trust_list, keys_dir)
    except (OSError, TrustListRefused) as error:
        raise KeysUnusable(_reason(keys_dir / LIST, error)) from error
    return root, trust_list


def _read_pinned_root(keys_dir: Path, root_sha256: str) -> Root:
    path = keys_dir / ROOT
    try:
        root = read_root(path.read_bytes())
    except (OSError, TrustListRefused) as error:
        raise KeysUnusable(_reason(path, error)) from error
    if root.sha256 != root_sha256:
        raise KeysUnusable(f"{path}: its SHA-256 is {root.sha256}, not the pinned {root_sha256}")
    return root


def _read_list(folder: Path, root: Root) -> TrustList:
    while True:
        before = _file_state(folder)
        document, signatures = (folder / LIST).read_bytes(), (folder / SIGNATURES).read_bytes()
        # Unless a publication came in between, the two files were there together.
        if _file_state(folder) == before:
            return read_trust_list(document, signatures, root)


def _require_remembered(candidate: TrustList, keys_dir: Path) -> None:
    """Refuse a list below the highest version ever accepted here, or with other contents than that one had."""
    versions = [int(path.stem) for path in (keys_dir / _HISTORY).glob("*.json") if path.stem.isdecimal()]
    highest = max(versions, default=candidate.version)
    if candidate.version < highest:
        raise TrustListRefused(f"version {candidate.version} is lower than the accepted version {highest} (rollback)")
    remembered = keys_dir / _HISTORY / f"{candidate.version}.json"
    if remembered.exists() and remembered.read_bytes() != candidate.document:
        raise TrustListRefused(f"version {candidate.version} was accepted before with other contents")


def _reason(path: Path, error: OSError | ValueError) -> str:
    """Which file cannot be used, and why, in one line."""
    return f"{error.filename or path}: {error.strerror}" if isinstance(error, OSError) else f"{path}: {error}"


class PublishedFiles:
    """Satisfies verifier.Published from a folder of keys and a source of status lists."""

    def __init__(
        self, keys_dir: Path, root_sha256: str, status_source: StatusSource, at: int, look_every: float = _LOOK_EVERY
    ) -> None:
        self._keys_dir = keys_dir
        self._source = status_source
        self._look_every = look_every
        self._one_looks = threading.Lock()
        self._files = _file_state(keys_dir)
        self._root, self._trust_list = read_keys(keys_dir, root_sha256)
        if not self._trust_list.is_usable(at):
            _log.error("the trust list has expired: no verdict can be given until a newer one is published")
        self._marks: Mapping[ListId, int] = {}
        self._lists: Mapping[ListId, StatusList] = {}
        self._look_for_status_lists()
        self._next_look = time.monotonic() + look_every

    @property
    def root(self) -> Root:
        return self._root

    def trust_list(self, at: int) -> TrustList:
        self._look_when_due(at)
        return self._trust_list

    def status_list(self, issuer_id: str, number: int, at: int) -> StatusList | None:
        self._look_when_due(at)
        return self._lists.get((issuer_id, number))

    def status_lists(self, at: int) -> tuple[StatusList, ...]:
        self._look_when_due(at)
        return tuple(self._lists.values())

    def _look_when_due(self, at: int) -> None:
        """One thread looks; the others meanwhile answer from what was accepted before."""
        if time.monotonic() < self._next_look or not self._one_looks.acquire(blocking=False):
            return
        try:
            self._look_for_trust_list(at)
            self._look_for_status_lists()
            self._next_look = time.monotonic() + self._look_every
        finally:
            self._one_looks.release()

    def _look_for_trust_list(self, at: int) -> None:
        files = _file_state(self._keys_dir)
        if files == self._files:
            return
        self._files = files
        try:
            candidate = _read_list(self._keys_dir, self._root)
            require_successor(candidate, self._trust_list, at)
            _require_remembered(candidate, self._keys_dir)
        except (OSError, TrustListRefused) as error:
            _log.warning("%s; version %d stays in use", _reason(self._keys_dir / LIST, error), self._trust_list.version)
            return
        self._trust_list = candidate
        self._lists = {key: each for key, each in self._lists.items() if self._is_authorised(each)}
        self._marks = {}  # a list that was refused may be signed with a key that is published now

    def _look_for_status_lists(self) -> None:
        marks = self._source.status_marks()
        if isinstance(marks, RegisterUnavailable) or marks == self._marks:
            return
        lists = dict(self._lists)
        for key in (key for key, mark in marks.items() if self._marks.get(key) != mark):
            stored = self._source.stored_status_list(*key)
            if isinstance(stored, RegisterUnavailable):
                return
            accepted = self._accept(stored) if stored is not None else None
            if accepted is not None:
                lists[accepted.issuer_id, accepted.list_number] = accepted
        self._lists, self._marks = lists, marks

    def _accept(self, stored: bytes) -> StatusList | None:
        """The list if it counts and is not older than the one in use."""
        try:
            candidate = read_status_list(stored)
        except Malformed as error:
            _log.error("integrity: a stored status list cannot be read: %s", error)
            return None
        in_use = self._lists.get((candidate.issuer_id, candidate.list_number))
        if in_use and in_use.issued_at > candidate.issued_at:
            return None
        return candidate if self._is_authorised(candidate) else None

    def _is_authorised(self, status_list: StatusList) -> bool:
        # As of its own time: whether it comes from the future, or the keys have expired, is judged with each verdict.
        at = status_list.issued_at
        try:
            signer = require_signer(status_list.envelope, self._trust_list, Use.STATUS, at, at)
        except NotAuthorised as error:
            _log.warning("status list %d of %s: %s", status_list.list_number, status_list.issuer_id, error)
            return False
        return signer.id == status_list.issuer_id


def _file_state(keys_dir: Path) -> FileState:
    """What changes whenever one of the files does; replacing a file changes its inode, editing it its times."""
    return tuple(_state_of(keys_dir / name) for name in (LIST, SIGNATURES))


def _state_of(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def publish_trust_list(source: Path, keys_dir: Path, root_sha256: str, at: int) -> TrustList:
    """Put the trust list in folder `source` in its place in `keys_dir`; TrustListRefused if it must not be taken.

    A broken list there is no hindrance: the remembered version still counts.
    """
    root = _read_pinned_root(keys_dir, root_sha256)
    try:
        candidate = _read_list(source, root)
    except OSError as error:
        raise TrustListRefused(f"{Path(error.filename).name}: {error.strerror}") from error
    with _only_publication(keys_dir):
        accepted = _accepted_list(keys_dir, root)
        require_successor(candidate, accepted, at)
        _require_remembered(candidate, keys_dir)
        if accepted is not None:
            _remember(accepted, keys_dir)
        for name, content in publication_steps(accepted, candidate):
            _replace(keys_dir / name, content)
        _remember(candidate, keys_dir)
    return candidate


def publication_steps(accepted: TrustList | None, candidate: TrustList) -> tuple[tuple[str, bytes], ...]:
    """The files to replace, in this order, so that list and signatures fit whenever one looks, or the power fails.

    Two files cannot change at once. In between, the signatures of both lists stand together: those that do not belong
    to the list that is there do not verify, and do not count.
    """
    both = _joined(accepted.signatures, candidate.signatures) if accepted else candidate.signatures
    return (SIGNATURES, both), (LIST, candidate.document), (SIGNATURES, candidate.signatures)


def _joined(*documents: bytes) -> bytes:
    entries = [entry for document in documents for entry in json.loads(document)["signatures"]]
    return json.dumps({"signatures": entries}).encode("utf-8")


def _accepted_list(keys_dir: Path, root: Root) -> TrustList | None:
    if not (keys_dir / LIST).exists():
        return None
    try:
        return _read_list(keys_dir, root)
    except (OSError, TrustListRefused) as error:
        _log.warning("%s; it is replaced", _reason(keys_dir / LIST, error))
        return None


def _remember(trust_list: TrustList, keys_dir: Path) -> None:
    history = keys_dir / _HISTORY
    history.mkdir(exist_ok=True)
    _replace(history / f"{trust_list.version}.json.sig", trust_list.signatures)
    _replace(history / f"{trust_list.version}.json", trust_list.document)


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


def _replace(path: Path, content: bytes) -> None:
    """Replace a file in one step that a crash leaves done or not done."""
    new = path.with_name(f".{path.name}.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), "wb") as file:
        file.write(content)
        os.fchmod(file.fileno(), 0o644)  # public, whatever the umask of the one who publishes
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
