"""The life of one key, and every list of keys that was ever accepted, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from portal.catalogue.licence_types import Catalogue
from portal.verification.trust import Issuer, IssuerKey, TrustList
from portal.verification.trust_history import History, KeyRecord
from portal.web.keys_page import KeyRow, show_key
from portal.web.wording import Words, fingerprint


@dataclass(frozen=True, slots=True)
class LifeStep:
    """What changed for the key with a list; `key` is None where the list had it no more."""

    version: int
    accepted_at: str
    key: KeyRow | None


@dataclass(frozen=True, slots=True)
class KeyPage:
    """All that key.html needs. `why` says which of its signatures are accepted; the newest step is the first."""

    issuer: str
    issuer_id: str
    key: KeyRow
    is_listed: bool
    why: str
    version: int
    steps: tuple[LifeStep, ...]


@dataclass(frozen=True, slots=True)
class ListRow:
    version: int
    issued_at: str
    accepted_at: str
    sha256: str
    root_sha256: str
    digest: str


@dataclass(frozen=True, slots=True)
class KeyHistoryPage:
    """All that key_history.html needs; the newest list is the first."""

    lists: tuple[ListRow, ...]
    roots: range
    is_broken: bool
    has_list_in_use: bool


def show_life(
    key_id: bytes, trust_list: TrustList, history: History, words: Words, catalogue: Catalogue
) -> KeyPage | None:
    """The page of a key that is listed, or ever was; None for any other."""
    life, listed = history.life_of(key_id), trust_list.find(key_id)
    known = listed or _last_known(life)
    if known is None:
        return None
    issuer, key = known
    row = show_key(key, words, catalogue)
    rule = f"key_why.{key.state}" if listed else "key_why.unlisted"
    return KeyPage(
        issuer=words.issuer_name(issuer),
        issuer_id=issuer.id,
        key=row,
        is_listed=listed is not None,
        why=words.t(rule, term=row.term, since=words.time(key.since)),
        version=trust_list.version,
        steps=tuple(_steps(life, words, catalogue)),
    )


def _last_known(life: tuple[KeyRecord, ...]) -> tuple[Issuer, IssuerKey] | None:
    return next(((each.issuer, each.key) for each in reversed(life) if each.key), None)


def _steps(life: tuple[KeyRecord, ...], words: Words, catalogue: Catalogue) -> Iterator[LifeStep]:
    for each in reversed(life):
        row = show_key(each.key, words, catalogue) if each.key else None
        yield LifeStep(each.past.version, words.time(each.past.accepted_at), row)


def show_key_history(history: History, trust_list: TrustList, words: Words) -> KeyHistoryPage:
    rows = tuple(
        ListRow(
            version=each.version,
            issued_at=words.time(each.issued_at),
            accepted_at=words.time(each.accepted_at),
            sha256=fingerprint(bytes.fromhex(each.sha256)),
            root_sha256=fingerprint(bytes.fromhex(each.root_sha256)),
            digest=fingerprint(bytes.fromhex(each.digest)),
        )
        for each in reversed(history.lists)
    )
    in_use = any(each.version == trust_list.version for each in history.lists)
    return KeyHistoryPage(rows, range(1, history.roots + 1), history.broken is not None, in_use)
