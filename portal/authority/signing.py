"""What an authority signs (spec §2, §3, §6, §7): credentials, status lists and notices, as COSE_Sign1.

Whatever is made is read back by the portal's own strict readers before it is handed out; what they refuse is
Unsignable.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import cbor2

from portal.authority.signing_keys import SigningKey
from portal.verification import notice as notices
from portal.verification import statuses, strict_cbor
from portal.verification.envelope import Malformed, read_credential
from portal.verification.notice import NoticeKind
from portal.verification.statuses import StatusValue
from portal.verification.strict_cbor import Map, Value

_EPOCH = date(1970, 1, 1)
_Read = TypeVar("_Read")


class Unsignable(ValueError):
    """What was to be signed breaks a rule of the format; the message names it, in one line."""


@dataclass(frozen=True, slots=True)
class LicenceClaims:
    """The claims of a credential (spec §3). Times are seconds since 1970, UTC."""

    number: str
    type_code: int
    holder: str
    version: int
    not_before: int
    issued_at: int
    face_digest: bytes
    status_index: int
    expires_at: int | None = None
    uscc: str | None = None
    address: str | None = None
    status_list: int = 0


@dataclass(frozen=True, slots=True)
class NoticeClaims:
    """The claims of a status notice (spec §7): which version of which licence it is about, and what changed when."""

    number: str
    type_code: int
    version: int
    status: StatusValue
    effective: date
    issued_at: int
    decision_number: str | None = None
    reason: str | None = None
    published_until: date | None = None
    kind: NoticeKind | None = None
    successor_number: str | None = None


def sign_credential(key: SigningKey, claims: LicenceClaims) -> bytes:
    licence: Mapping[int, Value | None] = {
        1: claims.type_code,
        2: claims.holder,
        3: claims.uscc,
        4: claims.version,
        5: claims.address,
        6: claims.face_digest,
        7: claims.status_index,
        8: claims.status_list or None,
    }
    payload: Mapping[int, Value | None] = {
        2: claims.number,
        4: claims.expires_at,
        5: claims.not_before,
        6: claims.issued_at,
        -65537: _present(licence),
    }
    return _read_back(sign1(key, _present(payload)), read_credential)


def sign_notice(key: SigningKey, claims: NoticeClaims) -> bytes:
    until = claims.published_until
    details: Mapping[int, Value | None] = {
        1: claims.type_code,
        2: claims.version,
        3: claims.status.value,
        4: (claims.effective - _EPOCH).days,
        5: claims.decision_number,
        6: claims.reason,
        7: (until - _EPOCH).days if until else None,
        8: claims.kind.value if claims.kind else None,
        9: claims.successor_number,
    }
    payload: Map = {2: claims.number, 6: claims.issued_at, -65538: _present(details)}
    return _read_back(sign1(key, payload, notices.CONTENT_TYPE), notices.read_notice)


def sign_status_list(
    key: SigningKey, uri: str, values: Sequence[int], *, issued_at: int, ttl: int, expires_at: int
) -> bytes:
    """A status list; `values` has one value for each index (any sequence of 0 to 15, so bytes serve a large list)."""
    body: Value = {"bits": 4, "lst": zlib.compress(pack_statuses(values), 9)}
    payload: Map = {2: uri, 4: expires_at, 6: issued_at, 65534: ttl, 65533: body}
    return _read_back(sign1(key, payload, statuses.CONTENT_TYPE), statuses.read_status_list)


def status_list_uri(portal_url: str, issuer_id: str, list_number: int = 0) -> str:
    return f"{portal_url}/statuslists/{issuer_id}/{list_number}"


def pack_statuses(values: Sequence[int]) -> bytes:
    """Two entries a byte, the low half first (spec §6)."""
    if any(not 0 <= value <= 0xF for value in values):
        raise Unsignable("a status value has four bits")
    low, high = values[::2], [*values[1::2], *([0] * (len(values) % 2))]
    return bytes(a | b << 4 for a, b in zip(low, high, strict=True))


def sign1(key: SigningKey, claims: Map, content_type: str | None = None) -> bytes:
    """A COSE_Sign1 over any claims, whether or not they make sense."""
    header: Map = {1: key.algorithm.cose_id, 4: key.key_id}
    if content_type is not None:
        header[16] = content_type
    try:
        return sign_bytes(key, strict_cbor.encode(header), strict_cbor.encode(claims))
    except strict_cbor.NotDeterministic as error:
        raise Unsignable(str(error)) from error


def sign_bytes(key: SigningKey, protected: bytes, payload: bytes) -> bytes:
    """A COSE_Sign1 over exactly these bytes, whatever they are."""
    signature = key.sign(cbor2.dumps(["Signature1", protected, b"", payload]))
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))


def _present(members: Mapping[int, Value | None]) -> Map:
    return {key: value for key, value in members.items() if value is not None}


def _read_back(encoded: bytes, read: Callable[[bytes], _Read]) -> bytes:
    try:
        read(encoded)
    except Malformed as error:
        raise Unsignable(str(error)) from error
    return encoded
