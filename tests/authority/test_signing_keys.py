"""Private keys: every algorithm of the table signs, files are private, and nothing else is taken for a key."""

import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from portal.authority.signing_keys import KeyRefused, SigningKey
from portal.verification.algorithms import BY_NAME, key_id
from tests.oracles import openssl_with_sm2

ALGORITHMS = list(BY_NAME)
UNPROTECTED = NoEncryption()


def new_key(algorithm: str) -> SigningKey:
    if algorithm == "SM2-SM3":
        openssl_with_sm2()
    return SigningKey.generate(algorithm)


def pem(key: PrivateKeyTypes, protection: KeySerializationEncryption = UNPROTECTED) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_what_a_new_key_signs_holds_under_its_public_key_alone(algorithm: str) -> None:
    key, other = new_key(algorithm), new_key(algorithm)
    signature = key.sign(b"message")
    assert len(signature) == 64
    assert BY_NAME[algorithm].load(key.spki).verify(signature, b"message")
    assert not BY_NAME[algorithm].load(other.spki).verify(signature, b"message")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_saved_key_is_the_same_key_when_it_is_loaded(algorithm: str, tmp_path: Path) -> None:
    key = new_key(algorithm)
    key.save(tmp_path / "issuer.pem")
    loaded = SigningKey.load(tmp_path / "issuer.pem")
    assert (loaded.algorithm, loaded.spki, loaded.key_id) == (key.algorithm, key.spki, key_id(key.spki))
    assert key.public_key.verify(loaded.sign(b"message"), b"message")


def test_a_key_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    new_key("ESP256").save(tmp_path / "issuer.pem")
    assert stat.S_IMODE((tmp_path / "issuer.pem").stat().st_mode) == 0o600


def test_a_key_file_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "issuer.pem"
    new_key("Ed25519").save(path)
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match=r"issuer\.pem"):
        new_key("Ed25519").save(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("folder", ["keys", "keys/private", "published", "published/deeper", "aside/../keys"])
def test_a_key_is_never_saved_among_the_published_keys(folder: str, tmp_path: Path) -> None:
    (tmp_path / "aside").mkdir()
    (tmp_path / folder).mkdir(parents=True)
    with pytest.raises(KeyRefused, match="may not lie in a folder of published keys"):
        new_key("Ed25519").save(tmp_path / folder / "issuer.pem", public_folder=tmp_path / "published")
    assert not (tmp_path / folder / "issuer.pem").exists()


def test_a_key_does_not_show_itself() -> None:
    assert "PRIVATE" not in repr(new_key("ESP256"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a key",
        pem(rsa.generate_private_key(65537, 2048)),
        pem(ec.generate_private_key(ec.SECP384R1())),
        pem(x25519.X25519PrivateKey.generate()),
        pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"password")),
        new_key("ESP256").spki,
    ],
    ids=["empty", "text", "RSA", "P-384", "X25519", "with a password", "a public key"],
)
def test_what_is_no_key_of_ours_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "issuer.pem"
    path.write_bytes(content)
    with pytest.raises(KeyRefused, match=r"issuer\.pem: "):
        SigningKey.load(path)


def test_a_key_of_another_curve_that_only_openssl_knows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "issuer.pem"
    make = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp224k1", "-out", str(path)]
    subprocess.run([openssl_with_sm2(), *make], check=True)
    with pytest.raises(KeyRefused, match="none of the three algorithms"):
        SigningKey.load(path)


def test_a_missing_key_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere\.pem"):
        SigningKey.load(tmp_path / "nowhere.pem")


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(KeyRefused, match="no such algorithm: RS256"):
        SigningKey.generate("RS256")
