"""Signed bytes → Credential (spec §2 and §3). Reading only: nothing here says that a signature holds.

Every envelope is a tagged COSE_Sign1 in deterministic CBOR; the bytes that were signed are kept as they came.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import cbor2

from portal.verification import strict_cbor
from portal.verification.algorithms import BY_COSE_ID, KEY_ID_LENGTH, SIGNATURE_LENGTH, Algorithm
from portal.verification.dates import is_calendar_time

MAX_CREDENTIAL_BYTES = 768
_ALG, _KID, _CONTENT_TYPE = 1, 4, 16
_SUB, _EXP, _NBF, _IAT, _LICENCE = 2, 4, 5, 6, -65537


class Malformed(ValueError):
    """The bytes break the format; the message says where, for a log or an operator."""


@dataclass(frozen=True, slots=True)
class Sign1:
    """A COSE_Sign1 (RFC 9052 §4.2) as read: `signed_bytes` is its Sig_structure, `key_id` an unauthenticated hint."""

    algorithm: Algorithm
    key_id: bytes
    payload: bytes
    signature: bytes
    signed_bytes: bytes
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Credential:
    """The claims of a licence credential, unproven until its signature holds. Times are seconds since 1970, UTC."""

    envelope: Sign1
    credential_id: bytes
    number: str
    not_before: int
    issued_at: int
    expires_at: int | None
    type_code: int
    holder: str
    uscc: str | None
    version: int
    address: str | None
    face_digest: bytes
    status_index: int
    status_list: int


def read_sign1(encoded: bytes, content_type: str | None = None) -> Sign1:
    """Read an envelope whose protected header is `{1: alg, 4: kid}`, with `16: content_type` if one is named."""
    outer = _decode(encoded, "envelope")
    if not isinstance(outer, cbor2.CBORTag) or outer.tag != 18:
        raise Malformed("no COSE_Sign1 tag")
    parts = outer.value
    if not isinstance(parts, list) or len(parts) != 4:
        raise Malformed("a COSE_Sign1 has four parts")
    protected, unprotected, payload, signature = parts
    if type(protected) is not bytes or type(payload) is not bytes or type(signature) is not bytes:
        raise Malformed("protected header, payload and signature are byte strings")
    if unprotected != {} or type(unprotected) is not dict:
        raise Malformed("the unprotected header is not empty")
    if len(signature) != SIGNATURE_LENGTH:
        raise Malformed("a signature has 64 bytes")
    algorithm, kid = _read_protected(protected, content_type)
    return Sign1(algorithm, kid, payload, signature, sig_structure(protected, payload), encoded)


def _read_protected(protected: bytes, content_type: str | None) -> tuple[Algorithm, bytes]:
    header = _decode(protected, "protected header")
    keys = {_ALG, _KID} if content_type is None else {_ALG, _KID, _CONTENT_TYPE}
    if not isinstance(header, dict) or header.keys() != keys or header.get(_CONTENT_TYPE) != content_type:
        raise Malformed("the protected header has other members than it should")
    cose_id, kid = header[_ALG], header[_KID]
    algorithm = BY_COSE_ID.get(cose_id) if type(cose_id) is int else None
    if algorithm is None:
        raise Malformed("an algorithm outside the table")
    if type(kid) is not bytes or len(kid) != KEY_ID_LENGTH:
        raise Malformed("a key id has 8 bytes")
    return algorithm, kid


def sig_structure(protected: bytes, payload: bytes) -> bytes:
    """["Signature1", protected, external_aad = h'', payload] in CBOR (RFC 9052 §4.4)."""
    return (
        b"\x84\x6aSignature1"
        + _byte_string_head(len(protected))
        + protected
        + b"\x40"
        + (_byte_string_head(len(payload)) + payload)
    )


def _byte_string_head(length: int) -> bytes:
    if length < 24:
        return bytes([0x40 + length])
    if length < 1 << 8:
        return bytes([0x58, length])
    if length < 1 << 16:
        return b"\x59" + length.to_bytes(2, "big")
    return b"\x5a" + length.to_bytes(4, "big")


def read_credential(encoded: bytes) -> Credential:
    """Read a licence credential; Malformed if it breaks the format anywhere."""
    if len(encoded) > MAX_CREDENTIAL_BYTES:
        raise Malformed(f"more than {MAX_CREDENTIAL_BYTES} bytes")
    envelope = read_sign1(encoded)
    claims = Members(_decode(envelope.payload, "claims"), "claims")
    licence = Members(claims.take(_LICENCE), "licence")
    credential = Credential(
        envelope=envelope,
        credential_id=hashlib.sha256(envelope.payload).digest(),
        number=claims.text(_SUB, 64),
        expires_at=claims.optional_time(_EXP),
        not_before=claims.time(_NBF),
        issued_at=claims.time(_IAT),
        type_code=licence.unsigned(1),
        holder=licence.text(2, 200),
        uscc=licence.optional_text(3, 18, shortest=18),
        version=licence.unsigned(4, least=1),
        address=licence.optional_text(5, 300),
        face_digest=licence.digest(6),
        status_index=licence.unsigned(7),
        status_list=licence.unsigned(8) if licence.has(8) else 0,
    )
    claims.require_empty()
    licence.require_empty()
    return credential


class Members:
    """The members of a map, taken one by one; what is left over at the end is refused (unknown keys, spec §3)."""

    __slots__ = ("_left", "_name")

    def __init__(self, value: object, name: str) -> None:
        if type(value) is not dict:
            raise Malformed(f"{name}: not a map")
        self._left = dict(value)
        self._name = name

    def has(self, key: int | str) -> bool:
        return key in self._left

    def take(self, key: int | str) -> object:
        if key not in self._left:
            raise Malformed(f"{self._name}: {key} is missing")
        return self._left.pop(key)

    def text(self, key: int | str, longest: int, shortest: int = 1) -> str:
        value = self.take(key)
        if type(value) is not str or not shortest <= len(value) <= longest:
            raise Malformed(f"{self._name}: {key} is no text of {shortest} to {longest} characters")
        return value

    def optional_text(self, key: int | str, longest: int, shortest: int = 1) -> str | None:
        return self.text(key, longest, shortest) if key in self._left else None

    def unsigned(self, key: int | str, least: int = 0) -> int:
        value = self.take(key)
        if type(value) is not int or value < least:
            raise Malformed(f"{self._name}: {key} is no whole number of at least {least}")
        return value

    def integer(self, key: int | str) -> int:
        value = self.take(key)
        if type(value) is not int:
            raise Malformed(f"{self._name}: {key} is no integer")
        return value

    def time(self, key: int | str) -> int:
        seconds = self.integer(key)
        # A time outside the calendar has no date that a page could show.
        if not is_calendar_time(seconds):
            raise Malformed(f"{self._name}: {key} is outside the calendar")
        return seconds

    def optional_time(self, key: int | str) -> int | None:
        return self.time(key) if key in self._left else None

    def digest(self, key: int | str) -> bytes:
        value = self.take(key)
        if type(value) is not bytes or len(value) != 32:
            raise Malformed(f"{self._name}: {key} is no SHA-256 digest")
        return value

    def blob(self, key: int | str) -> bytes:
        value = self.take(key)
        if type(value) is not bytes:
            raise Malformed(f"{self._name}: {key} is no byte string")
        return value

    def require_empty(self) -> None:
        if self._left:
            raise Malformed(f"{self._name}: unknown members {sorted(map(str, self._left))[:3]}")


def read_payload(envelope: Sign1, name: str) -> Members:
    """The claims of a status list, notice or manifest."""
    return Members(_decode(envelope.payload, name), name)


def _decode(data: bytes, name: str) -> strict_cbor.Value:
    try:
        return strict_cbor.decode(data)
    except strict_cbor.NotDeterministic as error:
        raise Malformed(f"{name}: {error}") from error
