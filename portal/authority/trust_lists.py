"""Root and trust list (spec §5) as the root's holders make them; each may sign apart, and signatures are joined.

Nothing is handed out that the portal's own reader would not accept under the root.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.authority.signing_keys import SigningKey
from portal.verification import strict_json
from portal.verification.dates import format_timestamp
from portal.verification.trust import KeyState, Root, TrustListRefused, Use, read_root

_FOREVER_OPEN = ("*",)


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """An issuer's public key as a trust list shows it. Times are seconds since 1970, UTC."""

    algorithm_name: str
    key_id: bytes
    spki: bytes
    uses: Sequence[Use]
    not_before: int
    not_after: int
    types: Sequence[str] = _FOREVER_OPEN
    state: KeyState = KeyState.ACTIVE
    since: int | None = None

    def entry(self) -> dict[str, object]:
        return {
            **_public(self.algorithm_name, self.key_id, self.spki),
            "use": [use.value for use in self.uses],
            "types": list(self.types),
            "not_before": format_timestamp(self.not_before),
            "not_after": format_timestamp(self.not_after),
            "state": self.state.value,
            "since": format_timestamp(self.not_before if self.since is None else self.since),
        }


@dataclass(frozen=True, slots=True)
class PublishedIssuer:
    """An authority as a trust list shows it."""

    id: str
    name_zh: str
    name_en: str
    region: str
    provinces: Sequence[str]
    portal: str
    keys: Sequence[PublishedKey]

    def entry(self) -> dict[str, object]:
        return {
            "id": self.id,
            "name": {"zh": self.name_zh, "en": self.name_en},
            "region": self.region,
            "provinces": list(self.provinces),
            "portal": self.portal,
            "keys": [key.entry() for key in self.keys],
        }


def make_root(threshold: int, keys: Iterable[SigningKey]) -> bytes:
    """root.json; TrustListRefused where the threshold cannot be met."""
    entries = [_public(key.algorithm.name, key.key_id, key.spki) for key in keys]
    document = _json({"threshold": threshold, "keys": entries})
    read_root(document)
    return document


def make_trust_list(version: int, issued_at: int, expires_at: int, issuers: Iterable[PublishedIssuer]) -> bytes:
    """trust-list.json, still unsigned."""
    times = {"issued_at": format_timestamp(issued_at), "expires_at": format_timestamp(expires_at)}
    return _json({"version": version, **times, "issuers": [issuer.entry() for issuer in issuers]})


def sign_trust_list(document: bytes, root_keys: Iterable[SigningKey], signed_before: bytes | None = None) -> bytes:
    """trust-list.json.sig: the signatures of these keys, joined to those in `signed_before` that still hold."""
    signatures = {key.key_id.hex(): base64.b64encode(key.sign(document)).decode("ascii") for key in root_keys}
    return _signature_file({**_signatures(signed_before), **signatures} if signed_before else signatures)


def without_foreign_signatures(document: bytes, signatures: bytes, root: Root) -> bytes:
    """The same signature file with only those signatures that a key of `root` made over `document`."""
    keys = {key.key_id.hex(): key.public_key for key in root.keys}
    held = {
        kid: signature
        for kid, signature in _signatures(signatures).items()
        if kid in keys and keys[kid].verify(base64.b64decode(signature), document)
    }
    return _signature_file(held)


def _signatures(file: bytes) -> dict[str, str]:
    try:
        entries = strict_json.parse(file, "trust-list.json.sig").objects("signatures")
        return {entry.text("kid"): base64.b64encode(entry.base64("sig")).decode("ascii") for entry in entries}
    except strict_json.Unexpected as error:
        raise TrustListRefused(str(error)) from error


def _signature_file(signatures: Mapping[str, str]) -> bytes:
    return _json({"signatures": [{"kid": kid, "sig": signature} for kid, signature in signatures.items()]})


def _public(algorithm_name: str, key_id: bytes, spki: bytes) -> dict[str, object]:
    return {"kid": key_id.hex(), "alg": algorithm_name, "spki": base64.b64encode(spki).decode("ascii")}


def _json(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
