"""What a forger makes of a genuine code, and what a careless authority or a broken printer would."""

from __future__ import annotations

from collections.abc import Callable

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec

from portal.authority.signing import sign_bytes
from portal.authority.signing_keys import SigningKey
from portal.verification.presentation import encode_token
from portal.verification.strict_cbor import encode
from tests.world import PUBLIC_URL

P256_ORDER = ec.SECP256R1().group_order
Claims = dict[int, object]


def text_of(encoded: bytes) -> str:
    return f"{PUBLIC_URL}/v/{encode_token(encoded)}"


def with_bit_flipped(encoded: bytes, bit: int) -> bytes:
    changed = bytearray(encoded)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def with_claims_changed(encoded: bytes, change: Callable[[Claims], object]) -> bytes:
    """Other claims under the old signature; `change` may work on the claims in place."""
    protected, payload, signature = _parts(encoded)
    claims: Claims = cbor2.loads(payload)
    change(claims)
    return _envelope(protected, encode(claims), signature)


def with_forged_signature(encoded: bytes, forger: SigningKey) -> bytes:
    """The same header and claims, signed by another key than the header names."""
    protected, payload, _ = _parts(encoded)
    return sign_bytes(forger, protected, payload)


def with_payload(key: SigningKey, payload: bytes) -> bytes:
    """Any bytes as claims, truly signed."""
    return sign_bytes(key, encode({1: key.algorithm.cose_id, 4: key.key_id}), payload)


def payload_of(encoded: bytes) -> bytes:
    return _parts(encoded)[1]


def with_twin_signature(encoded: bytes) -> bytes:
    """The second valid form of an ECDSA signature, (r, n - s): another text of the same document."""
    protected, payload, signature = _parts(encoded)
    twin = P256_ORDER - int.from_bytes(signature[32:], "big")
    return _envelope(protected, payload, signature[:32] + twin.to_bytes(32, "big"))


def _envelope(protected: bytes, payload: bytes, signature: bytes) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature]))


def _parts(encoded: bytes) -> tuple[bytes, bytes, bytes]:
    protected, _, payload, signature = cbor2.loads(encoded).value
    return protected, payload, signature
