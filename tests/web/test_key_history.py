"""A key's life, the history of the lists, and the keys as a JWK set."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask.testing import FlaskClient

from portal.published import publish_trust_list
from portal.verification.trust import KeyState
from tests.authorities import AT, DAY, publish_ended
from tests.web.html_pages import parse_page
from tests.web.portals import portal_of
from tests.world import World

WORLD = World()
LIAONING = WORLD.liaoning
MAIN = LIAONING.keys["esp256"].key_id.hex()
BOTH = pytest.mark.parametrize("prefix", ["", "/en"], ids=["zh", "en"])


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Of a portal with three lists: in the second a key is retired, in the third another is listed no more."""
    folder = tmp_path_factory.mktemp("portal")
    world = World()
    written = world.write(folder)
    world.liaoning.published_keys[0] = publish_ended(world.liaoning.keys["esp256"], KeyState.RETIRED, AT)
    for version in (8, 9):
        world.version = version
        if version == 9:
            del world.liaoning.published_keys[1]
        world.write_keys(folder / str(version))
        pin = written.environment["PORTAL_ROOT_SHA256"]
        publish_trust_list(folder / str(version), folder / "keys", pin, AT + (version - 8) * DAY)
    with portal_of(written) as app:
        yield app.test_client()


def text_of(visit: FlaskClient, path: str) -> str:
    response = visit.get(path)
    assert response.status_code == 200
    return parse_page(response.text).text


def test_the_page_of_a_key_tells_its_life_and_why_old_signatures_count(visit: FlaskClient) -> None:
    text = text_of(visit, f"/keys/{MAIN}")
    assert "它已退役，2026年11月21日 12:00以后不再签发。此前在使用期内的签名照样算数" in text
    assert text.index("第 8 版名单 · 2026年11月21日") < text.index("第 7 版名单 · 2026年11月21日")
    assert "第 9 版名单 ·" not in text  # nothing changed for this key


def test_a_key_that_is_listed_no_more_keeps_its_page(visit: FlaskClient) -> None:
    text = text_of(visit, f"/en/keys/{LIAONING.keys['ed25519'].key_id.hex()}")
    assert "The list no longer has this key (version 9)" in text
    assert "none of its signatures counts" in text
    assert "From this list on the key is no longer there." in text


@pytest.mark.parametrize("name", [*LIAONING.keys])
@BOTH
def test_every_state_of_a_key_has_its_words(visit: FlaskClient, prefix: str, name: str) -> None:
    expected = 404 if name == "unpublished" else 200
    assert visit.get(f"{prefix}/keys/{LIAONING.keys[name].key_id.hex()}").status_code == expected


@pytest.mark.parametrize(
    "key_id", ["0" * 16, "0" * 15, "x", MAIN.upper()], ids=["no_such_key", "too_short", "a_letter", "in_capitals"]
)
def test_what_is_no_key_has_no_page(visit: FlaskClient, key_id: str) -> None:
    assert visit.get(f"/keys/{key_id}").status_code == 404


def test_the_history_shows_every_list_with_its_digest(visit: FlaskClient) -> None:
    page = parse_page(visit.get("/keys/history").text)
    links = [element.attributes["href"] for element in page.elements if "href" in element.attributes]
    for version in (7, 8, 9):
        assert {f"/keys/history/{version}.json", f"/keys/history/{version}.json.sig"} <= set(links)
    log = visit.get("/keys/history/log.ndjson")
    assert (log.content_type, len(log.data.splitlines())) == ("application/x-ndjson", 3)
    digest = json.loads(log.data.splitlines()[-1])["before"]
    assert digest in page.text.replace(" ", "")


def test_a_changed_past_shows_on_its_page(tmp_path: Path) -> None:
    written = World().write(tmp_path)
    publish_trust_list(tmp_path / "keys", tmp_path / "keys", written.environment["PORTAL_ROOT_SHA256"], AT)
    (tmp_path / "keys" / "history" / "7.json.sig").write_bytes(b"{}")
    with portal_of(written) as app:
        assert "The history is not whole" in app.test_client().get("/en/keys/history").text


@BOTH
def test_a_portal_that_kept_no_history_says_so(prefix: str, tmp_path: Path) -> None:
    with portal_of(World().write(tmp_path)) as app:
        visit = app.test_client()
        assert visit.get(f"{prefix}/keys/history").status_code == 200
        assert visit.get(f"{prefix}/keys/{MAIN}").status_code == 200
        assert visit.get("/keys/history/log.ndjson").status_code == 404


def test_the_key_set_has_the_keys_that_may_be_relied_on(visit: FlaskClient) -> None:
    response = visit.get("/keys/jwks.json")
    assert response.content_type == "application/jwk-set+json"
    keys = {key["kid"]: key for key in response.json["keys"]}
    left_out = {"sm2", "compromised", "unpublished", "ed25519"}
    listed = {signing.key_id.hex() for name, signing in LIAONING.keys.items() if name not in left_out}
    assert keys.keys() == listed | {WORLD.jilin.keys["esp256"].key_id.hex()}
    assert keys[MAIN]["exp"] == AT  # retired
    for name in ("esp256", "retired"):
        assert spki_of(keys[LIAONING.keys[name].key_id.hex()]) == LIAONING.keys[name].spki


def spki_of(jwk: dict[str, str]) -> bytes:
    point = {name: base64.urlsafe_b64decode(jwk[name] + "==") for name in ("x", "y") if name in jwk}
    key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey
    if jwk["kty"] == "EC":
        x, y = (int.from_bytes(point[name], "big") for name in ("x", "y"))
        key = ec.EllipticCurvePublicNumbers(x, y, {"P-256": ec.SECP256R1()}[jwk["crv"]]).public_key()
    else:
        assert (jwk["kty"], jwk["crv"]) == ("OKP", "Ed25519")
        key = ed25519.Ed25519PublicKey.from_public_bytes(point["x"])
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
