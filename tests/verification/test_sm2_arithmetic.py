"""SM2 at its corners: points that meet or cancel, numbers beyond n. No message leads there, because SM3 stands between;
so these cases choose the digest, by schoolbook arithmetic that shares nothing with the code under test, and two oracles
confirm each.
"""

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from portal.verification.sm2 import GX, GY, A, N, P, PublicKey
from tests.oracles import gmssl_pyx, openssl_with_sm2
from tests.verification.sm2_encodings import octets, spki, uncompressed

Point = tuple[int, int]
INFINITY: Point = (0, 0)  # not on the curve, so its place is free


def add(p: Point, q: Point) -> Point:
    if INFINITY in (p, q):
        return p if q == INFINITY else q
    (px, py), (qx, qy) = p, q
    if px == qx and (py + qy) % P == 0:
        return INFINITY
    slope = (3 * px * px + A) * pow(2 * py, -1, P) if p == q else (qy - py) * pow(qx - px, -1, P)
    x = (slope * slope - px - qx) % P
    return x, (slope * (px - x) - py) % P


def times(k: int, point: Point) -> Point:
    total = INFINITY
    for bit in f"{k:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


G = (GX, GY)
KEY = times(0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8, G)  # of the standard's example
# Points whose x lies between n and p, and whose x is 0.
LARGE_X = (N + 4, 0x13382F1EC459A2FF2B0B5BDF5AD8F25209357B4C4333219A04C5C0021B13DAA5)
ZERO_X = (0, 0xFD4511E81736A60F07E88A83D6CF5A167FAE6D1A9C9330E76E232E00F5CDC154)
LONG = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA


@dataclass(frozen=True, slots=True)
class Case:
    key: Point
    r: int
    s: int
    digest: bytes


def fitting(key: Point, s: int, t: int, beyond_r: int = 0, beyond_s: int = 0) -> Case:
    """The digest with which (t - s, s) satisfies the equation; `beyond` then writes r or s larger than it is."""
    x1, _ = add(times(s, G), times(t, key))
    r = (t - s) % N
    return Case(key, r + beyond_r, s + beyond_s, octets((r - x1) % N))


def key_that_leads_to(point: Point, s: int, t: int) -> Point:
    return times(pow(t, -1, N), add(point, times(N - s, G)))


def with_the_digest_beyond_n() -> Case:
    """The digest n + 3 counts as 3: r is 3 + x1, and the key follows from that."""
    point, t = times(7, G), LONG
    r = (3 + point[0]) % N
    s = (t - r) % N
    return Case(key_that_leads_to(point, s, t), r, s, octets(N + 3))


def with_x1_taken_modulo_p() -> Case:
    """Fits x1 + p - n, n short of x1 + p: only code that forgets that this is no coordinate would find x1 there."""
    case = fitting(KEY, LONG, 12345)
    return replace(case, digest=octets((int.from_bytes(case.digest, "big") - (P - N)) % N))


ACCEPTED = {
    "any s and t": fitting(KEY, LONG, 12345),
    "s and t of one bit": fitting(KEY, 1, 2),
    "s and t with empty columns": fitting(KEY, 1 << 200, 1 << 17),
    "s = n - 1": fitting(KEY, N - 1, LONG),
    "t = n - 1": fitting(KEY, LONG, N - 1),
    "key G: equal points meet": fitting(G, LONG, LONG + 5),
    "key -G: opposite points meet": fitting(times(N - 1, G), LONG, LONG + 5),
    "key 2G": fitting(times(2, G), LONG, LONG + 5),
    "x1 between n and p": fitting(key_that_leads_to(LARGE_X, 77, LONG), 77, LONG),
    "x1 = 0": fitting(key_that_leads_to(ZERO_X, 77, LONG), 77, LONG),
    "digest beyond n": with_the_digest_beyond_n(),
}
# These satisfy the equation only for code that takes the x of the point at infinity for 0.
INFINITE = {
    "the sum is infinity, key G": fitting(G, LONG, N - LONG),
    "the sum is infinity, another key": fitting(key_that_leads_to(INFINITY, LONG, 77), LONG, 77),
}
REFUSED = INFINITE | {
    "r = 0": fitting(KEY, LONG, LONG),
    "s = 0": fitting(KEY, 0, LONG),
    "r + s = n": fitting(KEY, LONG, 0),
    "r = n": fitting(KEY, LONG, LONG, beyond_r=N),
    "s = n": fitting(KEY, 0, LONG, beyond_s=N),
    "r written as r + n": fitting(KEY, LONG, LONG + 5, beyond_r=N),
    "s written as s + n": fitting(KEY, 5, LONG, beyond_s=N),
    "x1 taken modulo p": with_x1_taken_modulo_p(),
}
CASES = ACCEPTED | REFUSED


@pytest.mark.parametrize("name", CASES)
def test_the_equation_holds_exactly_where_the_standard_says(name: str) -> None:
    case = CASES[name]
    assert PublicKey(*case.key)._verify_digest(octets(case.r, case.s), case.digest) is (name in ACCEPTED)


def test_a_small_s_still_takes_32_bytes() -> None:
    case = fitting(KEY, 5, LONG)
    key = PublicKey(*case.key)
    assert key._verify_digest(octets(case.r, 5), case.digest)
    assert not key._verify_digest(octets(case.r) + b"\x05", case.digest)


@pytest.mark.parametrize("name", CASES)
def test_gmssl_agrees_but_for_infinity(name: str) -> None:
    # gmssl-pyx 2.1 takes the point at infinity for x = 0. Only the key's owner can make such a signature, so it forges
    # nothing; but the standard gives infinity no coordinates, and openssl refuses it as we do.
    case = CASES[name]
    answer = gmssl_pyx().sm2_verify_sm3_digest(octets(*case.key), case.digest, encode_dss_signature(case.r, case.s))
    assert answer is (name in ACCEPTED | INFINITE)


@pytest.mark.parametrize("name", CASES)
def test_openssl_agrees(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    (tmp_path / "key").write_bytes(spki(uncompressed(*case.key)))
    (tmp_path / "digest").write_bytes(case.digest)
    (tmp_path / "signature").write_bytes(encode_dss_signature(case.r, case.s))
    command = [openssl_with_sm2(), "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key"]
    run = subprocess.run([*command, "-in", "digest", "-sigfile", "signature"], cwd=tmp_path, capture_output=True)
    expected = "Verified Successfully" if name in ACCEPTED else "Verification Failure"
    assert run.stdout == f"Signature {expected}\n".encode()
