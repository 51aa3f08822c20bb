"""The table of algorithms against Wycheproof's known attacks, and keys that must not load."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portal.verification import sm2
from portal.verification.algorithms import BY_COSE_ID, BY_NAME, key_id
from tests.shared_material import shared_json


def wycheproof(name: str) -> list[tuple[bytes, dict[str, Any]]]:
    """Pairs of a group's SubjectPublicKeyInfo and one of its cases."""
    groups = shared_json("vectors", "wycheproof", name)["testGroups"]
    return [(bytes.fromhex(group["publicKeyDer"]), case) for group in groups for case in group["tests"]]


def verifies(algorithm: str, spki: bytes, signature: bytes, case: dict[str, Any]) -> bool:
    return BY_NAME[algorithm].load(spki).verify(signature, bytes.fromhex(case["msg"]))


@pytest.mark.parametrize(
    ("name", "algorithm", "cases"),
    [
        ("ed25519_test.json", "Ed25519", 151),
        ("ecdsa_secp256r1_sha256_p1363_test.json", "ESP256", 262),
    ],
)
def test_wycheproof_raw_signatures_are_judged_as_wycheproof_does(name: str, algorithm: str, cases: int) -> None:
    pairs = wycheproof(name)
    wrong = [
        case["tcId"]
        for spki, case in pairs
        if verifies(algorithm, spki, bytes.fromhex(case["sig"]), case) != (case["result"] == "valid")
    ]
    assert wrong == []
    assert len(pairs) == cases


def raw_signature(der: bytes) -> bytes | None:
    """r‖s of a DER signature that is encoded as DER demands; None for any other."""
    try:
        r, s = decode_dss_signature(der)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")
    except (ValueError, OverflowError):
        return None


def test_wycheproof_der_signatures_hold_as_raw_ones_where_they_have_a_raw_form() -> None:
    pairs = wycheproof("ecdsa_secp256r1_sha256_test.json")
    wrong = []
    for spki, case in pairs:
        signature = raw_signature(bytes.fromhex(case["sig"]))
        accepted = signature is not None and verifies("ESP256", spki, signature, case)
        if accepted != (case["result"] == "valid"):
            wrong.append(case["tcId"])
    assert wrong == []
    assert len(pairs) == 484


def test_the_der_form_of_a_genuine_signature_is_no_signature_of_ours() -> None:
    accepted = [
        case["tcId"]
        for spki, case in wycheproof("ecdsa_secp256r1_sha256_test.json")
        if verifies("ESP256", spki, bytes.fromhex(case["sig"]), case)
    ]
    assert accepted == []


def spki_of(curve: ec.EllipticCurve, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> bytes:
    return ec.derive_private_key(7, curve).public_key().public_bytes(Encoding.DER, form)


COMPRESSED_P256 = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200") + (
    ec.derive_private_key(7, ec.SECP256R1()).public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
)
SM2_SPKI = bytes.fromhex(f"3059301306072a8648ce3d020106082a811ccf5501822d03420004{sm2.GX:064x}{sm2.GY:064x}")
ED25519_SPKI = base64.b64decode("MCowBQYDK2VwAyEA60TjPQDdyii8bYZh7xohVQhb6CRJWMkw0qktL/TRMSQ=")


@pytest.mark.parametrize(
    ("algorithm", "spki"),
    [
        pytest.param("ESP256", spki_of(ec.SECP384R1()), id="a key of another curve"),
        pytest.param("ESP256", spki_of(ec.SECP256K1()), id="a key of a curve of the same size"),
        pytest.param("ESP256", ED25519_SPKI, id="an Ed25519 key as P-256"),
        pytest.param("Ed25519", spki_of(ec.SECP256R1()), id="a P-256 key as Ed25519"),
        pytest.param("SM2-SM3", spki_of(ec.SECP256R1()), id="a P-256 key as SM2"),
        pytest.param("ESP256", SM2_SPKI, id="an SM2 key as P-256"),
        pytest.param("ESP256", COMPRESSED_P256, id="a compressed point"),
        pytest.param("ESP256", spki_of(ec.SECP256R1()) + b"\x00", id="a byte left over"),
        pytest.param("ESP256", spki_of(ec.SECP256R1())[:-1], id="cut off"),
        pytest.param("Ed25519", b"", id="nothing"),
        pytest.param("ESP256", spki_of(ec.SECP256R1())[:-1] + b"\x00", id="a point off the curve"),
    ],
)
def test_a_key_that_is_not_the_standard_encoding_of_the_rows_curve_does_not_load(algorithm: str, spki: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the library's
        BY_NAME[algorithm].load(spki)


def test_the_table_has_the_three_rows_of_the_specification() -> None:
    assert {row.name: row.cose_id for row in BY_NAME.values()} == {"ESP256": -9, "Ed25519": -19, "SM2-SM3": -65537}
    assert {row.name for row in BY_COSE_ID.values()} == BY_NAME.keys()


def test_a_key_id_is_the_first_eight_bytes_of_the_digest_of_the_key() -> None:
    assert key_id(ED25519_SPKI).hex() == "9a091591bd9c8769"
