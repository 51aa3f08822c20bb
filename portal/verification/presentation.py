"""What a person presents: a text → Credential | TypedNumber | OtherCode | BrokenCode (spec §1). Nothing is fetched.

Reading only: a Credential that comes out of here is still unproven.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from portal.catalogue import numbers
from portal.verification.envelope import MAX_CREDENTIAL_BYTES, Credential, Malformed, read_credential

# A QR code holds at most 4,296 characters, a credential of 768 bytes takes 1,229: longer text is not ours (spec §1).
MAX_TEXT_LENGTH = 2048
# No name has more characters (RFC 1035, 2.3.4). Who compares a host or shows it need not reckon with megabytes.
_LONGEST_HOST = 253


class PresentedCredential(NamedTuple):
    """A well-formed credential; `other_host` names the host of its URL if that is not this portal's."""

    credential: Credential
    other_host: str | None


@dataclass(frozen=True, slots=True)
class BrokenCode:
    """A text that begins like our code and breaks the format."""

    other_host: str | None


@dataclass(frozen=True, slots=True)
class TypedNumber:
    """A text that may be a licence number, as it was typed."""

    text: str


@dataclass(frozen=True, slots=True)
class OtherCode:
    """Any other text; `host` is the host that it names, if it is a web address."""

    text: str
    host: str | None


Presentation: TypeAlias = PresentedCredential | BrokenCode | TypedNumber | OtherCode

# A host is compared and shown, never visited, so its form matters little; what must not pass is a second host hidden
# behind user information, an escape or a backslash.
_CODE_URL = re.compile(r"(https?)://([^\x00-\x20\x7f\s/?#@\\%]+)/v/(.*)", re.IGNORECASE | re.DOTALL)
_URL_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^\s/?#@\\]*@)?([^\s/?#\\]+)")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_DIGITS = "0123456789abcdefghijklmnopqrstuv"
# Letters of the alphabet, in either case, to the digits of base 32; every other byte to one that is no digit.
_DIGIT_OF = dict(zip(_ALPHABET, _DIGITS, strict=True))
_TO_DIGITS = bytes(ord(_DIGIT_OF.get(chr(byte).upper(), "!")) for byte in range(256))
_TOKEN = re.compile(r"[A-Za-z2-7]+")
# Every tagged COSE_Sign1 begins D2 84, which base32 writes as 2KC and one more letter.
_TOKEN_START = "2KC"
_SURELY_A_TOKEN = 64


def parse(text: str, public_url: str) -> Presentation:
    """Say what a text is. `public_url` is this portal's own, such as `https://yz.example.gov.cn`."""
    presented = _parse(text.strip(), public_url)
    if len(text) > MAX_TEXT_LENGTH and isinstance(presented, PresentedCredential):
        return BrokenCode(presented.other_host)
    return presented


def _parse(stripped: str, public_url: str) -> Presentation:
    own_prefix = public_url + "/v/"
    if stripped.startswith(own_prefix):
        return _read_code(stripped[len(own_prefix) :], None)
    match = _CODE_URL.fullmatch(stripped)
    if match:
        return _parse_code_url(stripped, match, public_url)
    if _looks_like_a_token(stripped):
        return _read_code(stripped, None)
    if numbers.could_be_a_number(stripped):
        return TypedNumber(stripped)
    return _other_code(stripped)


def _parse_code_url(text: str, match: re.Match[str], public_url: str) -> Presentation:
    scheme, host, token = match.groups()
    # In ASCII alone: the lower case of a Kelvin sign is our k.
    if host.isascii() and f"{scheme}://{host}".lower() == public_url:
        return _read_code(token, None)
    if scheme.lower() == "https" and _looks_like_a_token(token):
        return _read_code(token, host[:_LONGEST_HOST])
    return _other_code(text)


def _looks_like_a_token(text: str) -> bool:
    return text[:3].upper() == _TOKEN_START or (
        _SURELY_A_TOKEN <= len(text) <= MAX_TEXT_LENGTH and bool(_TOKEN.fullmatch(text))
    )


def _other_code(text: str) -> OtherCode:
    match = _URL_HOST.match(text)
    return OtherCode(text[:MAX_TEXT_LENGTH], match.group(1)[:_LONGEST_HOST] if match else None)


def _read_code(token: str, other_host: str | None) -> PresentedCredential | BrokenCode:
    try:
        return PresentedCredential(read_credential(decode_token(token)), other_host)
    except Malformed:
        return BrokenCode(other_host)


def decode_token(token: str) -> bytes:
    """The bytes of an unpadded base32 token (RFC 4648 §6), in either case; Malformed unless written in the one way.

    By way of one integer: measured 25 times faster than the standard library's decoder and encoder together, and
    canonical by construction, since the spare low bits must be zero.
    """
    length, spare = divmod(len(token) * 5, 8)
    if spare >= 5 or not 0 < length <= MAX_CREDENTIAL_BYTES:
        raise Malformed("the token has an impossible length")
    try:
        value = int(token.encode("ascii").translate(_TO_DIGITS), 32)
    except ValueError as error:
        raise Malformed("the token has a character outside the alphabet") from error
    if value & ((1 << spare) - 1):
        raise Malformed("the token has bits left over")
    return (value >> spare).to_bytes(length, "big")


def encode_token(encoded: bytes) -> str:
    """The token of an envelope's bytes: base32 in capitals, without padding."""
    return base64.b32encode(encoded).decode("ascii").rstrip("=")
