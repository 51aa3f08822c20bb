"""How a trust list becomes the next one: bytes → bytes, still unsigned. A change always leaves a list that can be read.

A key is retired, limited or declared compromised, but never removed: what it signed is still checked with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from portal.authority.trust_lists import PublishedIssuer, json_document, make_trust_list
from portal.verification.dates import format_timestamp
from portal.verification.trust import KeyState, TrustListRefused, Use, read_trust_list_unsafe

_JsonObject = dict[str, Any]


def next_version(document: bytes, issued_at: int, expires_at: int) -> bytes:
    """The same list under the next version, with other times."""

    def change(trust_list: _JsonObject) -> None:
        trust_list["version"] += 1
        trust_list["issued_at"], trust_list["expires_at"] = format_timestamp(issued_at), format_timestamp(expires_at)

    return _changed(document, change)


def first_version(issued_at: int, expires_at: int) -> bytes:
    """The very first list, which is empty."""
    return make_trust_list(1, issued_at, expires_at, ())


def with_issuer(document: bytes, issuer: PublishedIssuer) -> bytes:
    """With one more authority."""
    return _changed(document, lambda trust_list: trust_list["issuers"].append(issuer.entry()))


def with_issuer_changed(
    document: bytes,
    issuer_id: str,
    *,
    name_zh: str | None = None,
    name_en: str | None = None,
    region: str | None = None,
    provinces: Sequence[str] = (),
    portal: str | None = None,
) -> bytes:
    """With something else said of an authority; an argument that is left out leaves what was there, as its keys."""

    def change(issuer: _JsonObject) -> None:
        issuer["name"].update(_given(zh=name_zh, en=name_en))
        issuer.update(_given(region=region, provinces=list(provinces), portal=portal))

    return _changed_issuer(document, issuer_id, change)


def _given(**members: object) -> _JsonObject:
    return {name: value for name, value in members.items() if value}


def with_key(document: bytes, issuer_id: str, entry: Mapping[str, object]) -> bytes:
    """With one more key of an issuer."""
    return _changed_issuer(document, issuer_id, lambda issuer: issuer["keys"].append(dict(entry)))


def with_key_ended(document: bytes, key_id: str, state: KeyState, since: int) -> bytes:
    """With a key in another state. A compromised key stays compromised: it cannot become a retired one."""

    def change(key: _JsonObject) -> None:
        if key["state"] == KeyState.COMPROMISED and state is not KeyState.COMPROMISED:
            raise TrustListRefused(f"key {key_id} is compromised, and stays so")
        key["state"], key["since"] = state.value, format_timestamp(since)

    return _changed_key(document, key_id, change)


def with_scope(document: bytes, key_id: str, uses: Sequence[Use], types: Sequence[str]) -> bytes:
    """With other uses or types for a key; an empty argument leaves what was there."""

    def change(key: _JsonObject) -> None:
        key["use"] = [use.value for use in uses] or key["use"]
        key["types"] = list(types) or key["types"]

    return _changed_key(document, key_id, change)


def _changed_issuer(document: bytes, issuer_id: str, change: Callable[[_JsonObject], None]) -> bytes:
    def change_issuer(trust_list: _JsonObject) -> None:
        issuers = [issuer for issuer in trust_list["issuers"] if issuer["id"] == issuer_id]
        if not issuers:
            raise TrustListRefused(f"no issuer {issuer_id} in the list")
        change(issuers[0])

    return _changed(document, change_issuer)


def _changed_key(document: bytes, key_id: str, change: Callable[[_JsonObject], None]) -> bytes:
    def change_key(trust_list: _JsonObject) -> None:
        keys = [key for issuer in trust_list["issuers"] for key in issuer["keys"] if key["kid"] == key_id]
        if not keys:
            raise TrustListRefused(f"no key {key_id} in the list")
        change(keys[0])

    return _changed(document, change_key)


def _changed(document: bytes, change: Callable[[_JsonObject], None]) -> bytes:
    read_trust_list_unsafe(document)
    trust_list = json.loads(document)
    change(trust_list)
    changed = json_document(trust_list)
    read_trust_list_unsafe(changed)
    return changed
