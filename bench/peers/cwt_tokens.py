"""Run by bench/tokens.py with .venv-peers: `cwt` verifies the same token, and prints a rate for each line read."""

import base64
import gc
import sys
import time

import cwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

algorithm, token, spki, key_id = sys.argv[1], sys.argv[2], bytes.fromhex(sys.argv[3]), bytes.fromhex(sys.argv[4])
pem = load_der_public_key(spki).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
key = cwt.COSEKey.from_pem(pem, alg=algorithm, kid=key_id)
padding = "=" * (-len(token) % 8)


def verify() -> dict[int, object]:
    return cwt.decode(base64.b32decode(token + padding), key)


def rate(seconds: float = 0.05) -> float:
    count, start = 0, time.process_time()
    while (spent := time.process_time() - start) < seconds:
        verify()
        count += 1
    return count / spent


if 2 not in verify():
    raise SystemExit("cwt does not read the token")
gc.collect()
gc.freeze()
for _ in sys.stdin:
    print(rate(), flush=True)
