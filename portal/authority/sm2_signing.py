"""SM2-SM3 signing by the `openssl` command, never by code of our own.

The key reaches the command through a pipe, so that it is neither in another file nor in the list of processes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

from portal.verification.sm2 import SIGNER_ID

_SIGN = ("pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{SIGNER_ID.decode('ascii')}")


class Sm2Unavailable(RuntimeError):
    """No `openssl` command with SM2 on this machine; the message says so in one line."""


@cache
def openssl_with_sm2() -> str:
    """The path of an `openssl` that has SM2; several distributions build theirs without."""
    path = shutil.which("openssl")
    if path is None:
        raise Sm2Unavailable("SM2 keys need the openssl command, which is not installed")
    if subprocess.run([path, "ecparam", "-name", "SM2", "-noout"], capture_output=True).returncode:  # noqa: S603  fixed
        raise Sm2Unavailable("SM2 keys need an openssl built with SM2, which this one is not")
    return path


def generate() -> bytes:
    """A new private key as PKCS #8 in PEM."""
    return _run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2")


def public_spki(pem: bytes) -> bytes:
    return _run("pkey", "-pubout", "-outform", "DER", input=pem)


def sign(pem: bytes, message: bytes) -> bytes:
    """The signature of `message`, in DER."""
    reading, writing = os.pipe()
    try:
        os.write(writing, pem)  # a few hundred bytes: any pipe holds them
    finally:
        os.close(writing)
    try:
        return _run(*_SIGN, "-inkey", f"/dev/fd/{reading}", input=message, pass_fds=(reading,))
    finally:
        os.close(reading)


def _run(*arguments: str, input: bytes = b"", pass_fds: tuple[int, ...] = ()) -> bytes:
    command = [openssl_with_sm2(), *arguments]
    done = subprocess.run(command, input=input, capture_output=True, pass_fds=pass_fds)  # noqa: S603  no shell, fixed words
    if done.returncode:
        raise Sm2Unavailable(f"openssl {arguments[0]}: {done.stderr.decode(errors='replace').strip()[:200]}")
    return done.stdout
