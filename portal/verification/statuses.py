"""Token Status Lists (spec §6): bytes → StatusList, and what a list says of one licence at a given time.

A list is fresh until `iat + ttl`, ageing until `exp`, stale after; a stale list can condemn but cannot clear.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from portal.verification.dates import is_calendar_time
from portal.verification.envelope import Malformed, Members, Sign1, read_payload, read_sign1

CONTENT_TYPE = "application/statuslist+cwt"
MAX_INFLATED_BYTES = 64 * 1024 * 1024
_URI, _EXP, _IAT, _STATUS_LIST, _TTL = 2, 4, 6, 65533, 65534
_URI_ENDING = re.compile(r"(?:^|/)([0-9A-Z]{1,32})/(0|[1-9][0-9]{0,9})\Z")

ListId: TypeAlias = tuple[str, int]  # the id of an issuer, and the number among its lists


class StatusValue(IntEnum):
    """The 4-bit values of §6; any other value is an unknown status."""

    IN_FORCE = 0x0
    CANCELLED = 0x1
    SUSPENDED = 0x2
    SUPERSEDED = 0x3
    REVOKED = 0xB
    RESCINDED = 0xC
    WITHDRAWN = 0xD
    RENEWING = 0xE
    ENDED = 0xF


# What is never taken back, so that a list which says so counts whatever its age.
FINAL_STATUSES = frozenset(
    (StatusValue.CANCELLED, StatusValue.REVOKED, StatusValue.RESCINDED, StatusValue.WITHDRAWN, StatusValue.ENDED)
)


class Freshness(StrEnum):
    FRESH = "fresh"
    AGEING = "ageing"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list as its issuer signed it; `values` holds two entries a byte, the low half first. Times in seconds, UTC."""

    envelope: Sign1
    issuer_id: str
    list_number: int
    issued_at: int
    expires_at: int
    ttl: int
    values: bytes

    def freshness(self, at: int) -> Freshness:
        if at >= self.expires_at:
            return Freshness.STALE
        return Freshness.FRESH if at < self.issued_at + self.ttl else Freshness.AGEING

    def value_at(self, index: int) -> StatusValue | None:
        """The status of entry `index`; None beyond the list, or for a value outside the table."""
        if index // 2 >= len(self.values):
            return None
        byte = self.values[index // 2]
        return STATUS_VALUES.get(byte >> 4 if index % 2 else byte & 0xF)


STATUS_VALUES: Mapping[int, StatusValue] = MappingProxyType({value.value: value for value in StatusValue})


class StatusReading(NamedTuple):
    """What the issuer's list says of one licence: no value means that it is unknown."""

    value: StatusValue | None
    list_number: int
    issued_at: int
    fresh_until: int
    expires_at: int
    freshness: Freshness


def read_status_list(encoded: bytes) -> StatusList:
    """Read a list; Malformed if it breaks the format. Whose key signed it is the caller's to check."""
    envelope = read_sign1(encoded, CONTENT_TYPE)
    claims = read_payload(envelope, "status list")
    issuer_id, list_number = _read_uri(claims.text(_URI, 2048))
    issued_at, expires_at, ttl = claims.time(_IAT), claims.time(_EXP), claims.unsigned(_TTL)
    if not is_calendar_time(issued_at + ttl):
        raise Malformed("status list: fresh beyond the calendar")
    entries = Members(claims.take(_STATUS_LIST), "status_list")
    if entries.unsigned("bits") != 4:
        raise Malformed("status list: entries have four bits")
    values = _inflate(entries.blob("lst"))
    claims.require_empty()
    entries.require_empty()
    return StatusList(envelope, issuer_id, list_number, issued_at, expires_at, ttl, values)


def _read_uri(uri: str) -> tuple[str, int]:
    match = _URI_ENDING.search(uri)
    if not match:
        raise Malformed("status list: the uri does not end in issuer and list number")
    return match.group(1), int(match.group(2))


def _inflate(compressed: bytes) -> bytes:
    """Inflate within 64 MiB: a list of one megabyte could otherwise fill the memory (zlib expands by up to 1,000)."""
    inflater = zlib.decompressobj()
    try:
        values = inflater.decompress(compressed, MAX_INFLATED_BYTES)
    except zlib.error as error:
        raise Malformed(f"status list: {error}") from error
    if not inflater.eof or inflater.unused_data:
        raise Malformed("status list: cut off, too large, or followed by other bytes")
    return values


def read_status(status_list: StatusList, index: int, at: int) -> StatusReading:
    """What a list says of entry `index`. As of a time before it was signed it says the same, and is fresh (spec §6)."""
    return StatusReading(
        value=status_list.value_at(index),
        list_number=status_list.list_number,
        issued_at=status_list.issued_at,
        fresh_until=status_list.issued_at + status_list.ttl,
        expires_at=status_list.expires_at,
        freshness=status_list.freshness(at),
    )
