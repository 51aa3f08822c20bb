"""The frozen table of signature algorithms (spec §2). A published key's record chooses the row; a message never does.

Every row loads a SubjectPublicKeyInfo strictly (ValueError otherwise) and verifies raw 64-byte signatures; `verify`
is total: any bytes give True or False.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from portal.verification import sm2

SIGNATURE_LENGTH = 64
KEY_ID_LENGTH = 8


class PublicKey(Protocol):
    def verify(self, signature: bytes, message: bytes) -> bool: ...


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A row: its name in a trust list, its COSE identifier (RFC 9864; SM2-SM3 is private use), how a key is loaded."""

    name: str
    cose_id: int
    load: Callable[[bytes], PublicKey]


@dataclass(frozen=True, slots=True)
class _P256Key:
    key: ec.EllipticCurvePublicKey

    def verify(self, signature: bytes, message: bytes) -> bool:
        if len(signature) != SIGNATURE_LENGTH:
            return False
        der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
        try:
            self.key.verify(der, message, _ECDSA_SHA256)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class _Ed25519Key:
    key: ed25519.Ed25519PublicKey

    def verify(self, signature: bytes, message: bytes) -> bool:
        try:
            self.key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


_ECDSA_SHA256 = ec.ECDSA(SHA256())


def _load_p256(spki: bytes) -> PublicKey:
    key = _load_spki(spki)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")
    return _P256Key(key)


def _load_ed25519(spki: bytes) -> PublicKey:
    key = _load_spki(spki)
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return _Ed25519Key(key)


def _load_spki(spki: bytes) -> PublicKeyTypes:
    try:
        key = load_der_public_key(spki)
    except UnsupportedAlgorithm as error:
        raise ValueError("not a key of a supported curve") from error
    # One key has one key id: a second encoding of the same key (a compressed point) would have another.
    if key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) != spki:
        raise ValueError("not the standard encoding of the key")
    return key


_TABLE = (
    Algorithm("ESP256", -9, _load_p256),
    Algorithm("Ed25519", -19, _load_ed25519),
    Algorithm("SM2-SM3", -65537, sm2.PublicKey.from_spki),
)
BY_NAME: Mapping[str, Algorithm] = MappingProxyType({algorithm.name: algorithm for algorithm in _TABLE})
BY_COSE_ID: Mapping[int, Algorithm] = MappingProxyType({algorithm.cose_id: algorithm for algorithm in _TABLE})


def key_id(spki: bytes) -> bytes:
    """The first 8 bytes of SHA-256 over the SubjectPublicKeyInfo (spec §2): a hint until a signature holds."""
    return hashlib.sha256(spki).digest()[:KEY_ID_LENGTH]
