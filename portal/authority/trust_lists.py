"""Root and trust list (spec §5) as the root's holders make them: each may sign alone, and signatures are joined."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from portal.authority.signing_keys import SigningKey
from portal.verification import strict_json
from portal.verification.dates import format_timestamp
from portal.verification.trust import KeyState, Root, TrustListRefused, Use, read_root


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """An issuer's public key as a trust list shows it. Times are seconds since 1970, UTC."""

    algorithm_name: str
    key_id: bytes
    spki: bytes
    uses: Sequence[Use]
    not_before: int
    not_after: int
    types: Sequence[str] = ("*",)
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
    """root.json; TrustListRefused if the threshold cannot be met."""
    return make_root_of(threshold, [public_entry(key) for key in keys])


def make_root_of(threshold: int, entries: Iterable[Mapping[str, object]]) -> bytes:
    """root.json from public entries, so that the private root keys never meet in one place."""
    keys = [{member: entry.get(member) for member in ("kid", "alg", "spki")} for entry in entries]
    document = json_document({"threshold": threshold, "keys": keys})
    read_root(document)
    return document


def public_entry(key: SigningKey) -> dict[str, object]:
    """What root.json says of a key."""
    return _public(key.algorithm.name, key.key_id, key.spki)


def make_trust_list(version: int, issued_at: int, expires_at: int, issuers: Iterable[PublishedIssuer]) -> bytes:
    """trust-list.json, still unsigned."""
    times = {"issued_at": format_timestamp(issued_at), "expires_at": format_timestamp(expires_at)}
    return json_document({"version": version, **times, "issuers": [issuer.entry() for issuer in issuers]})


def sign_trust_list(document: bytes, root_keys: Iterable[SigningKey]) -> bytes:
    """trust-list.json.sig or root.json.sig: the signatures of these keys over the exact bytes of the document."""
    return _signature_file(
        {key.key_id.hex(): base64.b64encode(key.sign(document)).decode("ascii") for key in root_keys}
    )


def join_signatures(
    document: bytes, signature_files: Iterable[bytes], roots: Sequence[Root]
) -> tuple[bytes, Sequence[int]]:
    """One file of the signatures that keys of `roots` made over `document`, and how many there are for each root."""
    keys = {key.key_id.hex(): key.public_key for root in roots for key in root.keys}
    held = {
        kid: signature
        for file in signature_files
        for kid, signature in _signatures(file).items()
        if kid in keys and keys[kid].verify(base64.b64decode(signature), document)
    }
    counts = [sum(key.key_id.hex() in held for key in root.keys) for root in roots]
    return _signature_file(held), counts


def _signatures(file: bytes) -> dict[str, str]:
    try:
        entries = strict_json.parse(file, "trust-list.json.sig").objects("signatures")
        return {entry.text("kid"): base64.b64encode(entry.base64("sig")).decode("ascii") for entry in entries}
    except strict_json.Unexpected as error:
        raise TrustListRefused(str(error)) from error


def _signature_file(signatures: Mapping[str, str]) -> bytes:
    return json_document({"signatures": [{"kid": kid, "sig": signature} for kid, signature in signatures.items()]})


def _public(algorithm_name: str, key_id: bytes, spki: bytes) -> dict[str, object]:
    return {"kid": key_id.hex(), "alg": algorithm_name, "spki": base64.b64encode(spki).decode("ascii")}


def json_document(document: Mapping[str, object]) -> bytes:
    """The bytes of a root or trust list."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
