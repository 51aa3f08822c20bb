"""Every trust list ever accepted, in a log whose entries each name the SHA-256 of the one before. No files, no clock.

The log is NDJSON. Changing, leaving out or putting in an entry changes the digest of every one after it: whoever noted
the newest digest notices. The lists themselves count by the signatures of the root under which they were accepted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.verification import strict_json
from portal.verification.dates import format_timestamp
from portal.verification.trust import Issuer, IssuerKey, Root, TrustList, TrustListRefused, read_trust_list

LOG_NAME = "log.ndjson"


@dataclass(frozen=True, slots=True)
class PastList:
    """An entry of the log, with what its list says of itself. `digest` is the SHA-256 of the entry's line."""

    version: int
    accepted_at: int
    issued_at: int
    sha256: str
    root_sha256: str
    digest: str


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """What a list said of a key, where the list before said something else; None: the list had it no more."""

    past: PastList
    issuer: Issuer
    key: IssuerKey | None


@dataclass(frozen=True, slots=True)
class History:
    """The lists in the order in which they were accepted; `broken` says where the log or a list was changed.

    `roots` is how many files of roots are kept with it.
    """

    lists: tuple[PastList, ...] = ()
    lives: Mapping[bytes, tuple[KeyRecord, ...]] = field(default_factory=dict)
    broken: str | None = None
    roots: int = 0

    @property
    def head(self) -> str | None:
        """The digest that whoever notes it will recognise."""
        return self.lists[-1].digest if self.lists else None

    def life_of(self, key_id: bytes) -> tuple[KeyRecord, ...]:
        return self.lives.get(key_id, ())


Documents = Callable[[int], tuple[bytes, bytes] | None]


def extended_log(log: bytes, trust_list: TrustList, root_sha256: str, at: int) -> bytes:
    """The log with an entry for a list that is accepted at `at`; as it is where it has this version, or a later one."""
    last = log.splitlines()[-1] if log else None
    try:
        if last is not None and strict_json.parse(last, LOG_NAME).integer("version") >= trust_list.version:
            return log
    except strict_json.Unexpected as error:
        raise TrustListRefused(str(error)) from error
    entry = {
        "version": trust_list.version,
        "accepted_at": format_timestamp(at),
        "sha256": hashlib.sha256(trust_list.document).hexdigest(),
        "root": root_sha256,
        "before": hashlib.sha256(last).hexdigest() if last is not None else None,
    }
    return log + json.dumps(entry).encode("ascii") + b"\n"


def read_history(log: bytes, documents: Documents, roots: Iterable[Root]) -> History:
    """The history as far as it is whole; `documents` gives list and signatures of a version."""
    by_digest = {root.sha256: root for root in roots}
    lists: list[PastList] = []
    lives: dict[bytes, list[KeyRecord]] = {}
    broken = None
    for line in log.splitlines():
        try:
            past, trust_list = _read_entry(line, lists, documents, by_digest)
        except (strict_json.Unexpected, TrustListRefused) as error:
            broken = f"entry {len(lists) + 1}: {error}"
            break
        lists.append(past)
        _continue_lives(lives, past, trust_list)
    return History(tuple(lists), {key_id: tuple(life) for key_id, life in lives.items()}, broken)


def _read_entry(
    line: bytes, before: Sequence[PastList], documents: Documents, roots: Mapping[str, Root]
) -> tuple[PastList, TrustList]:
    entry = strict_json.parse(line, LOG_NAME)
    version, sha256, root_sha256 = entry.integer("version"), entry.text("sha256"), entry.text("root")
    if (entry.text("before") if entry.is_given("before") else None) != (before[-1].digest if before else None):
        entry.refuse("it does not follow from the one before")
    if before and version <= before[-1].version:
        entry.refuse(f"version {version} after version {before[-1].version}")
    found, root = documents(version), roots.get(root_sha256)
    if found is None or hashlib.sha256(found[0]).hexdigest() != sha256:
        entry.refuse(f"version {version} is missing, or another than was accepted")
    if root is None:
        entry.refuse(f"version {version} was accepted under a root that is missing")
    trust_list = read_trust_list(*found, root)
    digest = hashlib.sha256(line).hexdigest()
    past = PastList(version, entry.time("accepted_at"), trust_list.issued_at, sha256, root_sha256, digest)
    return past, trust_list


def _continue_lives(lives: dict[bytes, list[KeyRecord]], past: PastList, trust_list: TrustList) -> None:
    for key_id in trust_list.keys.keys() | lives.keys():
        life = lives.setdefault(key_id, [])
        issuer, key = trust_list.find(key_id) or (life[-1].issuer, None)
        if not life or _terms_of(life[-1].key) != _terms_of(key):
            life.append(KeyRecord(past, issuer, key))


def _terms_of(key: IssuerKey | None) -> object:
    return key and (key.uses, key.types, key.not_before, key.not_after, key.state, key.since)
