"""Records of a bundle judged a second on one core, against the bare signatures of the same records, for each kind of
signature. For SM2 the bare signature is our own code's; bench/register.py measures ESP256 on all cores."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import tokens
from cryptography.hazmat.primitives.serialization import load_der_public_key
from measuring import alternate, keep_to_one_core, per_second, report
from register import Authority

from portal.register.admission import Admission
from portal.register.judging import Judged
from portal.register.lines import bundle_lines
from portal.verification.bundle import read_record
from portal.verification.envelope import Credential
from portal.verification.trust import IssuerKey
from tests.authorities import AT
from tests.world import CATALOGUE

BATCH = 500  # as many as the importer judges at a time


def bare(credentials: list[Credential], key: IssuerKey) -> list[Callable[[], object]]:
    if key.algorithm.name != "SM2-SM3":
        public = load_der_public_key(key.spki)
        return [tokens.bare(credential, public) for credential in credentials]
    signed = [(credential.envelope.signature, credential.envelope.signed_bytes) for credential in credentials]
    return [partial(key.public_key.verify, *each) for each in signed]


def measure(authority: Authority) -> None:
    with authority.bundle(0, BATCH, 1).open("rb") as bundle:
        manifest, *lines = bundle_lines(bundle)
    admission = Admission.open(manifest, authority.world.trust_list, CATALOGUE, AT)
    credentials = [read_record(line).credential for line in lines]
    issuer_key = authority.world.trust_list.find(credentials[0].envelope.key_id)
    assert issuer_key is not None
    key = issuer_key[1]
    checks = bare(credentials, key)
    joined = b"\n".join(lines)

    def judge() -> None:
        assert not Judged.by(admission, joined.split(b"\n")).errors

    def check() -> None:
        for each in checks:
            each()

    ours, theirs = "a record judged", "its bare signature"
    rates = alternate({ours: lambda: BATCH * per_second(judge), theirs: lambda: BATCH * per_second(check)})
    report(key.algorithm.name, rates, ours, {theirs: 0.7})


def main() -> None:
    for key in ("esp256", "ed25519", "sm2"):
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(Path(folder), key)
            keep_to_one_core()
            measure(authority)


if __name__ == "__main__":
    main()
