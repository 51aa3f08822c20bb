"""SM2: the standard's own vector, and all that must be refused. test_sm2_arithmetic.py goes into the corners of the
equation, test_sm2_against_oracles.py compares random cases with two other implementations.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.verification.sm2 import GX, GY, N, P, PublicKey
from tests.verification.sm2_encodings import der, octets, spki, uncompressed

# GB/T 32918.5-2017, annex A.2: user id 1234567812345678.
MESSAGE = b"message digest"
KEY_X = 0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020
KEY_Y = 0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13
DIGEST = bytes.fromhex("F0B43E94BA45ACCAACE692ED534382EB17E6AB5A19CE7B31F4486FDFC0D28640")
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA

KEY = PublicKey.from_spki(spki(uncompressed(KEY_X, KEY_Y)))
SIGNATURE = octets(R, S)


def test_the_vector_of_the_standard_verifies() -> None:
    assert KEY.verify(SIGNATURE, MESSAGE)
    assert KEY._verify_digest(SIGNATURE, DIGEST)


def test_one_key_verifies_in_many_threads_from_its_first_use() -> None:
    fresh = PublicKey(KEY_X, KEY_Y)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: fresh.verify(SIGNATURE, MESSAGE), range(16)))
    assert answers == [True] * 16


MALFORMED_SIGNATURES = {
    "empty": b"",
    "one byte": b"\x00",
    "r alone": octets(R),
    "last byte cut off": SIGNATURE[:-1],
    "first byte cut off": SIGNATURE[1:],
    "a byte after": SIGNATURE + b"\x00",
    "a byte before": b"\x00" + SIGNATURE,
    "a byte between r and s": octets(R) + b"\x00" + octets(S),
    "twice": SIGNATURE * 2,
    "hexadecimal": SIGNATURE.hex().encode(),
    "DER": der(0x30, der(0x02, b"\x00" + octets(R)) + der(0x02, b"\x00" + octets(S))),
    "all zeros": bytes(64),
    "all ones": b"\xff" * 64,
    "r = 0": octets(0, S),
    "s = 0": octets(R, 0),
    "r = n": octets(N, S),
    "s = n": octets(R, N),
    "r = n + 1": octets(N + 1, S),
    "s = n + 1": octets(R, N + 1),
    "r = 1": octets(1, S),
    "s = 1": octets(R, 1),
    "r + s = n, r kept": octets(R, N - R),
    "r + s = n, s kept": octets(N - S, S),
    "r negated": octets(N - R, S),
    "s negated": octets(R, N - S),
    "r and s swapped": octets(S, R),
    "r in both places": octets(R, R),
    "s in both places": octets(S, S),
    "little endian": SIGNATURE[31::-1] + SIGNATURE[:31:-1],
}


@pytest.mark.parametrize("signature", MALFORMED_SIGNATURES.values(), ids=MALFORMED_SIGNATURES)
def test_a_malformed_signature_is_refused(signature: bytes) -> None:
    assert KEY.verify(signature, MESSAGE) is False


GENUINE = spki(uncompressed(KEY_X, KEY_Y))
P256_KEY = ec.derive_private_key(2, ec.SECP256R1()).public_key()
P256_SPKI = P256_KEY.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
P256_POINT = P256_KEY.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
# Points of the curve with a coordinate so small that coordinate + p fits 32 bytes: a second name for the same point.
SMALL_X = (0, 0xFD4511E81736A60F07E88A83D6CF5A167FAE6D1A9C9330E76E232E00F5CDC154)
SMALL_Y = (0x9C17043EFFE1A805A74A9A5E70B9D659705D3242094A566DC016F49311178D1F, 1)
# 11·G, whose x begins with the byte that says "uncompressed".
X_BEGINS_WITH_04 = (
    0x04B3CB10C9C6D8E27C1AAB770F67F543125DCDD589C2FF82668C74D78CE20ACE,
    0x63516355287E39FE4918E5C02E2B0B930C94816E63C4BC72739A8FD805174A4B,
)

MALFORMED_KEYS = {
    "empty": b"",
    "the point alone": uncompressed(KEY_X, KEY_Y),
    "the coordinates alone": octets(KEY_X, KEY_Y),
    "last byte cut off": GENUINE[:-1],
    "first byte cut off": GENUINE[1:],
    "a byte after": GENUINE + b"\x00",
    "a byte before": b"\x00" + GENUINE,
    "a byte before the coordinates": GENUINE[:27] + b"\x00" + GENUINE[27:],
    "a byte that begins the coordinates too left out": spki(octets(*X_BEGINS_WITH_04)),
    "a byte that begins the coordinates too left out, lengths as ever": GENUINE[:26] + octets(*X_BEGINS_WITH_04),
    "a byte after, counted by the outer length": der(0x30, GENUINE[2:] + b"\x00"),
    "length in the long form": b"\x30\x81\x59" + GENUINE[2:],
    "indefinite length": b"\x30\x80" + GENUINE[2:] + b"\x00\x00",
    "unused bits in the bit string": GENUINE.replace(b"\x03\x42\x00", b"\x03\x42\x01"),
    "octet string for the bit string": GENUINE.replace(b"\x03\x42\x00", b"\x04\x42\x00"),
    "parameters NULL": spki(uncompressed(KEY_X, KEY_Y), curve=b"\x05\x00"),
    "algorithm RSA": spki(uncompressed(KEY_X, KEY_Y), algorithm=bytes.fromhex("06092a864886f70d010101")),
    "algorithm ecDH": spki(uncompressed(KEY_X, KEY_Y), algorithm=bytes.fromhex("06052b8104010c")),
    "curve P-256, our point": spki(uncompressed(KEY_X, KEY_Y), curve=bytes.fromhex("06082a8648ce3d030107")),
    "curve SM2 in all but the last bit": spki(uncompressed(KEY_X, KEY_Y), curve=bytes.fromhex("06082a811ccf5501822c")),
    "a P-256 key": P256_SPKI,
    "curve SM2, P-256 point": spki(P256_POINT),
    "compressed": spki(b"\x03" + octets(KEY_X)),
    "compressed, padded to 64 bytes": spki(b"\x03" + octets(KEY_X, 0)),
    "hybrid": spki(b"\x07" + octets(KEY_X, KEY_Y)),
    "infinity": spki(b"\x00"),
    "infinity, padded to 64 bytes": spki(bytes(65)),
    "zero point": spki(uncompressed(0, 0)),
    "x changed by one": spki(uncompressed(KEY_X + 1, KEY_Y)),
    "y changed by one": spki(uncompressed(KEY_X, KEY_Y + 1)),
    "x and y swapped": spki(uncompressed(KEY_Y, KEY_X)),
    "x = p, on the curve": spki(uncompressed(P, SMALL_X[1])),
    "y = p, off the curve": spki(uncompressed(KEY_X, P)),
    "y = p + 1, on the curve": spki(uncompressed(SMALL_Y[0], P + 1)),
    "all ones": spki(b"\x04" + b"\xff" * 64),
}


@pytest.mark.parametrize("der_bytes", MALFORMED_KEYS.values(), ids=MALFORMED_KEYS)
def test_a_malformed_key_is_refused(der_bytes: bytes) -> None:
    with pytest.raises(ValueError, match="SM2"):
        PublicKey.from_spki(der_bytes)


@pytest.mark.parametrize("point", [SMALL_X, SMALL_Y, (GX, GY)], ids=["x = 0", "y = 1", "the base point"])
def test_a_point_of_the_curve_is_a_key(point: tuple[int, int]) -> None:
    assert PublicKey.from_spki(spki(uncompressed(*point))) == PublicKey(*point)


@pytest.mark.parametrize("point", [(KEY_X, KEY_Y + 1), (KEY_X - P, KEY_Y), (KEY_X, KEY_Y - P), (KEY_X, KEY_Y + P)])
def test_no_key_can_be_made_from_anything_but_a_point_of_the_curve(point: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="SM2"):
        PublicKey(*point)


@settings(deadline=None)
@given(st.binary(max_size=100) | st.binary(min_size=64, max_size=64), st.binary())
def test_any_bytes_get_an_answer_and_never_yes(signature: bytes, message: bytes) -> None:
    assert KEY.verify(signature, message) is False


@settings(deadline=None)
@given(st.integers(0, 8 * (64 + len(MESSAGE)) - 1))
def test_one_changed_bit_of_signature_or_message_is_refused(bit: int) -> None:
    signed = bytearray(SIGNATURE + MESSAGE)
    signed[bit // 8] ^= 1 << bit % 8
    assert KEY.verify(bytes(signed[:64]), bytes(signed[64:])) is False


@settings(deadline=None)
@given(st.binary(max_size=100) | st.binary(min_size=64, max_size=64).map(lambda tail: GENUINE[:27] + tail))
def test_any_bytes_are_a_key_or_a_value_error(der_bytes: bytes) -> None:
    try:
        key = PublicKey.from_spki(der_bytes)
    except ValueError:
        return
    assert spki(uncompressed(key.x, key.y)) == der_bytes
