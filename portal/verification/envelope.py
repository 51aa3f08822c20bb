"""Signed bytes → Credential (spec §2 and §3). Reading only: nothing here says that a signature holds.

Every envelope is a tagged COSE_Sign1 in deterministic CBOR; the bytes that were signed are kept as they came.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import NamedTuple

from portal.verification import strict_cbor
from portal.verification.algorithms import BY_COSE_ID, KEY_ID_LENGTH, SIGNATURE_LENGTH, Algorithm
from portal.verification.dates import EARLIEST, LATEST

MAX_CREDENTIAL_BYTES = 768
DIGEST_LENGTH = 32
_TAG_18_ARRAY_OF_4 = b"\xd2\x84"
_EMPTY_MAP, _EMPTY_BYTES, _64_BYTES = b"\xa0", b"\x40", b"\x58\x40"
_LENGTH_WIDTHS = {0x58: 1, 0x59: 2, 0x5A: 4}
_SIG_STRUCTURE = b"\x84\x6aSignature1"
_ALG, _KID, _CONTENT_TYPE = 1, 4, 16
_SUB, _EXP, _NBF, _IAT, _LICENCE = 2, 4, 5, 6, -65537


class Malformed(ValueError):
    """The bytes break the format; the message says where, for a log or an operator."""


class Sign1(NamedTuple):  # made in a third of the time of a frozen dataclass; a tenth of a token's reading
    """A COSE_Sign1 (RFC 9052 §4.2) as read: `signed_bytes` is its Sig_structure, `key_id` an unauthenticated hint."""

    algorithm: Algorithm
    key_id: bytes
    payload: bytes
    signature: bytes
    signed_bytes: bytes
    encoded: bytes


class Credential(NamedTuple):
    """The claims of a licence credential, unproven until its signature holds. Times are seconds since 1970, UTC."""

    envelope: Sign1
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

    @property
    def credential_id(self) -> bytes:
        """What identifies the document: the SHA-256 of its payload, never of its text or signature (spec §2)."""
        return hashlib.sha256(self.envelope.payload).digest()


def read_sign1(encoded: bytes, content_type: str | None = None) -> Sign1:
    """Read an envelope whose protected header is `{1: alg, 4: kid}`, with `16: content_type` if one is named.

    The outer array has one deterministic encoding, so it is compared byte by byte rather than decoded.
    """
    if encoded[:2] != _TAG_18_ARRAY_OF_4:
        raise Malformed("no COSE_Sign1: a tagged array of four")
    protected_start, protected_end = _byte_string(encoded, 2)
    if encoded[protected_end : protected_end + 1] != _EMPTY_MAP:
        raise Malformed("the unprotected header is not empty")
    payload_start, payload_end = _byte_string(encoded, protected_end + 1)
    signature = encoded[payload_end + 2 :]
    if encoded[payload_end : payload_end + 2] != _64_BYTES or len(signature) != SIGNATURE_LENGTH:
        raise Malformed("a signature has 64 bytes, and nothing follows it")
    algorithm, kid = _read_protected(encoded[protected_start:protected_end], content_type)
    # ["Signature1", protected, external_aad = h'', payload] (RFC 9052 §4.4), from the bytes as they were received.
    signed_bytes = b"".join(
        (_SIG_STRUCTURE, encoded[2:protected_end], _EMPTY_BYTES, encoded[protected_end + 1 : payload_end])
    )
    return Sign1(algorithm, kid, encoded[payload_start:payload_end], signature, signed_bytes, encoded)


def _byte_string(data: bytes, position: int) -> tuple[int, int]:
    """Where the content of the byte string at `position` begins and ends; its length must be written the short way."""
    head = data[position] if position < len(data) else 0
    width = _LENGTH_WIDTHS.get(head, 0)
    start = position + 1 + width
    length = int.from_bytes(data[position + 1 : start], "big") if width else head - 0x40
    shortest = (0, 24, 256, 0, 65536)[width]
    if not (width or 0x40 <= head <= 0x57) or length < shortest or start + length > len(data):
        raise Malformed("envelope: not a byte string in its shortest form, or cut off")
    return start, start + length


@lru_cache(maxsize=1024)
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


def read_credential(encoded: bytes) -> Credential:
    """Read a licence credential; Malformed if it breaks the format anywhere."""
    if len(encoded) > MAX_CREDENTIAL_BYTES:
        raise Malformed(f"more than {MAX_CREDENTIAL_BYTES} bytes")
    envelope = read_sign1(encoded)
    claims = _decode(envelope.payload, "claims")
    licence = claims.pop(_LICENCE, None) if type(claims) is dict else None
    if type(claims) is not dict or type(licence) is not dict:
        raise Malformed("claims: no map, or no licence in it")
    take, take_of_licence = claims.pop, licence.pop
    # None stands for a member that is missing: the format has no null.
    credential = Credential(
        envelope=envelope,
        number=_text(take(_SUB, None), 1, 64, "claims: sub"),
        expires_at=_optional_time(take(_EXP, None), "claims: exp"),
        not_before=_time(take(_NBF, None), "claims: nbf"),
        issued_at=_time(take(_IAT, None), "claims: iat"),
        type_code=_unsigned(take_of_licence(1, None), 0, "claims: type"),
        holder=_text(take_of_licence(2, None), 1, 200, "claims: holder"),
        uscc=_optional_text(take_of_licence(3, None), 18, 18, "claims: uscc"),
        version=_unsigned(take_of_licence(4, None), 1, "claims: version"),
        address=_optional_text(take_of_licence(5, None), 1, 300, "claims: address"),
        face_digest=_digest(take_of_licence(6, None), "claims: face"),
        status_index=_unsigned(take_of_licence(7, None), 0, "claims: status_index"),
        status_list=_unsigned(take_of_licence(8, 0), 0, "claims: status_list"),
    )
    if claims or licence:
        raise Malformed(f"claims: unknown members {sorted(map(str, (*claims, *licence)))[:3]}")
    return credential


def _text(value: object, shortest: int, longest: int, name: str) -> str:
    if type(value) is not str or not shortest <= len(value) <= longest:
        raise Malformed(f"{name} is missing, or no text of {shortest} to {longest} characters")
    return value


def _optional_text(value: object, shortest: int, longest: int, name: str) -> str | None:
    return None if value is None else _text(value, shortest, longest, name)


def _unsigned(value: object, least: int, name: str) -> int:
    if type(value) is not int or value < least:
        raise Malformed(f"{name} is missing, or no whole number of at least {least}")
    return value


def _time(value: object, name: str) -> int:
    # A time outside the calendar has no date that a page could show.
    if type(value) is not int or not EARLIEST <= value <= LATEST:
        raise Malformed(f"{name} is missing, or no time within the calendar")
    return value


def _optional_time(value: object, name: str) -> int | None:
    return None if value is None else _time(value, name)


def _digest(value: object, name: str) -> bytes:
    if type(value) is not bytes or len(value) != DIGEST_LENGTH:
        raise Malformed(f"{name} is missing, or no SHA-256 digest")
    return value


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
        return self._left.pop(key, None)

    def text(self, key: int | str, longest: int) -> str:
        return _text(self.take(key), 1, longest, f"{self._name}: {key}")

    def optional_text(self, key: int | str, longest: int) -> str | None:
        return _optional_text(self.take(key), 1, longest, f"{self._name}: {key}")

    def unsigned(self, key: int | str, least: int = 0) -> int:
        return _unsigned(self.take(key), least, f"{self._name}: {key}")

    def integer(self, key: int | str) -> int:
        value = self.take(key)
        if type(value) is not int:
            raise Malformed(f"{self._name}: {key} is no integer")
        return value

    def time(self, key: int | str) -> int:
        return _time(self.take(key), f"{self._name}: {key}")

    def digest(self, key: int | str) -> bytes:
        return _digest(self.take(key), f"{self._name}: {key}")

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
