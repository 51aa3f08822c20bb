"""The published keys (spec §5): exact bytes and root signatures → TrustList, or a refusal. No files, no clock.

A list counts only under valid signatures of `threshold` different root keys. What a key may sign, and when, follows
from its record; the rule that an accepted version never falls is kept by whoever remembers the accepted version.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

from portal.verification import strict_json
from portal.verification.algorithms import BY_NAME, Algorithm, PublicKey, key_id

MAX_CLOCK_SKEW = 300  # seconds by which an issuer's clock may be ahead of ours (verdicts.md 10)

_KEY_MEMBERS = frozenset(
    ("kid", "alg", "spki", "use", "types", "not_before", "not_after", "state", "since"),
)
_HEX_KEY_ID = re.compile(r"[0-9a-f]{16}")


class TrustListRefused(ValueError):
    """The root, the list or its signatures cannot be relied on; the message says why, in one line."""


class Use(StrEnum):
    LICENCE = "licence"
    STATUS = "status"
    REGISTER = "register"


class KeyState(StrEnum):
    ACTIVE = "active"
    RETIRED = "retired"
    COMPROMISED = "compromised"


@dataclass(frozen=True, slots=True)
class RootKey:
    key_id: bytes
    algorithm: Algorithm
    spki: bytes
    public_key: PublicKey


@dataclass(frozen=True, slots=True)
class Root:
    """The root keys, of which `threshold` must sign a list; `document` is root.json as it came."""

    threshold: int
    keys: tuple[RootKey, ...]
    document: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.document).hexdigest()


@dataclass(frozen=True, slots=True)
class IssuerKey:
    """A published key: what it may sign (`uses`, `types`: slugs or `*`) and when (seconds, both ends included)."""

    key_id: bytes
    algorithm: Algorithm
    spki: bytes
    public_key: PublicKey
    uses: frozenset[Use]
    types: frozenset[str]
    not_before: int
    not_after: int
    state: KeyState
    since: int

    @property
    def end_of_term(self) -> int:
        """The last second at which it could sign: a retired key's term ended when it retired."""
        return min(self.not_after, self.since) if self.state is KeyState.RETIRED else self.not_after

    def is_in_term(self, signed_at: int, at: int) -> bool:
        """Whether the key could sign at `signed_at`, as seen at `at`."""
        return self.not_before <= signed_at <= self.end_of_term and signed_at <= at + MAX_CLOCK_SKEW

    def may_sign_type(self, slug: str) -> bool:
        return "*" in self.types or slug in self.types


@dataclass(frozen=True, slots=True)
class Issuer:
    """An authority: `id` is its unified social credit code; its numbers may begin with one of `provinces`."""

    id: str
    name_zh: str
    name_en: str
    region: str
    provinces: frozenset[str]
    portal: str
    keys: tuple[IssuerKey, ...]


@dataclass(frozen=True, slots=True)
class TrustList:
    """An accepted list; `document` and `signatures` are the published files as they came."""

    version: int
    issued_at: int
    expires_at: int
    issuers: tuple[Issuer, ...]
    keys: Mapping[bytes, tuple[Issuer, IssuerKey]]
    document: bytes
    signatures: bytes

    def is_usable(self, at: int) -> bool:
        return at < self.expires_at

    def find(self, key_id: bytes) -> tuple[Issuer, IssuerKey] | None:
        return self.keys.get(key_id)


def read_root(document: bytes) -> Root:
    """Read root.json; whether it is the pinned one is the caller's to compare."""
    try:
        raw = strict_json.parse(document, "root.json")
        threshold = raw.integer("threshold")
        keys = tuple(_read_root_key(entry) for entry in raw.objects("keys"))
    except strict_json.Unexpected as error:
        raise TrustListRefused(str(error)) from error
    _refuse_duplicates(key.key_id.hex() for key in keys)
    # A threshold of nothing would accept every list.
    if not 1 <= threshold <= len(keys):
        _refuse(f"root.json: threshold {threshold} of {len(keys)} keys")
    return Root(threshold, keys, document)


def read_trust_list(document: bytes, signatures: bytes, root: Root) -> TrustList:
    """Accept a list under `root`, or raise TrustListRefused. Expiry and rollback are judged by `require_successor`."""
    _require_root_signatures(document, signatures, root)
    return read_trust_list_unsafe(document, signatures)


