"""SM2 compared, case by case, with gmssl-pyx and with the `openssl` command: signatures made by both, as signed and
changed. Signing is random, so the seed alone does not bring a case back: a failure shows every differing case whole.
"""

import os
import secrets
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from portal.verification.sm2 import N, P, PublicKey
from tests.oracles import gmssl_pyx, openssl_with_sm2
from tests.verification.sm2_encodings import octets, spki

KEYS_OF_EACH = 4
SIGNED_BY_GMSSL, SIGNED_BY_OPENSSL = 460, 51
CHANGES_OF_EACH = 3  # and each as it was signed, and the standard's example: 4 · 512 = 2,048 cases

SM2_OPTIONS = ("-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678")


@dataclass(frozen=True, slots=True)
class Case:
    key: bytes  # x‖y
    message: bytes
    r: int
    s: int
    change: str = "none"

    def __str__(self) -> str:
        return f"change {self.change}: key {self.key.hex()} r {self.r:x} s {self.s:x} message {self.message.hex()}"


# GB/T 32918.5-2017, annex A.2.
STANDARD = Case(
    key=octets(
        0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020,
        0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13,
    ),
    message=b"message digest",
    r=0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3,
    s=0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA,
)


def negated(key: bytes) -> bytes:
    return key[:32] + octets(P - int.from_bytes(key[32:], "big"))


