"""Tokens verified a second by our core, from the text of a code, against the bare signature check of `cryptography`
on the same message, and against the package `cwt`, which runs in an environment of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from measuring import alternate, keep_to_one_core, per_second, report

from portal.verification.envelope import Credential
from portal.verification.presentation import PresentedCredential, encode_token, parse
from portal.verification.provenance import signature_holds
from portal.verification.trust import TrustList, read_root, read_trust_list

HERE = Path(__file__).parent
WORLD = HERE.parent / "tests" / "vectors" / "world-1"
PEER = HERE.parent / ".venv-peers" / "bin" / "python"
PUBLIC_URL = "https://yz.example.gov.cn"


def trust_list() -> TrustList:
    keys = WORLD / "keys"
    root = read_root((keys / "root.json").read_bytes())
    return read_trust_list((keys / "trust-list.json").read_bytes(), (keys / "trust-list.json.sig").read_bytes(), root)


def genuine_text(algorithm: str) -> str:
    cases = map(json.loads, (WORLD / "cases.ndjson").read_text("utf-8").splitlines())
    return next(str(case["text"]) for case in cases if case["id"] == f"genuine-{algorithm}")


def ours(text: str, keys: TrustList) -> Callable[[], bool]:
    def verify() -> bool:
        presented = parse(text, PUBLIC_URL)
        assert isinstance(presented, PresentedCredential)
        found = keys.find(presented.credential.envelope.key_id)
        return found is not None and signature_holds(presented.credential.envelope, found[1])

    assert verify()
    return verify


def bare(credential: Credential, key: PublicKeyTypes) -> Callable[[], None]:
    signature, message = credential.envelope.signature, credential.envelope.signed_bytes
    if isinstance(key, ed25519.Ed25519PublicKey):
        return lambda: key.verify(signature, message)
    assert isinstance(key, ec.EllipticCurvePublicKey)
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    algorithm = ec.ECDSA(SHA256())
    try:
        key.verify(der, message + b"x", algorithm)
    except InvalidSignature:
        return lambda: key.verify(der, message, algorithm)
    raise AssertionError("the bare check accepts anything")


def main() -> None:
    keep_to_one_core()
    keys = trust_list()
    for algorithm in ("ESP256", "Ed25519"):
        text = genuine_text(algorithm)
        presented = parse(text, PUBLIC_URL)
        assert isinstance(presented, PresentedCredential)
        found = keys.find(presented.credential.envelope.key_id)
        assert found is not None
        our_check, bare_check = ours(text, keys), bare(presented.credential, load_der_public_key(found[1].spki))
        contestants = {
            "ours: text to proven credential": lambda check=our_check: per_second(check),
            "cryptography: the bare signature": lambda check=bare_check: per_second(check),
        }
        limits = {"cryptography: the bare signature": 0.75}
        with Peer(algorithm, presented.credential, found[1].spki) as peer:
            contestants |= {"cwt: token to claims": peer.rate}
            limits |= {"cwt: token to claims": 1.2}
            rates = alternate(contestants)
        report(f"{algorithm}, a token of {len(text)} characters", rates, "ours: text to proven credential", limits)


class Peer:
    """`cwt` in its own process, asked for a rate in each round."""

    def __init__(self, algorithm: str, credential: Credential, spki: bytes) -> None:
        envelope = credential.envelope
        self._case = [algorithm, encode_token(envelope.encoded), spki.hex(), envelope.key_id.hex()]

    def __enter__(self) -> Peer:
        command = [str(PEER), str(HERE / "peers" / "cwt_tokens.py"), *self._case]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def rate(self) -> float:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


if __name__ == "__main__":
    main()