def read_trust_list_unsafe(document: bytes, signatures: bytes = b"") -> TrustList:
    """The list that a document holds, whoever signed it: for those who are about to sign it, and nobody else."""
    try:
        trust_list = _read_trust_list(strict_json.parse(document, "trust-list.json"), document, signatures)
    except strict_json.Unexpected as error:
        raise TrustListRefused(str(error)) from error
    _refuse_duplicates(issuer.id for issuer in trust_list.issuers)
    _refuse_duplicates(key.key_id.hex() for issuer in trust_list.issuers for key in issuer.keys)
    return trust_list


def require_successor(candidate: TrustList, accepted: TrustList | None, at: int) -> None:
    """Refuse a list that has expired at `at`, or that is not newer than (or the same as) the one accepted before."""
    if not candidate.is_usable(at):
        _refuse(f"version {candidate.version} has expired")
    if accepted is None:
        return
    if candidate.version < accepted.version:
        _refuse(f"version {candidate.version} is lower than the accepted version {accepted.version} (rollback)")
    if candidate.version == accepted.version and candidate.document != accepted.document:
        _refuse(f"version {candidate.version} was accepted before with other contents")


def require_successor_root(candidate: Root, signatures: bytes, before: Root) -> None:
    """Refuse a new root unless the threshold of the old root's keys has signed it, and that of its own."""
    for root in (before, candidate):
        _require_root_signatures(candidate.document, signatures, root, "root.json.sig")


def _require_root_signatures(document: bytes, signatures: bytes, root: Root, name: str = "trust-list.json.sig") -> None:
    by_id = {key.key_id.hex(): key for key in root.keys}
    signed_by: set[str] = set()
    try:
        for entry in strict_json.parse(signatures, name).objects("signatures"):
            kid = entry.text("kid")
            key = by_id.get(kid)
            if key and key.public_key.verify(entry.base64("sig"), document):
                signed_by.add(kid)
    except strict_json.Unexpected as error:
        raise TrustListRefused(str(error)) from error
    if len(signed_by) < root.threshold:
        _refuse(f"valid signatures of {len(signed_by)} root keys, {root.threshold} are needed")


def _read_trust_list(raw: strict_json.Object, document: bytes, signatures: bytes) -> TrustList:
    issuers = tuple(_read_issuer(entry) for entry in raw.objects("issuers"))
    return TrustList(
        version=raw.integer("version"),
        issued_at=raw.time("issued_at"),
        expires_at=raw.time("expires_at"),
        issuers=issuers,
        keys={key.key_id: (issuer, key) for issuer in issuers for key in issuer.keys},
        document=document,
        signatures=signatures,
    )


def _read_root_key(entry: strict_json.Object) -> RootKey:
    algorithm, spki, public_key = _read_public_key(entry)
    return RootKey(key_id(spki), algorithm, spki, public_key)


def _read_issuer(entry: strict_json.Object) -> Issuer:
    name = entry.object("name")
    return Issuer(
        id=entry.text("id"),
        name_zh=name.text("zh"),
        name_en=name.text("en"),
        region=entry.text("region"),
        provinces=frozenset(entry.texts("provinces")),
        portal=entry.text("portal"),
        keys=tuple(_read_issuer_key(key) for key in entry.objects("keys")),
    )


def _read_issuer_key(entry: strict_json.Object) -> IssuerKey:
    entry.require_only(_KEY_MEMBERS)
    algorithm, spki, public_key = _read_public_key(entry)
    return IssuerKey(
        key_id=key_id(spki),
        algorithm=algorithm,
        spki=spki,
        public_key=public_key,
        uses=frozenset(entry.choice(Use, use) for use in entry.texts("use")),
        types=frozenset(entry.texts("types")),
        not_before=entry.time("not_before"),
        not_after=entry.time("not_after"),
        state=entry.choice(KeyState, entry.text("state")),
        since=entry.time("since"),
    )


def _read_public_key(entry: strict_json.Object) -> tuple[Algorithm, bytes, PublicKey]:
    kid, algorithm, spki = entry.text("kid"), BY_NAME.get(entry.text("alg")), entry.base64("spki")
    if algorithm is None:
        _refuse(f"key {kid[:16]}: an algorithm outside the table")
    if not _HEX_KEY_ID.fullmatch(kid) or bytes.fromhex(kid) != key_id(spki):
        _refuse(f"key {kid[:16]}: the key id does not match the key")
    try:
        return algorithm, spki, algorithm.load(spki)
    except ValueError as error:
        raise TrustListRefused(f"key {kid}: {error} ({algorithm.name})") from error


def _refuse_duplicates(ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            _refuse(f"{each} is listed twice")
        seen.add(each)


def _refuse(why: str) -> NoReturn:
    raise TrustListRefused(why)
