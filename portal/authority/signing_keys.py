"""Private keys: made, kept in files of mode 600, and used. Every signature is verified before it is handed out.

A key never overwrites another, and never goes into a folder named `keys`, where the portal's public keys are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from portal.authority import sm2_signing
from portal.verification.algorithms import BY_NAME, Algorithm, PublicKey, key_id

_ECDSA_SHA256 = ec.ECDSA(SHA256())


class KeyRefused(ValueError):
    """A key cannot be read, kept or used; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its row of the algorithm table. Nothing of it shows in a repr or a log."""

    algorithm: Algorithm
    spki: bytes
    public_key: PublicKey = field(repr=False)
    _pem: bytes = field(repr=False)
    _sign: Callable[[bytes], bytes] = field(repr=False)

    @classmethod
    def generate(cls, algorithm_name: str) -> SigningKey:
        """A new key; `algorithm_name` is ESP256, Ed25519 or SM2-SM3."""
        if algorithm_name not in _GENERATE:
            raise KeyRefused(f"no such algorithm: {algorithm_name}; there are {', '.join(_GENERATE)}")
        return cls.from_pem(_GENERATE[algorithm_name]())

    @classmethod
    def from_pem(cls, pem: bytes) -> SigningKey:
        """Read an unencrypted PKCS #8 key in PEM, whose algorithm follows from the key itself."""
        name, spki, sign = _open(pem)
        algorithm = BY_NAME[name]
        return cls(algorithm, spki, algorithm.load(spki), pem, sign)

    @classmethod
    def load(cls, path: Path) -> SigningKey:
        try:
            return cls.from_pem(path.read_bytes())
        except KeyRefused as error:
            raise KeyRefused(f"{path}: {error}") from error

    @property
    def key_id(self) -> bytes:
        return key_id(self.spki)

    def sign(self, message: bytes) -> bytes:
        """The signature of `message`: 64 bytes."""
        signature = self._sign(message)
        # A faulty signature can give the private key away, and an invalid one must not end up on a wall.
        if not self.public_key.verify(signature, message):
            raise KeyRefused(f"key {self.key_id.hex()} made a signature that does not hold")
        return signature

    def save(self, path: Path, public_folder: Path | None = None) -> None:
        """Write a new file of mode 600; KeyRefused if it lies in `public_folder` or a folder named keys."""
        folder = path.resolve().parent
        published = public_folder.resolve() if public_folder else None
        if "keys" in folder.parts or (published and folder.is_relative_to(published)):
            raise KeyRefused(f"{path}: private keys may not lie in a folder of published keys")
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(self._pem)
        except OSError as error:
            path.unlink()  # a part of a key would only be in the way of a whole one
            error.filename = str(path)
            raise


_Opened = tuple[str, bytes, Callable[[bytes], bytes]]


def _open(pem: bytes) -> _Opened:
    """Algorithm name, SubjectPublicKeyInfo and signing function of a private key."""
    try:
        key = load_pem_private_key(pem, password=None)
    except UnsupportedAlgorithm:
        return _open_sm2(pem)
    except (ValueError, TypeError) as error:
        raise KeyRefused(f"not a private key in PEM without a password: {error}") from error
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return "Ed25519", _spki(key.public_key()), key.sign
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1):
        return "ESP256", _spki(key.public_key()), lambda message: _raw(key.sign(message, _ECDSA_SHA256))
    raise KeyRefused("a key of none of the three algorithms")


def _open_sm2(pem: bytes) -> _Opened:
    """`cryptography` has no SM2: what it does not support is an SM2 key, or none of ours."""
    spki = sm2_signing.public_spki(pem)
    try:
        BY_NAME["SM2-SM3"].load(spki)
    except ValueError as error:
        raise KeyRefused("a key of none of the three algorithms") from error
    return "SM2-SM3", spki, lambda message: _raw(sm2_signing.sign(pem, message))


def _raw(der: bytes) -> bytes:
    """A signature in DER as r‖s, 64 bytes."""
    r, s = decode_dss_signature(der)
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def _spki(key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _pem(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


_GENERATE: Mapping[str, Callable[[], bytes]] = MappingProxyType(
    {
        "ESP256": lambda: _pem(ec.generate_private_key(ec.SECP256R1())),
        "Ed25519": lambda: _pem(ed25519.Ed25519PrivateKey.generate()),
        "SM2-SM3": sm2_signing.generate,
    }
)
