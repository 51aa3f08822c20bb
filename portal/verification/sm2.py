"""SM2 signatures with SM3 (GB/T 32918.2), raw r‖s, signer id 1234567812345678: verification only, never signing.

Our own code, because government systems in China must use SM2, `cryptography` has none, and no package measured was fit
for hostile input on every server. It sees public data only (key, signature, message), so its time may depend on them;
a signer's must not: nothing here may ever be given a private key. Pure: no files, no clock.
"""

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate
from typing import Self

from cryptography.hazmat.primitives.hashes import SM3, Hash

# y² = x³ + ax + b modulo P, and the base point G of prime order N: the curve of GB/T 32918.5-2017. A = P - 3, which
# `_double` relies on. The cofactor is 1: every point on the curve is a multiple of G.
P = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_00000000_FFFFFFFF_FFFFFFFF
A = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFF_00000000_FFFFFFFF_FFFFFFFC
B = 0x28E9FA9E_9D9F5E34_4D5A9E4B_CF6509A7_F39789F5_15AB8F92_DDBCBD41_4D940E93
N = 0xFFFFFFFE_FFFFFFFF_FFFFFFFF_FFFFFFFF_7203DF6B_21C6052B_53BBF409_39D54123
GX = 0x32C4AE2C_1F198119_5F990446_6A39C994_8FE30BBF_F2660BE1_715A4589_334C74C7
GY = 0xBC3736A2_F4F6779C_59BDCEE3_6B692153_D0A9877C_C62A4740_02DF32E5_2139F0A0

SIGNER_ID = b"1234567812345678"

# A SubjectPublicKeyInfo up to the coordinates: SEQUENCE { SEQUENCE { ecPublicKey, 1.2.156.10197.1.301 }, BIT STRING {
# uncompressed … Only the coordinates may vary, so comparing the prefix replaces a DER parser and all it might tolerate.
_SPKI_PREFIX = bytes.fromhex("3059 3013 0607 2a8648ce3d0201 0608 2a811ccf5501822d 0342 00 04")

# The comb of Lim and Lee: bits c, c + 32, c + 64 … of a scalar form column c, a number of 8 bits, looked up in a table.
# Four tables serve four columns in each step: 7 doublings and at most 64 additions verify a signature. A key's tables
# take 200 KB and 6 ms. Half the blocks would be 15 % slower; fixed windows of 8 bits a few per cent faster, for 1.5 MB
# and 120 ms.
_TEETH, _BLOCKS, _STEPS = 8, 4, 8
_COLUMNS = _BLOCKS * _STEPS

_Affine = tuple[int, int]
_Jacobian = tuple[int, int, int]  # (X, Y, Z) is the point (X/Z², Y/Z³), or with Z = 0 the point at infinity
_Tables = list[list[_Affine]]

_INFINITY: _Jacobian = (1, 1, 0)


@dataclass(frozen=True)
class PublicKey:
    """A point of the curve: no other can be made. Its tables are built by the first verification and kept with it."""

    x: int
    y: int

    def __post_init__(self) -> None:
        if not (0 <= self.x < P and 0 <= self.y < P and (self.x**3 + A * self.x + B - self.y**2) % P == 0):
            raise ValueError("not a point of the SM2 curve")

    @classmethod
    def from_spki(cls, der: bytes) -> Self:
        """Reads the one encoding that we accept, or raises ValueError."""
        if len(der) != len(_SPKI_PREFIX) + 64 or not der.startswith(_SPKI_PREFIX):
            raise ValueError("not the SubjectPublicKeyInfo of an uncompressed SM2 key")
        return cls(int.from_bytes(der[-64:-32], "big"), int.from_bytes(der[-32:], "big"))

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether this key signed the message. Any bytes are answered, none raises."""
        return self._verify_digest(signature, _sm3(self._signer_digest + message))

    def _verify_digest(self, signature: bytes, digest: bytes) -> bool:
        """Unsafe as a public door: who may choose the digest can fit one to a signature of their own."""
        if len(signature) != 64:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        t = (r + s) % N
        if not (0 < r < N and 0 < s < N and t):
            return False
        x, _, z = _combine(s, _generator_tables(), t, self._tables)
        if z == 0:
            return False
        # r = (e + x1) mod N asks for x1 = r - e modulo N, and since N < P there may be two of them.
        # x1 = X/Z² is compared as x1·Z² = X, which saves the division.
        x1, zz = (r - int.from_bytes(digest, "big")) % N, z * z % P
        return x == x1 * zz % P or (x1 + N < P and x == (x1 + N) * zz % P)

    @cached_property
    def _signer_digest(self) -> bytes:
        """Z of GB/T 32918.2, 5.5: binds the signer's id, the curve and the key into what is signed."""
        numbers = (A, B, GX, GY, self.x, self.y)
        id_bits = (len(SIGNER_ID) * 8).to_bytes(2, "big")
        return _sm3(id_bits + SIGNER_ID + b"".join(number.to_bytes(32, "big") for number in numbers))

    @cached_property
    def _tables(self) -> _Tables:
        return _comb_tables((self.x, self.y))


