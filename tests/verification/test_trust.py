"""Which trust lists are accepted, and what a published key may sign and when (spec §5)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal.authority.trust_lists import make_root, sign_trust_list
from portal.verification.dates import parse_timestamp
from portal.verification.trust import (
    KeyState,
    TrustListRefused,
    read_root,
    read_trust_list,
    require_successor,
)
from tests.authorities import AT, key
from tests.world import World

WORLD = World()
DOCUMENT = WORLD.trust_list_document
ROOT = read_root(WORLD.root)
KEYS = WORLD.root_keys


def signatures_of(document: bytes, *signers: Any) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = json.loads(sign_trust_list(document, list(signers)))["signatures"]
    return entries


def signature_file(*entries: dict[str, str]) -> bytes:
    return json.dumps({"signatures": entries}).encode()


ONE, TWO, THREE = signatures_of(DOCUMENT, *KEYS)
(STRANGER,) = signatures_of(DOCUMENT, key("stranger", "Ed25519"))
(OF_OTHER_BYTES,) = signatures_of(DOCUMENT + b" ", KEYS[1])


ENOUGH = [
    pytest.param((ONE, TWO), id="two of three"),
    pytest.param((THREE, ONE), id="another two, in another order"),
    pytest.param((ONE, TWO, THREE), id="all three"),
    pytest.param((STRANGER, ONE, OF_OTHER_BYTES, TWO), id="two, beside others that prove nothing"),
]


@pytest.mark.parametrize("entries", ENOUGH)
def test_a_list_counts_under_signatures_of_enough_different_root_keys(entries: tuple[dict[str, str], ...]) -> None:
    assert read_trust_list(DOCUMENT, signature_file(*entries), ROOT).version == 7


TOO_FEW = [
    pytest.param((), id="none"),
    pytest.param((ONE,), id="one"),
    pytest.param((ONE, ONE), id="one key twice"),
    pytest.param((ONE, STRANGER), id="one and a stranger"),
    pytest.param((ONE, OF_OTHER_BYTES), id="one, and one over other bytes"),
    pytest.param((ONE, {**ONE, "kid": TWO["kid"]}), id="one key under another's name"),
]


@pytest.mark.parametrize("entries", TOO_FEW)
def test_a_list_without_enough_signatures_is_refused(entries: tuple[dict[str, str], ...]) -> None:
    with pytest.raises(TrustListRefused, match="2 are needed"):
        read_trust_list(DOCUMENT, signature_file(*entries), ROOT)


Change = Callable[[dict[str, Any]], Any]


def first_key(document: dict[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = document["issuers"][0]["keys"][0]
    return entry


def other_spki(document: dict[str, Any]) -> str:
    return str(document["issuers"][1]["keys"][0]["spki"])


CHANGES: dict[str, tuple[Change, str]] = {
    "an unknown field in a key": (lambda d: first_key(d).update(x5u="https://evil.test"), "unknown member 'x5u'"),
    "a key twice": (lambda d: d["issuers"][1]["keys"].append(first_key(d)), "listed twice"),
    "an issuer twice": (lambda d: d["issuers"].append({**d["issuers"][0], "keys": []}), "listed twice"),
    "a key id that is another key's": (lambda d: first_key(d).update(spki=other_spki(d)), "does not match"),
    "a key id in capitals": (lambda d: first_key(d).update(kid=first_key(d)["kid"].upper()), "does not match"),
    "a curve that is not the algorithm's": (lambda d: first_key(d).update(alg="SM2-SM3"), r"\(SM2-SM3\)"),
    "an algorithm outside the table": (lambda d: first_key(d).update(alg="RS256"), "outside the table"),
    "an unknown use": (lambda d: first_key(d).update(use=["sign"]), "sign"),
    "an unknown state": (lambda d: first_key(d).update(state="lost"), "lost"),
    "a key without a term": (lambda d: first_key(d).pop("not_after"), "not_after"),
    "a term that is no time": (lambda d: first_key(d).update(not_after="2028-13-01T00:00:00Z"), "not_after"),
    "a term in another zone": (lambda d: first_key(d).update(not_after="2028-01-01T00:00:00+08:00"), "not_after"),
    "types as a text": (lambda d: first_key(d).update(types="*"), "types"),
    "an issuer without a name": (lambda d: d["issuers"][0].pop("name"), "name"),
    "a version as a text": (lambda d: d.update(version="7"), "version"),
    "a version that is true": (lambda d: d.update(version=True), "version"),
    "no issuers": (lambda d: d.pop("issuers"), "issuers"),
}


def changed_list(change: str) -> bytes:
    document = json.loads(DOCUMENT)
    CHANGES[change][0](document)
    return json.dumps(document).encode()


@pytest.mark.parametrize("change", CHANGES)
def test_a_list_that_is_signed_and_wrong_is_refused_with_the_place_of_the_fault(change: str) -> None:
    changed = changed_list(change)
    with pytest.raises(TrustListRefused, match=CHANGES[change][1]):
        read_trust_list(changed, sign_trust_list(changed, KEYS[:2]), ROOT)


@pytest.mark.parametrize(
    "document",
    [b"", b"[]", b"7", DOCUMENT[:-2], b"\xef\xbb\xbf" + DOCUMENT, b'{"version": 7, "version": 8}', b"[" * 100_000],
)
def test_bytes_that_are_no_list_are_refused(document: bytes) -> None:
    with pytest.raises(TrustListRefused):
        read_trust_list(document, sign_trust_list(document, KEYS[:2]), ROOT)


ROOT_CHANGES: dict[str, Change] = {
    "a threshold of nothing": lambda d: d.update(threshold=0),
    "a threshold above the keys": lambda d: d.update(threshold=4),
    "a threshold that is true": lambda d: d.update(threshold=True),
    "a key twice": lambda d: d["keys"].append(d["keys"][0]),
    "no keys": lambda d: d.update(keys=[]),
    "a wrong key id": lambda d: d["keys"][0].update(kid="0" * 16),
    "a key cut off": lambda d: d["keys"][0].update(spki=base64.b64encode(b"short").decode()),
}


def changed_root(change: str) -> bytes:
    document = json.loads(make_root(2, KEYS))
    ROOT_CHANGES[change](document)
    return json.dumps(document).encode()


@pytest.mark.parametrize("change", ROOT_CHANGES)
def test_a_root_that_could_accept_too_much_is_refused(change: str) -> None:
    with pytest.raises(TrustListRefused):
        read_root(changed_root(change))


LIST = WORLD.trust_list


@pytest.mark.parametrize(
    ("candidate", "why"),
    [
        pytest.param(replace(LIST, expires_at=AT), "expired", id="expired this second"),
        pytest.param(replace(LIST, version=6), "rollback", id="a lower version"),
        pytest.param(replace(LIST, document=b"other"), "other contents", id="the same version, changed"),
    ],
)
def test_what_does_not_succeed_the_accepted_list_is_refused(candidate: Any, why: str) -> None:
    with pytest.raises(TrustListRefused, match=why):
        require_successor(candidate, LIST, AT)


@pytest.mark.parametrize("candidate", [LIST, replace(LIST, version=8), replace(LIST, expires_at=AT + 1)])
def test_the_same_list_or_a_newer_one_succeeds(candidate: Any) -> None:
    require_successor(candidate, LIST, AT)
    require_successor(candidate, None, AT)


BEGIN, END = parse_timestamp("2026-01-01T00:00:00Z"), parse_timestamp("2028-01-01T00:00:00Z")
RETIRED = parse_timestamp("2026-06-01T00:00:00Z")


@pytest.mark.parametrize(
    ("state", "signed_at", "in_term"),
    [
        (KeyState.ACTIVE, BEGIN - 1, False),
        (KeyState.ACTIVE, BEGIN, True),
        (KeyState.ACTIVE, END, True),
        (KeyState.ACTIVE, END + 1, False),
        (KeyState.RETIRED, RETIRED, True),
        (KeyState.RETIRED, RETIRED + 1, False),
        (KeyState.COMPROMISED, END, True),
    ],
)
def test_a_key_signs_within_its_term_and_a_retired_one_until_it_retired(
    state: KeyState, signed_at: int, in_term: bool
) -> None:
    published = replace(LIST.issuers[0].keys[0], not_before=BEGIN, not_after=END, state=state, since=RETIRED)
    assert published.is_in_term(signed_at, at=END + 10) is in_term


def test_nothing_is_signed_more_than_five_minutes_ahead_of_our_clock() -> None:
    published = LIST.issuers[0].keys[0]
    assert published.is_in_term(AT + 300, at=AT)
    assert not published.is_in_term(AT + 301, at=AT)
