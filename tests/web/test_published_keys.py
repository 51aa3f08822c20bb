"""What authorities published, served byte for byte, to be fetched once and checked by anybody."""

from __future__ import annotations

import hashlib

import pytest
from flask.testing import FlaskClient

from portal.verification.dates import parse_timestamp
from portal.verification.statuses import read_status_list
from portal.verification.trust import read_root, read_trust_list
from tests.web.portals import Street, portal_of
from tests.world import AT, DAY

WELL_KNOWN = "/.well-known/licence-trust-list.json"
ROOT = "/.well-known/licence-root.json"
STATUS_LISTS = "/statuslists"
STATUS_LIST = "/statuslists/11210000MB0X123458/0"


def test_the_trust_list_is_accepted_under_the_root_that_is_served_beside_it(visit: FlaskClient, shops: Street) -> None:
    root, document, signatures = (visit.get(path).data for path in (ROOT, WELL_KNOWN, WELL_KNOWN + ".sig"))
    accepted = read_trust_list(document, signatures, read_root(root))
    assert hashlib.sha256(root).hexdigest() == shops.written.settings.root_sha256
    assert shops.pharmacy.credential.envelope.key_id in accepted.keys


@pytest.mark.parametrize(("path", "file"), [(WELL_KNOWN, "trust-list.json"), (ROOT, "root.json")])
def test_a_key_file_is_served_byte_for_byte(visit: FlaskClient, shops: Street, path: str, file: str) -> None:
    assert visit.get(path).data == (shops.written.settings.keys_dir / file).read_bytes()


def test_a_face_is_found_by_its_digest(visit: FlaskClient, shops: Street) -> None:
    response = visit.get(f"/faces/{shops.pharmacy.claims.face_digest.hex()}.json")
    assert response.data == shops.pharmacy.face


@pytest.mark.parametrize("digest", ["0" * 64, "0" * 63, "G" * 64, "", "0" * 65])
def test_an_unknown_digest_is_no_face(visit: FlaskClient, digest: str) -> None:
    assert visit.get(f"/faces/{digest}.json").status_code == 404


def test_a_face_has_one_address(visit: FlaskClient, shops: Street) -> None:
    assert visit.get(f"/faces/{shops.pharmacy.claims.face_digest.hex().upper()}.json").status_code == 404


def test_without_its_register_the_portal_has_no_faces_for_now(shops: Street) -> None:
    with portal_of(shops.written, database_url="sqlite:///nowhere/register.sqlite") as app:
        response = app.test_client().get(f"/faces/{shops.pharmacy.claims.face_digest.hex()}.json")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "30")


def test_a_status_list_says_of_each_licence_what_its_issuer_says(visit: FlaskClient, shops: Street) -> None:
    served = read_status_list(visit.get(STATUS_LIST).data)
    indexes = (shops.pharmacy.claims.status_index, shops.closed.claims.status_index)
    assert [served.value_at(index) for index in indexes] == [0x0, 0xB]


def test_all_status_lists_are_named_where_they_can_be_had(visit: FlaskClient, shops: Street) -> None:
    addresses = visit.get(STATUS_LISTS).get_json()["status_lists"]
    public_url = shops.written.settings.public_url
    assert f"{public_url}{STATUS_LIST}" in addresses
    served = [read_status_list(visit.get(each.removeprefix(public_url)).data) for each in addresses]
    assert [f"{public_url}/statuslists/{each.issuer_id}/{each.list_number}" for each in served] == sorted(addresses)


@pytest.mark.parametrize("path", ["/statuslists/11210000MB0X123458/1", "/statuslists/nobody/0"])
def test_a_list_that_nobody_signed_is_not_found(visit: FlaskClient, path: str) -> None:
    assert visit.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", [WELL_KNOWN, WELL_KNOWN + ".sig", ROOT, STATUS_LISTS, STATUS_LIST, "/.well-known/security.txt"]
)
def test_an_unchanged_file_is_not_sent_twice(visit: FlaskClient, path: str) -> None:
    first = visit.get(path)
    again = visit.get(path, headers={"If-None-Match": first.headers["ETag"]})
    changed = visit.get(path, headers={"If-None-Match": '"another"'})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert (changed.status_code, changed.data) == (200, first.data)


def test_security_reports_have_an_address_that_is_not_out_of_date(visit: FlaskClient, shops: Street) -> None:
    lines = dict(line.split(": ", 1) for line in visit.get("/.well-known/security.txt").text.splitlines())
    assert lines["Contact"] == shops.written.settings.contact
    assert lines["Canonical"] == "https://yz.example.gov.cn/.well-known/security.txt"
    assert lines["Preferred-Languages"] == "zh, en"
    assert AT < parse_timestamp(lines["Expires"]) < AT + 365 * DAY
