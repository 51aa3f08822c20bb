"""The published keys and status lists as last accepted, by a portal that looks for newer ones and writes nothing.

It looks when it is asked, at most every two seconds. What is older, broken or not properly signed never replaces what
was accepted: the log says so once, and `refused` counts it.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from portal.published.files import (
    HISTORY,
    LIST,
    KeysUnusable,
    file_state,
    past_roots,
    read_followed_root,
    read_last_accepted,
    read_list,
    read_remembered_root,
    reason_with,
    require_remembered,
)
from portal.sources import StoredBundle
from portal.verification import trust_history
from portal.verification.envelope import Malformed
from portal.verification.evidence import RegisterUnavailable
from portal.verification.provenance import NotAuthorised, require_signer
from portal.verification.statuses import ListId, StatusList, read_status_list
from portal.verification.trust import MAX_CLOCK_SKEW, Root, TrustList, TrustListRefused, Use, require_successor
from portal.verification.trust_history import LOG_NAME, History

_LOOK_EVERY = 2.0  # seconds; a portal must use what was published within five
_PUBLIC_PAST = re.compile(r"log\.ndjson|(?:root-)?[1-9][0-9]{0,15}\.json(?:\.sig)?")

_log = logging.getLogger(__name__)


class StatusSource(Protocol):
    """Where loaded status lists are kept, and when bundles were signed."""

    def status_marks(self) -> Mapping[ListId, int] | RegisterUnavailable:
        """When each list, by issuer and number, was issued."""

    def stored_status_list(self, issuer_id: str, list_number: int) -> bytes | None | RegisterUnavailable: ...

    def last_bundles(self) -> tuple[StoredBundle, ...] | RegisterUnavailable: ...


def read_keys(keys_dir: Path, root_sha256: str) -> tuple[Root, TrustList]:
    """The root that follows from the pinned digest and the trust list, expired or not; KeysUnusable otherwise."""
    root = read_followed_root(keys_dir, root_sha256)
    try:
        trust_list = read_list(keys_dir, root)
        require_remembered(trust_list, keys_dir)
    except (OSError, TrustListRefused) as error:
        raise KeysUnusable(reason_with(keys_dir / LIST, error)) from error
    return root, trust_list


def _read_accepted(keys_dir: Path, root_sha256: str) -> tuple[Root, TrustList] | None:
    for read_root in (read_followed_root, read_remembered_root):
        try:
            root = read_root(keys_dir, root_sha256)
            trust_list = read_last_accepted(keys_dir, root)
        except (OSError, KeysUnusable, TrustListRefused):
            continue
        if trust_list:
            return root, trust_list
    return None


def read_history(keys_dir: Path, root: Root) -> History:
    """Every trust list that was published in a folder, as far as the history is intact."""

    def documents(version: int) -> tuple[bytes, bytes] | None:
        document, signatures = (_past_file(keys_dir, f"{version}.json{end}") for end in ("", ".sig"))
        return (document, signatures) if document is not None and signatures is not None else None

    try:
        roots = past_roots(keys_dir)
    except (OSError, TrustListRefused) as error:
        return History(broken=reason_with(keys_dir / HISTORY, error))
    history = trust_history.read_history(_past_file(keys_dir, LOG_NAME) or b"", documents, [*roots, root])
    return replace(history, roots=len(roots))


def _past_file(keys_dir: Path, name: str) -> bytes | None:
    try:
        return (keys_dir / HISTORY / name).read_bytes() if _PUBLIC_PAST.fullmatch(name) else None
    except OSError:
        return None


class PublishedFiles:
    """Satisfies sources.Published from a folder of keys and a source of status lists.

    `at_is_now` says that every `at` is the clock's present time, so that it can tell whether the clock is behind.
    `goes_on`: a portal is in service already, of which this is a worker that begins anew. Where root or list in
    the folder are of no use now, it begins with those accepted last, which the others have in use.
    """

    def __init__(
        self,
        keys_dir: Path,
        root_sha256: str,
        status_source: StatusSource,
        at: int,
        look_every: float = _LOOK_EVERY,
        *,
        at_is_now: bool = False,
        goes_on: bool = False,
    ) -> None:
        self._keys_dir = keys_dir
        self._source = status_source
        self._look_every = look_every
        self._at_is_now = at_is_now
        self._one_looks = threading.Lock()
        self._files = file_state(keys_dir)
        self._look_again = False
        self.refused = 0
        self._root, self._trust_list = self._read_keys(root_sha256, goes_on)
        if not self._trust_list.is_usable(at):
            _log.error("the trust list has expired: no verdict can be given until a newer one is published")
        self._history: tuple[TrustList, History] | None = None
        self._marks: Mapping[ListId, int] = {}
        self._lists: Mapping[ListId, StatusList] = {}
        self._bundles_signed_at = self._newest_signed_at = 0
        self._clock_was_right = True
        self._look_for_status_lists()
        self._check_the_clock(at)
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

    def clock_is_behind(self, at: int) -> int:
        """How many seconds after `at` something was signed, if that is more than clocks may differ; else 0."""
        behind = self._newest_signed_at - at
        return behind if self._at_is_now and behind > MAX_CLOCK_SKEW else 0

    def history(self, at: int) -> History:
        """Every trust list ever accepted; read again when a list or the history's log is."""
        trust_list = self.trust_list(at)
        if self._history is None or self._history[0] is not trust_list:
            self._history = trust_list, read_history(self._keys_dir, self._root)
        return self._history[1]

    def past_file(self, name: str) -> bytes | None:
        """A file of the history by its name: the log, a list, a root, or their signatures."""
        return _past_file(self._keys_dir, name)

    def _read_keys(self, root_sha256: str, goes_on: bool) -> tuple[Root, TrustList]:
        try:
            return read_keys(self._keys_dir, root_sha256)
        except KeysUnusable as error:
            accepted = _read_accepted(self._keys_dir, root_sha256) if goes_on else None
            if accepted is None:
                raise
            self.refused += 1
            _log.error("%s; version %d, which was accepted last, stays in use", error, accepted[1].version)
            return accepted

    def _look_when_due(self, at: int) -> None:
        """One thread looks; the others meanwhile answer from what was accepted before."""
        if time.monotonic() < self._next_look or not self._one_looks.acquire(blocking=False):
            return
        try:
            self._look_for_trust_list(at)
            self._look_for_status_lists()
            self._check_the_clock(at)
            self._next_look = time.monotonic() + self._look_every
        finally:
            self._one_looks.release()

    def _look_for_trust_list(self, at: int) -> None:
        files = file_state(self._keys_dir)
        is_new = files != self._files
        if not is_new and not self._look_again:
            return
        self._files, self._look_again = files, False
        try:
            # From the root in use, not the pinned one: a root that was replaced may not come back either.
            root = read_followed_root(self._keys_dir, self._root.sha256)
            candidate = read_list(self._keys_dir, root)
            # By a wrong clock it may seem to have expired; the next look may be by a right one.
            self._look_again = not candidate.is_usable(at)
            require_successor(candidate, self._trust_list, at)
            require_remembered(candidate, self._keys_dir)
        except (OSError, KeysUnusable, TrustListRefused) as error:
            # What could not be read may be readable next time, without a change.
            self._look_again |= isinstance(error, OSError) or isinstance(error.__cause__, OSError)
            if not is_new:
                return
            why = str(error) if isinstance(error, KeysUnusable) else reason_with(self._keys_dir / LIST, error)
            self.refused += 1
            _log.warning("%s; version %d stays in use", why, self._trust_list.version)
            return
        self._root, self._trust_list = root, candidate
        self._lists = {key: each for key, each in self._lists.items() if self._is_authorised(each)}
        self._marks = {}  # a list that was refused may be signed with a key that is published now

    def _look_for_status_lists(self) -> None:
        marks = self._source.status_marks()
        if isinstance(marks, RegisterUnavailable):
            return
        bundles = self._source.last_bundles()
        if not isinstance(bundles, RegisterUnavailable):
            self._bundles_signed_at = max((each.signed_at for each in bundles), default=0)
        if marks == self._marks:
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
            self.refused += 1
            _log.error("integrity: a stored status list cannot be read: %s", error)
            return None
        in_use = self._lists.get((candidate.issuer_id, candidate.list_number))
        if in_use and in_use.issued_at > candidate.issued_at:
            self.refused += 1
            _log.error("integrity: list %d of %s is older now", candidate.list_number, candidate.issuer_id)
            return None
        return candidate if self._is_authorised(candidate) else None

    def _is_authorised(self, status_list: StatusList) -> bool:
        # As of its own time: whether it is from the future, or the keys have expired, is judged with each verdict.
        at = status_list.issued_at
        try:
            signer = require_signer(status_list.envelope, self._trust_list, Use.STATUS, at, at)
            if signer.id != status_list.issuer_id:
                raise NotAuthorised(f"signed by {signer.id}")
        except NotAuthorised as error:
            self.refused += 1
            _log.warning("status list %d of %s: %s", status_list.list_number, status_list.issuer_id, error)
            return False
        return True

    def _check_the_clock(self, at: int) -> None:
        lists = (each.issued_at for each in self._lists.values())
        self._newest_signed_at = max((self._trust_list.issued_at, self._bundles_signed_at, *lists))
        behind = self.clock_is_behind(at)
        if behind and self._clock_was_right:
            _log.error("the clock is %d seconds behind what was signed: nothing is called in force", behind)
        self._clock_was_right = not behind
