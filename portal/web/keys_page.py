"""The published keys in words: who may sign what, since when, and fingerprints to compare. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from portal.catalogue.licence_types import Catalogue
from portal.verification.trust import Issuer, IssuerKey, KeyState, Root, TrustList
from portal.web.wording import Words, fingerprint


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A published key. `note` says what its state means for what it signed before; `kid` is its id in addresses."""

    kid: str
    key_id: str
    fingerprint: str
    algorithm: str
    state: KeyState
    state_word: str
    term: str
    uses: str
    types: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class IssuerKeys:
    name: str
    id: str
    provinces: str
    keys: tuple[KeyRow, ...]


@dataclass(frozen=True, slots=True)
class RootKeyRow:
    fingerprint: str
    algorithm: str


@dataclass(frozen=True, slots=True)
class KeysPage:
    """All that keys.html needs; `usable` is false where the list has expired."""

    version: int
    issued_at: str
    expires_at: str
    usable: bool
    issuers: tuple[IssuerKeys, ...]
    threshold: int
    root_keys: tuple[RootKeyRow, ...]
    root_sha256: str


def show_keys(trust_list: TrustList, root: Root, words: Words, at: int, catalogue: Catalogue) -> KeysPage:
    """The page of the published keys; `catalogue` gives the names of the licence types."""
    return KeysPage(
        version=trust_list.version,
        issued_at=words.time(trust_list.issued_at),
        expires_at=words.time(trust_list.expires_at),
        usable=trust_list.is_usable(at),
        issuers=tuple(_issuer(issuer, words, catalogue) for issuer in trust_list.issuers),
        threshold=root.threshold,
        root_keys=tuple(
            RootKeyRow(fingerprint(hashlib.sha256(key.spki).digest()), words.t(f"algorithm.{key.algorithm.name}"))
            for key in root.keys
        ),
        root_sha256=fingerprint(bytes.fromhex(root.sha256)),
    )


def _issuer(issuer: Issuer, words: Words, catalogue: Catalogue) -> IssuerKeys:
    return IssuerKeys(
        name=words.issuer_name(issuer),
        id=issuer.id,
        provinces=words.t("list.comma").join(sorted(issuer.provinces)),
        keys=tuple(show_key(key, words, catalogue) for key in issuer.keys),
    )


def show_key(key: IssuerKey, words: Words, catalogue: Catalogue) -> KeyRow:
    return KeyRow(
        kid=key.key_id.hex(),
        key_id=fingerprint(key.key_id),
        fingerprint=fingerprint(hashlib.sha256(key.spki).digest()),
        algorithm=words.t(f"algorithm.{key.algorithm.name}"),
        state=key.state,
        state_word=words.t(f"key_state.{key.state}"),
        term=words.t("key.term", start=words.day_of(key.not_before), end=words.day_of(key.not_after)),
        uses=words.t("list.comma").join(words.t(f"key_use.{use}") for use in sorted(key.uses)),
        types=_types(key, words, catalogue),
        note=words.t(f"key_note.{key.state}", since=words.day_of(key.since)),
    )


def _types(key: IssuerKey, words: Words, catalogue: Catalogue) -> tuple[str, ...]:
    if "*" in key.types:
        return (words.t("key.every_type"),)
    known = (catalogue.by_slug.get(slug) for slug in sorted(key.types))
    return tuple(words.type_name(each) for each in known if each is not None)