@cache
def _generator_tables() -> _Tables:
    return _comb_tables((GX, GY))


def _sm3(message: bytes) -> bytes:
    state = Hash(SM3())
    state.update(message)
    return state.finalize()


def _combine(s: int, of_g: _Tables, t: int, of_key: _Tables) -> _Jacobian:
    """sG + tK, both combs walked together so that they share the doublings."""
    lookups = [*zip(of_g, _digits(s), strict=True), *zip(of_key, _digits(t), strict=True)]
    total = _INFINITY
    for step in range(_STEPS):
        total = _double(total)
        for table, digits in lookups:
            if digit := digits[step]:
                total = _add(total, table[digit])
    return total


def _digits(scalar: int) -> list[list[int]]:
    """The columns of the comb from 31 down to 0, by block. Slices of text gather their bits faster than shifts do."""
    bits = f"{scalar:0{_TEETH * _COLUMNS}b}"
    columns = [int(bits[column::_COLUMNS], 2) for column in range(_COLUMNS)]
    return [columns[first : first + _STEPS] for first in range(0, _COLUMNS, _STEPS)]


def _comb_tables(point: _Affine) -> _Tables:
    """A table for each block, the high one first: entry d sums 2^(32k + 8·block)·point over the bits k set in d."""
    doubled: list[_Jacobian] = [(*point, 1)]
    for _ in range(_STEPS * (_TEETH * _BLOCKS - 1)):
        doubled.append(_double(doubled[-1]))
    bases = doubled[::_STEPS]
    teeth = []
    for (x, y, _), inverse in zip(bases, _inverses([z for _, _, z in bases]), strict=True):
        square = inverse * inverse % P
        teeth.append((x * square % P, y * square % P * inverse % P))
    return [_subset_sums(teeth[block::_BLOCKS]) for block in reversed(range(_BLOCKS))]


def _subset_sums(teeth: list[_Affine]) -> list[_Affine]:
    sums = [(0, 0)]  # the empty sum has no affine form and is never looked up: it keeps the places of the others
    for tooth in teeth:
        sums += [tooth, *_translated(sums[1:], tooth)]
    return sums


def _translated(points: list[_Affine], by: _Affine) -> list[_Affine]:
    """point + by for each point, none of which is ± by: a sum of lower teeth is below the next, both below N/2."""
    x2, y2 = by
    moved = []
    for (x1, y1), inverse in zip(points, _inverses([x2 - x1 for x1, _ in points]), strict=True):
        slope = (y2 - y1) * inverse % P
        x3 = (slope * slope - x1 - x2) % P
        moved.append((x3, (slope * (x1 - x3) - y1) % P))
    return moved


def _inverses(numbers: list[int]) -> list[int]:
    """1/number modulo P for each, none of them 0, with one inversion for all (Montgomery's trick)."""
    products = list(accumulate(numbers, lambda a, b: a * b % P, initial=1))
    inverse = pow(products.pop(), -1, P)
    inverses = []
    for number in reversed(numbers):
        inverses.append(inverse * products.pop() % P)
        inverse = inverse * number % P
    return inverses[::-1]


def _double(point: _Jacobian) -> _Jacobian:
    """2·point, for a = -3. Infinity stays infinity; no point of this curve has y = 0, its order is odd."""
    x, y, z = point
    zz, yy = z * z % P, y * y % P
    slope = 3 * (x - zz) * (x + zz) % P
    xyy = 4 * x * yy % P
    x3 = (slope * slope - 2 * xyy) % P
    return x3, (slope * (xyy - x3) - 8 * yy * yy) % P, 2 * y * z % P


def _add(point: _Jacobian, other: _Affine) -> _Jacobian:
    """point + other in every case: a hostile key or signature does bring equal and opposite points together."""
    x1, y1, z1 = point
    x2, y2 = other
    if z1 == 0:
        return x2, y2, 1
    zz = z1 * z1 % P
    dx = (x2 * zz - x1) % P
    dy = (y2 * zz % P * z1 - y1) % P
    if dx == 0:
        return _double(point) if dy == 0 else _INFINITY
    square = dx * dx % P
    cube = dx * square % P
    base = x1 * square % P
    x3 = (dy * dy - cube - 2 * base) % P
    return x3, (dy * (base - x3) - y1 * cube) % P, z1 * dx % P
