"""What is signed reads back as it was meant, under each algorithm; what breaks the format is not signed at all."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from portal.authority.signing import (
    LicenceClaims,
    NoticeClaims,
    Unsignable,
    pack_statuses,
    sign_credential,
    sign_notice,
    sign_status_list,
    status_list_uri,
)
from portal.verification.envelope import read_credential
from portal.verification.notice import NoticeKind, read_notice
from portal.verification.statuses import StatusValue, read_status_list
from tests.authorities import liaoning

CLAIMS = LicenceClaims(
    number="辽CB024100123",
    type_code=3,
    holder="沈阳和平演示大药房（演示）",
    version=2,
    not_before=1_700_000_000,
    issued_at=1_790_000_000,
    face_digest=bytes(range(32)),
    status_index=7,
    expires_at=1_890_000_000,
    uscc="91210100MA0DEM018W",
    address="沈阳市和平区演示路18号",
    status_list=1,
)
NOTICE = NoticeClaims("辽CB024100123", 3, 2, StatusValue.ENDED, date(2026, 11, 1), 1_790_000_000)
URI = status_list_uri("https://yz.example.gov.cn", "11210000MB0X123458", 4)


@pytest.mark.parametrize("name", ["esp256", "ed25519", "sm2"])
def test_a_credential_says_what_was_signed(name: str) -> None:
    key = liaoning().key(name)
    credential = read_credential(sign_credential(key, CLAIMS))
    read = {each: getattr(credential, each) for each in LicenceClaims.__slots__}
    assert LicenceClaims(**read) == CLAIMS
    assert (credential.envelope.algorithm, credential.envelope.key_id) == (key.algorithm, key.key_id)
    assert key.public_key.verify(credential.envelope.signature, credential.envelope.signed_bytes)


def test_a_credential_leaves_out_what_a_licence_does_not_have() -> None:
    bare = replace(CLAIMS, expires_at=None, uscc=None, address=None, status_list=0)
    credential = read_credential(sign_credential(liaoning().key("ed25519"), bare))
    assert (credential.expires_at, credential.uscc, credential.address, credential.status_list) == (None, None, None, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"number": ""},
        {"number": "9" * 65},
        {"holder": "药" * 201},
        {"holder": "演示\u202e药房"},
        {"holder": "cafe\u0301"},
        {"uscc": "91210100MA0DEM018"},
        {"address": "路" * 301},
        {"version": 0},
        {"status_index": -1},
        {"face_digest": bytes(31)},
        {"expires_at": 1 << 62},
        {"type_code": -3},
        {"holder": "药" * 200, "address": "路" * 200},
    ],
    ids=lambda change: " ".join(change),
)
def test_claims_that_break_the_format_are_not_signed(change: dict[str, Any]) -> None:
    with pytest.raises(Unsignable):
        sign_credential(liaoning().key("ed25519"), replace(CLAIMS, **change))


def test_a_notice_says_what_was_signed() -> None:
    whole = replace(
        NOTICE,
        decision_number="辽药监罚〔2026〕1号（演示）",
        reason="演示事由",
        published_until=date(2029, 11, 1),
        kind=NoticeKind.MIGRATED,
        successor_number="（辽）-经营性-2026-0001（备）",
    )
    for claims in (NOTICE, whole):
        notice = read_notice(sign_notice(liaoning().status_key, claims))
        assert NoticeClaims(**{each: getattr(notice, each) for each in NoticeClaims.__slots__}) == claims


def test_a_status_list_holds_each_value_at_its_index() -> None:
    values = [0, 1, 2, 3, 0xB, 0xC, 0xD, 0xE, 0xF]
    signed = sign_status_list(liaoning().status_key, URI, values, issued_at=100, ttl=10, expires_at=200)
    status_list = read_status_list(signed)
    assert [status_list.value_at(index) for index in range(9)] == values
    assert (status_list.issuer_id, status_list.list_number) == ("11210000MB0X123458", 4)
    assert (status_list.issued_at, status_list.ttl, status_list.expires_at) == (100, 10, 200)


@pytest.mark.parametrize(
    ("values", "packed"),
    [([], ""), ([1], "01"), ([1, 2], "21"), ([0xF, 0, 0xB], "0f0b"), (bytes([1, 2, 3, 4]), "2143")],
)
def test_statuses_are_packed_two_a_byte_the_low_half_first(values: list[int], packed: str) -> None:
    assert pack_statuses(values).hex() == packed


@pytest.mark.parametrize("value", [-1, 16])
def test_a_status_of_more_than_four_bits_is_not_signed(value: int) -> None:
    with pytest.raises(Unsignable, match="four bits"):
        pack_statuses([0, value])


def test_a_status_list_at_an_address_that_names_no_list_is_not_signed() -> None:
    with pytest.raises(Unsignable, match="uri"):
        sign_status_list(liaoning().status_key, "https://yz.example.gov.cn/", [0], issued_at=1, ttl=1, expires_at=2)