def with_flipped_bit(message: bytes, bit: int) -> bytes:
    return message[: bit // 8] + bytes([message[bit // 8] ^ 1 << bit % 8]) + message[bit // 8 + 1 :]


# A case, one of another key, and chance: a signature that must not verify.
CHANGES: dict[str, Callable[[Case, Case, Random], Case]] = {
    "a bit of r": lambda case, _, random: replace(case, r=case.r ^ 1 << random.randrange(256)),
    "a bit of s": lambda case, _, random: replace(case, s=case.s ^ 1 << random.randrange(256)),
    "many bits of r": lambda case, _, random: replace(case, r=case.r ^ random.randrange(1, N)),
    "many bits of s": lambda case, _, random: replace(case, s=case.s ^ random.randrange(1, N)),
    "r about n": lambda case, _, random: replace(case, r=N + random.randrange(-2, 3)),
    "s about n": lambda case, _, random: replace(case, s=N + random.randrange(-2, 3)),
    "r below 3": lambda case, _, random: replace(case, r=random.randrange(3)),
    "s below 3": lambda case, _, random: replace(case, s=random.randrange(3)),
    "r one less": lambda case, _, __: replace(case, r=case.r - 1),
    "s one more": lambda case, _, __: replace(case, s=case.s + 1),
    "r negated": lambda case, _, __: replace(case, r=N - case.r),
    "s negated": lambda case, _, __: replace(case, s=N - case.s),
    "r and s negated": lambda case, _, __: replace(case, r=N - case.r, s=N - case.s),
    "r and s swapped": lambda case, _, __: replace(case, r=case.s, s=case.r),
    "t for r": lambda case, _, __: replace(case, r=(case.r + case.s) % N),
    "t = 0": lambda case, _, __: replace(case, s=N - case.r),
    "a bit of the message": lambda case, _, random: replace(
        case, message=with_flipped_bit(case.message, random.randrange(8 * len(case.message)))
    ),
    "message cut": lambda case, _, __: replace(case, message=case.message[:-1]),
    "message longer": lambda case, _, __: replace(case, message=case.message + b"\x00"),
    "message empty": lambda case, _, __: replace(case, message=b""),
    "message of another": lambda case, other, _: replace(case, message=other.message),
    "signature of another": lambda case, other, _: replace(case, r=other.r, s=other.s),
    "r of another": lambda case, other, _: replace(case, r=other.r),
    "key of another": lambda case, other, _: replace(case, key=other.key),
    "key negated": lambda case, _, __: replace(case, key=negated(case.key)),
}


class OpenSSL:
    """The command, with its files in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.command, self.folder = openssl_with_sm2(), folder

    def run(self, *arguments: str) -> bytes:
        return subprocess.run([self.command, *arguments], cwd=self.folder, capture_output=True).stdout

    def make_key(self, name: str) -> bytes:
        self.run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", name)
        return self.run("pkey", "-in", name, "-pubout", "-outform", "DER")[-64:]

    def sign(self, name: str, message: bytes) -> bytes:
        (self.folder / "message").write_bytes(message)
        return self.run("pkeyutl", "-sign", "-inkey", name, *SM2_OPTIONS, "-in", "message")

    def verifies(self, numbered: tuple[int, Case]) -> bool:
        number, case = numbered
        contents = {"key": spki(b"\x04" + case.key), "message": case.message, "signature": signature_der(case)}
        for name, content in contents.items():
            (self.folder / f"{number}.{name}").write_bytes(content)
        key, message, signature = (f"{number}.{name}" for name in contents)
        files = ("-keyform", "DER", "-inkey", key, "-in", message, "-sigfile", signature)
        answers = {b"Signature Verified Successfully\n": True, b"Signature Verification Failure\n": False}
        return answers[self.run("pkeyutl", "-verify", "-pubin", *files, *SM2_OPTIONS)]


def signature_der(case: Case) -> bytes:
    return encode_dss_signature(case.r, case.s)


def signed_cases(random: Random, openssl: OpenSSL) -> list[Case]:
    gmssl = gmssl_pyx()
    gmssl_keys = [gmssl.sm2_key_generate() for _ in range(KEYS_OF_EACH)]
    openssl_keys = [(f"key-{number}", openssl.make_key(f"key-{number}")) for number in range(KEYS_OF_EACH)]
    cases = []
    for number in range(SIGNED_BY_GMSSL + SIGNED_BY_OPENSSL):
        message = random.randbytes(random.randrange(1, 400))
        if number < SIGNED_BY_GMSSL:
            key, private = random.choice(gmssl_keys)
            signature = gmssl.sm2_sign(private, key, message)
        else:
            name, key = random.choice(openssl_keys)
            signature = openssl.sign(name, message)
        cases.append(Case(key, message, *decode_dss_signature(signature)))
    return cases


def changed_cases(random: Random, signed: list[Case]) -> list[Case]:
    """Each case changed in some ways, every way used about as often as the others."""
    ways = list(CHANGES) * (len(signed) * CHANGES_OF_EACH // len(CHANGES) + 1)
    random.shuffle(ways)
    cases = []
    for case, way in zip(signed * CHANGES_OF_EACH, ways, strict=False):
        other = random.choice([other for other in signed if other.key != case.key])
        cases.append(replace(CHANGES[way](case, other, random), change=way))
    return cases


@dataclass(frozen=True, slots=True)
class Comparison:
    seed: int
    cases: list[Case]
    ours: list[bool]

    def assert_same(self, answers: list[bool]) -> None:
        differing = [
            f"ours {ours}, theirs {theirs}, {case}"
            for case, ours, theirs in zip(self.cases, self.ours, answers, strict=True)
            if ours is not theirs
        ]
        assert not differing, f"seed {self.seed}:\n" + "\n".join(differing)


@pytest.fixture(scope="module")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> OpenSSL:
    return OpenSSL(tmp_path_factory.mktemp("openssl"))


@pytest.fixture(scope="module")
def comparison(openssl: OpenSSL) -> Comparison:
    seed = secrets.randbits(64)
    random = Random(seed)
    signed = [STANDARD, *signed_cases(random, openssl)]
    cases = signed + changed_cases(random, signed)
    keys = {case.key: PublicKey.from_spki(spki(b"\x04" + case.key)) for case in cases}
    return Comparison(seed, cases, [keys[case.key].verify(octets(case.r, case.s), case.message) for case in cases])


def test_exactly_the_unchanged_signatures_verify(comparison: Comparison) -> None:
    assert len(comparison.cases) >= 2_000
    comparison.assert_same([case.change == "none" for case in comparison.cases])


def test_gmssl_gives_the_same_answers(comparison: Comparison, capfd: pytest.CaptureFixture[str]) -> None:
    verify = gmssl_pyx().sm2_verify
    answers = [verify(case.key, case.message, signature_der(case)) for case in comparison.cases]
    capfd.readouterr()  # it writes three lines to stderr for each signature that it refuses
    comparison.assert_same(answers)


def test_openssl_gives_the_same_answers(comparison: Comparison, openssl: OpenSSL) -> None:
    # The command takes one case at a time, about 10 ms each: two or more of them at once.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        answers = list(threads.map(openssl.verifies, enumerate(comparison.cases)))
    comparison.assert_same(answers)
