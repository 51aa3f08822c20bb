"""Status lists: what is read, what is refused, and how long a list counts (spec §6)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any

import pytest

from portal.authority.signing import sign1
from portal.verification.dates import LATEST
from portal.verification.envelope import Malformed
from portal.verification.statuses import (
    CONTENT_TYPE,
    Freshness,
    StatusValue,
    read_status,
    read_status_list,
)
from tests.authorities import AT, key

URI = "https://yz.example.gov.cn/statuslists/11210000MB0X123458/0"
# Entries 0 to 7: in force, cancelled, suspended, superseded, (4 is outside the table), revoked, renewing, ended.
VALUES = bytes([0x10, 0x32, 0xB4, 0xFE])


def status_list(changes: Mapping[int, Any] | None = None, content_type: str = CONTENT_TYPE) -> bytes:
    claims: dict[int, Any] = {2: URI, 4: AT + 1000, 6: AT, 65534: 100, 65533: entries(VALUES), **(changes or {})}
    payload = {number: value for number, value in claims.items() if value is not None}
    return sign1(key("liaoning"), payload, content_type)


def entries(values: bytes, **changes: Any) -> dict[str, Any]:
    return {"bits": 4, "lst": zlib.compress(values), **changes}


def test_a_list_says_whose_it_is_and_which() -> None:
    read = read_status_list(status_list())
    assert (read.issuer_id, read.list_number, read.issued_at, read.ttl) == ("11210000MB0X123458", 0, AT, 100)
    assert read.expires_at == AT + 1000


@pytest.mark.parametrize(
    ("index", "value"),
    [
        (0, StatusValue.IN_FORCE),
        (1, StatusValue.CANCELLED),
        (2, StatusValue.SUSPENDED),
        (3, StatusValue.SUPERSEDED),
        (4, None),
        (5, StatusValue.REVOKED),
        (6, StatusValue.RENEWING),
        (7, StatusValue.ENDED),
        (8, None),
        (2**64 - 1, None),
    ],
)
def test_an_entry_is_half_a_byte_the_low_half_first_and_unknown_beyond_the_list(
    index: int, value: StatusValue | None
) -> None:
    assert read_status_list(status_list()).value_at(index) is value


@pytest.mark.parametrize(
    ("at", "freshness"),
    [
        (AT, Freshness.FRESH),
        (AT + 99, Freshness.FRESH),
        (AT + 100, Freshness.AGEING),
        (AT + 999, Freshness.AGEING),
        (AT + 1000, Freshness.STALE),
    ],
)
def test_a_list_is_fresh_then_ageing_then_stale(at: int, freshness: Freshness) -> None:
    assert read_status_list(status_list()).freshness(at) is freshness


@pytest.mark.parametrize("earlier", [0, 301, 10 * 365 * 86400])
def test_as_of_a_time_before_it_was_signed_a_list_says_the_same(earlier: int) -> None:
    reading = read_status(read_status_list(status_list()), 1, AT - earlier)
    assert (reading.value, reading.freshness) == (StatusValue.CANCELLED, Freshness.FRESH)


REFUSED: dict[str, bytes] = {
    "another kind of envelope": status_list(content_type="application/licence-notice+cwt"),
    "no issue time": status_list({6: None}),
    "no end": status_list({4: None}),
    "no ttl": status_list({65534: None}),
    "no list": status_list({65533: None}),
    "an unknown claim": status_list({7: b"id"}),
    "an unknown member of the list": status_list({65533: entries(VALUES, aggregation_uri=URI)}),
    "two bits an entry": status_list({65533: entries(VALUES, bits=2)}),
    "a negative ttl": status_list({65534: -1}),
    "a ttl beyond the calendar": status_list({65534: 10**12}),
    "a uri without a list number": status_list({2: "https://yz.example.gov.cn/11210000MB0X123458"}),
    "a list number with a leading zero": status_list({2: "https://yz.example.gov.cn/11210000MB0X123458/00"}),
    "values that are not compressed": status_list({65533: entries(VALUES, lst=VALUES)}),
    "values cut off": status_list({65533: entries(VALUES, lst=zlib.compress(VALUES * 50)[:-3])}),
    "bytes after the values": status_list({65533: entries(VALUES, lst=zlib.compress(VALUES) + b"\x00")}),
    "a bomb of more than 64 MiB": status_list({65533: entries(bytes(64 * 1024 * 1024 + 1))}),
    "values as text": status_list({65533: entries(VALUES, lst="0000")}),
    "bits as text": status_list({65533: entries(VALUES, bits="4")}),
    "a list number of 11 digits": status_list({2: "https://yz.example.gov.cn/11210000MB0X123458/12345678901"}),
    "an issuer in small letters": status_list({2: "https://yz.example.gov.cn/11210000mb0x123458/0"}),
    "an issuer of 33 characters": status_list({2: f"https://yz.example.gov.cn/{'1' * 33}/0"}),
    "a uri of 2,049 characters": status_list({2: URI.rjust(2049, "x")}),
    "a ttl that ends a second after the calendar": status_list({65534: LATEST - AT + 1}),
    "nothing": b"",
}
READ: dict[str, bytes] = {
    "the usual claims": status_list(),
    "nothing before issuer and list number": status_list({2: "1/1234567890"}),
    "an issuer of 32 characters": status_list({2: f"https://yz.example.gov.cn/{'1' * 32}/0"}),
    "a uri of 2,048 characters": status_list({2: URI.rjust(2048, "x")}),
    "a ttl that ends with the calendar": status_list({65534: LATEST - AT}),
    "no values": status_list({65533: entries(b"")}),
}


@pytest.mark.parametrize("name", READ)
def test_a_list_within_the_limits_is_read(name: str) -> None:
    assert read_status_list(READ[name]).issued_at == AT


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        read_status_list(REFUSED[name])


def test_a_list_of_64_mib_is_read() -> None:
    assert len(read_status_list(status_list({65533: entries(bytes(64 * 1024 * 1024))})).values) == 64 * 1024 * 1024
