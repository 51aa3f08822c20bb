"""SM2 signatures verified a second by our own code, against gmssl-pyx and `openssl speed`, in turn in one run."""

from __future__ import annotations

import subprocess

import gmssl_pyx
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from measuring import alternate, keep_to_one_core, per_second, report

from portal.verification.sm2 import PublicKey

MESSAGE = bytes(220)  # about the length of what a credential's signature covers


def openssl_speed() -> float:
    """Verifications a second of CPU time, as `openssl speed` counts them: the last word that it prints."""
    finished = subprocess.run(["openssl", "speed", "-seconds", "1", "sm2"], capture_output=True, text=True, check=True)
    return float(finished.stdout.split()[-1])


def main() -> None:
    keep_to_one_core()
    point, private = gmssl_pyx.sm2_key_generate()
    der = gmssl_pyx.sm2_sign(private, point, MESSAGE)
    signature = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(der))
    key = PublicKey(int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big"))
    assert key.verify(signature, MESSAGE)
    contestants = {
        "ours": lambda: per_second(lambda: key.verify(signature, MESSAGE)),
        "gmssl-pyx": lambda: per_second(lambda: gmssl_pyx.sm2_verify(point, MESSAGE, der)),
        "openssl speed sm2": openssl_speed,
    }
    report("SM2-SM3", alternate(contestants, rounds=5), "ours", {"gmssl-pyx": 1.0, "openssl speed sm2": 0.7})


if __name__ == "__main__":
    main()
