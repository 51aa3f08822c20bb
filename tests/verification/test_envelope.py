"""Licence credentials: how long and how large each claim may be (spec §3). The browser's verifier reads the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import cbor2
import pytest

from portal.authority.signing import sign1
from portal.verification.dates import EARLIEST, LATEST
from portal.verification.envelope import Malformed, Members, read_credential
from tests.authorities import AT, key

_LICENCE = -65537
_LICENCE_CLAIMS = {1: 1, 2: "演示药房", 4: 1, 6: bytes(32), 7: 0}


def credential(claims: Mapping[int, Any] | None = None, licence: Mapping[int, Any] | None = None) -> bytes:
    """A credential with other claims than the usual ones; None leaves one out."""
    inner = {**_LICENCE_CLAIMS, **(licence or {})}
    outer = {2: "辽CB024100123", 5: AT, 6: AT, _LICENCE: _given(inner), **(claims or {})}
    return sign1(key("liaoning"), _given(outer))


def _given(members: Mapping[int, Any]) -> dict[int, Any]:
    return {number: value for number, value in members.items() if value is not None}


def _of_size(size: int) -> bytes:
    padded = (credential(licence={5: "址" * count, 2: "a" * rest}) for count in range(150, 240) for rest in (1, 2, 3))
    return next(each for each in padded if len(each) == size)


# By what they show, and whether they are read.
CREDENTIALS: dict[str, tuple[bytes, bool]] = {
    "the usual claims": (credential(), True),
    "768 bytes": (_of_size(768), True),
    "769 bytes": (_of_size(769), False),
    "a number of 64 characters": (credential({2: "药" * 64}), True),
    "a number of 65 characters": (credential({2: "药" * 65}), False),
    "an empty number": (credential({2: ""}), False),
    "an end, the last second of the calendar": (credential({4: LATEST}), True),
    "an end beyond the calendar": (credential({4: LATEST + 1}), False),
    "a beginning, the first second of the calendar": (credential({5: EARLIEST}), True),
    "a beginning before the calendar": (credential({5: EARLIEST - 1}), False),
    "no beginning": (credential({5: None}), False),
    "a signing time that is true": (credential({6: True}), False),
    "a holder of 200 characters": (credential(licence={2: "药" * 200}), True),
    "a holder of 201 characters": (credential(licence={2: "药" * 201}), False),
    "an empty holder": (credential(licence={2: ""}), False),
    "a code of 18 characters": (credential(licence={3: "91210100MA0DEM018W"}), True),
    "a code of 17 characters": (credential(licence={3: "91210100MA0DEM018"}), False),
    "a code of 19 characters": (credential(licence={3: "91210100MA0DEM018W0"}), False),
    "version 0": (credential(licence={4: 0}), False),
    "an address of 300 characters": (credential(licence={5: "a" * 300}), True),
    "an address of 301 characters": (credential(licence={5: "a" * 301}), False),
    "an empty address": (credential(licence={5: ""}), False),
    "a digest of 33 bytes": (credential(licence={6: bytes(33)}), False),
    "a digest as text": (credential(licence={6: "0" * 32}), False),
    "a status list": (credential(licence={8: 1}), True),
    "a status list below 0": (credential(licence={8: -1}), False),
    "a status list as text": (credential(licence={8: "0"}), False),
    "a licence that is no map": (credential({_LICENCE: [1]}), False),
    "a content type": (sign1(key("liaoning"), {2: "辽CB024100123"}, "application/cwt"), False),
    "a header that is no map": (cbor2.dumps(cbor2.CBORTag(18, [b"\x01", {}, b"", bytes(64)])), False),
}


@pytest.mark.parametrize("name", CREDENTIALS)
def test_a_credential_is_read_within_its_limits_and_refused_beyond(name: str) -> None:
    encoded, is_read = CREDENTIALS[name]
    if is_read:
        assert read_credential(encoded).envelope.encoded == encoded
    else:
        with pytest.raises(Malformed):
            read_credential(encoded)


# By the claim that is wrong (spec §3): an authority whose records are refused learns which it is.
WRONG: dict[str, bytes] = {
    "sub": credential({2: 5}),
    "exp": credential({4: "2029-12-31"}),
    "nbf": credential({5: None}),
    "iat": credential({6: LATEST + 1}),
    "type": credential(licence={1: None}),
    "holder": credential(licence={2: "a" * 201}),
    "uscc": credential(licence={3: "9"}),
    "version": credential(licence={4: 0}),
    "address": credential(licence={5: b"x"}),
    "face": credential(licence={6: bytes(31)}),
    "status_index": credential(licence={7: -1}),
    "status_list": credential(licence={8: True}),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_refusal_names_the_claim_that_is_missing_or_wrong(name: str) -> None:
    with pytest.raises(Malformed, match=f"^claims: {name} is missing, or no "):
        read_credential(WRONG[name])


@pytest.mark.parametrize("read", [Members.text, Members.optional_text, Members.unsigned, Members.time, Members.digest])
def test_a_refusal_of_other_maps_names_the_member_by_its_key(read: Callable[..., object]) -> None:
    limits = (64,) if read in (Members.text, Members.optional_text) else ()
    with pytest.raises(Malformed, match="^status list: 65534 is missing, or no "):
        read(Members({65534: []}, "status list"), 65534, *limits)
