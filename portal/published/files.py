"""The files in a folder of published keys, read and replaced.

The root in use is the pinned one, or one that follows from it, each signed by the root before it: root.json is the
newest, and the history has them all, from `root-1.json` on. After a list, no lower version is ever accepted.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from portal.verification.trust import (
    Root,
    TrustList,
    TrustListRefused,
    read_root,
    read_trust_list,
    require_successor_root,
)
from portal.verification.trust_history import LOG_NAME

ROOT, LIST, SIGNATURES = "root.json", "trust-list.json", "trust-list.json.sig"
HISTORY = "history"

FileState: TypeAlias = tuple[tuple[int, ...] | None, ...]


class KeysUnusable(ValueError):
    """The folder of keys is not what the settings say, or is broken; the message is one line that names the file."""


def read_followed_root(keys_dir: Path, root_sha256: str) -> Root:
    """root.json, if it is the root with this digest or follows from it; KeysUnusable otherwise."""
    path = keys_dir / ROOT
    try:
        root = read_root(path.read_bytes())
        _require_pinned(keys_dir, root, root_sha256)
    except (OSError, TrustListRefused) as error:
        raise KeysUnusable(reason_with(path, error)) from error
    return root


def read_remembered_root(keys_dir: Path, root_sha256: str) -> Root:
    """The newest root of the history, if it is the root with this digest or follows from it."""
    roots = past_roots(keys_dir)
    if not roots:
        raise TrustListRefused("no root is remembered")
    _require_pinned(keys_dir, roots[-1], root_sha256)
    return roots[-1]


def past_roots(keys_dir: Path) -> list[Root]:
    """The roots in the history, oldest first; none before the first publication."""
    roots: list[Root] = []
    while (path := past_root(keys_dir, len(roots) + 1)).exists():
        roots.append(read_root(path.read_bytes()))
    return roots


def past_root(keys_dir: Path, number: int) -> Path:
    return keys_dir / HISTORY / f"root-{number}.json"


def _require_pinned(keys_dir: Path, root: Root, root_sha256: str) -> None:
    """TrustListRefused unless it is the root with this digest, or follows from it."""
    if root.sha256 == root_sha256:
        return
    roots = past_roots(keys_dir)
    digests = [each.sha256 for each in roots]
    if root_sha256 not in digests or root.sha256 not in digests[digests.index(root_sha256) :]:
        raise TrustListRefused(f"its SHA-256 is {root.sha256}, not the pinned {root_sha256}")
    for place in range(digests.index(root_sha256), digests.index(root.sha256)):
        path = past_root(keys_dir, place + 2)
        require_successor_root(roots[place + 1], signatures_beside(path).read_bytes(), roots[place])


def signatures_beside(path: Path) -> Path:
    return path.with_name(path.name + ".sig")


def read_list(folder: Path, root: Root) -> TrustList:
    while True:
        before = file_state(folder)
        document, signatures = (folder / LIST).read_bytes(), (folder / SIGNATURES).read_bytes()
        # Unless a publication came in between, the two files belong together.
        if file_state(folder) == before:
            return read_trust_list(document, signatures, root)


def require_remembered(candidate: TrustList, keys_dir: Path) -> None:
    """Refuse a list below the highest version ever accepted here, or with other contents than that one had."""
    highest = _highest_version(keys_dir) or candidate.version
    if candidate.version < highest:
        raise TrustListRefused(f"version {candidate.version} is lower than the accepted version {highest} (rollback)")
    remembered = keys_dir / HISTORY / f"{candidate.version}.json"
    if remembered.exists() and remembered.read_bytes() != candidate.document:
        raise TrustListRefused(f"version {candidate.version} was accepted before with other contents")


def read_last_accepted(keys_dir: Path, root: Root) -> TrustList | None:
    """The list of the highest version that the history remembers; None where there is no history."""
    highest = _highest_version(keys_dir)
    if highest is None:
        return None
    path = keys_dir / HISTORY / f"{highest}.json"
    return read_trust_list(path.read_bytes(), signatures_beside(path).read_bytes(), root)


def _highest_version(keys_dir: Path) -> int | None:
    try:
        names = os.listdir(keys_dir / HISTORY)
    except FileNotFoundError:
        return None  # any other error must not make it forget
    stems = (name.removesuffix(".json") for name in names if name.endswith(".json"))
    return max((int(stem) for stem in stems if stem.isdecimal()), default=None)


def reason_with(path: Path, error: OSError | ValueError) -> str:
    """Which file cannot be used, and why, in one line."""
    return f"{error.filename or path}: {error.strerror}" if isinstance(error, OSError) else f"{path}: {error}"


def file_state(keys_dir: Path) -> FileState:
    """A value that changes whenever one of the files does: replacing a file changes its inode, editing it its times.

    The history's log is written after the list: whoever read the list in between has to look again.
    """
    return tuple(_state_of(keys_dir / name) for name in (ROOT, LIST, SIGNATURES, f"{HISTORY}/{LOG_NAME}"))


def _state_of(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def replace_files(steps: Sequence[tuple[Path, bytes]]) -> None:
    """Replace files, each in one step that a crash leaves done or not done, in this order.

    All that needs room is written beside them before: where the disk is full, no file is replaced.
    """
    new = [path.with_name(f".{path.name}.{number}.new") for number, (path, _) in enumerate(steps)]
    try:
        for beside, (_, content) in zip(new, steps, strict=True):
            _write(beside, content)
        for beside, (path, _) in zip(new, steps, strict=True):
            os.replace(beside, path)
            _sync_folder(path.parent)
    finally:
        for beside in new:
            beside.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), "wb") as file:
        os.fchmod(file.fileno(), 0o644)  # public, whatever the publisher's umask
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
