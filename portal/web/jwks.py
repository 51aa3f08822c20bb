"""The published keys as a JSON Web Key Set (RFC 7517), for programs that want one. Derived: nobody signed it. Pure.

It has the keys that may be relied on: not those of SM2, for which no JWK is registered, nor compromised ones, whose
rule a JWK cannot say. `nbf` and `exp` are the term, which for a retired key ended when it retired.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from portal.verification.trust import Issuer, IssuerKey, KeyState, TrustList

CONTENT_TYPE = "application/jwk-set+json"


def key_set(trust_list: TrustList) -> bytes:
    keys = [
        {**_PARAMETERS[key.algorithm.name](key.spki), **_about(issuer, key)}
        for issuer, key in trust_list.keys.values()
        if key.algorithm.name in _PARAMETERS and key.state is not KeyState.COMPROMISED
    ]
    return json.dumps({"keys": keys}, indent=1).encode() + b"\n"


def _about(issuer: Issuer, key: IssuerKey) -> dict[str, object]:
    return {
        "kid": key.key_id.hex(),
        "use": "sig",
        "key_ops": ["verify"],
        "iss": issuer.id,
        "nbf": key.not_before,
        "exp": key.end_of_term,
    }


def _p256(spki: bytes) -> dict[str, str]:
    # The point ends the SubjectPublicKeyInfo, uncompressed: 0x04, x and y (RFC 5480).
    return {"kty": "EC", "crv": "P-256", "alg": "ES256", "x": _base64url(spki[-64:-32]), "y": _base64url(spki[-32:])}


def _ed25519(spki: bytes) -> dict[str, str]:
    return {"kty": "OKP", "crv": "Ed25519", "alg": "Ed25519", "x": _base64url(spki[-32:])}


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode("ascii").rstrip("=")


_PARAMETERS: Mapping[str, Callable[[bytes], dict[str, str]]] = MappingProxyType({"ESP256": _p256, "Ed25519": _ed25519})
