"""Face documents: what they may hold, and when they agree with the claims (spec §4)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from portal.verification.face import MAX_FACE_BYTES, disagreement, forbidden_field, read_face
from portal.verification.strict_json import Unexpected
from tests.world import CATALOGUE, World

WORLD = World()
LICENCE = WORLD.licence()
DOCUMENT: dict[str, Any] = json.loads(LICENCE.face)
RETAIL = CATALOGUE.by_slug["drug-distribution-retail"]


def face_with(fields: dict[str, Any] | None = None, **members: Any) -> bytes:
    document = {**DOCUMENT, **members, "fields": {**DOCUMENT["fields"], **(fields or {})}}
    return json.dumps(document, ensure_ascii=False).encode()


def test_every_optional_member_is_read() -> None:
    face = read_face(
        face_with(
            copy="副本",
            elicence_id="1.2.156.3005.2.11100000MB0341032Y002.11210000MBDEM0001W.DEMO20260001.001.6",
            sites=["https://shop.example.com", "http://old.example.com/shop"],
            location={"lat": 41.79, "lon": 123},
            credit={"grade": "A", "by": "演示", "as_of": "2026-06-30"},
            links=[{"rel": "traceability", "url": "https://trace.example.com"}],
        )
    )
    assert (face.copy, face.location, face.sites[0]) == ("副本", (41.79, 123.0), "https://shop.example.com")
    assert face.credit is not None
    assert (face.credit.grade, face.links[0].rel) == ("A", "traceability")


REFUSED = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"[]", id="no object"),
    pytest.param(face_with()[:-1], id="cut off"),
    pytest.param(face_with() + b"{}", id="something after it"),
    pytest.param(face_with(photo="data:"), id="an unknown member"),
    pytest.param(face_with(version="1"), id="a version as a text"),
    pytest.param(face_with(number=7), id="a number as a number"),
    pytest.param(face_with(links=[{"rel": "notice", "url": "http://x.example.com"}]), id="a link without TLS"),
    pytest.param(face_with(links=[{"rel": "shop", "url": "https://x.example.com"}]), id="an unknown kind of link"),
    pytest.param(face_with(links=[{"rel": "notice", "url": "javascript:alert(1)"}]), id="a script as a link"),
    pytest.param(face_with(sites=["javascript:alert(1)"]), id="a script as a shop"),
    pytest.param(face_with(sites=["shop.example.com"]), id="a shop without an address"),
    pytest.param(face_with(sites=[7]), id="a shop that is a number"),
    pytest.param(face_with(location={"lat": 141, "lon": 123}), id="no place on earth"),
    pytest.param(face_with(location={"lat": True, "lon": 1}), id="a latitude that is true"),
    pytest.param(face_with(credit={"grade": "A"}), id="a grade by nobody"),
    pytest.param(b'{"type": "a", "type": "b"}', id="a member twice"),
    pytest.param(face_with(location={"lat": float("nan"), "lon": 1}), id="a number that is none"),
    pytest.param(face_with({"scope": "中" * MAX_FACE_BYTES}), id="more than 32 KiB"),
    pytest.param(json.dumps({**DOCUMENT, "copy": "\ud83d"}).encode(), id="half a character"),
    pytest.param(face_with(location={"lat": 10**400, "lon": 1}), id="a latitude of 400 digits"),
    pytest.param(face_with({"scope": json.loads("[" * 17 + '"x"' + "]" * 17)}), id="a text in 17 lists"),
    pytest.param(face_with({"scope": json.loads("[" * 900 + "]" * 900)}), id="a field in 900 lists"),
]


@pytest.mark.parametrize("document", REFUSED)
def test_any_other_form_is_refused(document: bytes) -> None:
    with pytest.raises(Unexpected):
        read_face(document)


# Addresses by what they show, and whether they are taken.
ADDRESSES: dict[str, tuple[str, bool]] = {
    "a shop": ("https://shop.example.com/a b?c=1#d", True),
    "without TLS": ("http://shop.example.com", True),
    "in capitals": ("HTTPS://SHOP.example.com", True),
    "in Chinese": ("https://演示.中国/药店", True),
    "a character younger than Python": ("https://\U00031350.example/", True),
    "a blank before it": (" https://shop.example.com", True),
    "a port and a name": ("https://me@shop.example.com:8443/", True),
    "numbers in brackets": ("https://me@[2001:db8::1]:8443/", True),
    "no host": ("https:///shop", False),
    "no slashes": ("https:shop.example.com", False),
    "another scheme": ("ftp://shop.example.com", False),
    "a long s": ("http\u017f://shop.example.com", False),
    "a bracket alone": ("https://[2001:db8::1", False),
    "brackets in the name": ("https://shop[1].example", False),
    "brackets and more": ("https://[2001:db8::1].example", False),
    "a zone in brackets": ("https://[fe80::1%25eth0]/", False),
    "a version in brackets": ("https://[v1.a]/", False),
    "a digit of another script as port": ("https://[2001:db8::1]:\u0663", False),
    "a wide slash": ("https://bank.example\uff0f.shop.example", False),
    "a wide colon": ("https://shop.example\uff1a80", False),
    "one sign for a/c": ("https://shop\u2100.example", False),
    "a wide blank": ("https://shop.example/\u3000", False),
    "a line's end": ("https://shop.example/\u2028", False),
    "nothing to see": ("https://shop\u200b.example", False),
    "text that runs backwards": ("https://shop.example/\u202ea", False),
}


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_shop_has_a_web_address_that_ends_where_it_seems_to(name: str) -> None:
    address, is_taken = ADDRESSES[name]
    if is_taken:
        assert read_face(face_with(sites=[address])).sites == (address,)
    else:
        with pytest.raises(Unexpected):
            read_face(face_with(sites=[address]))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (["中药饮片", "中成药"], "中药饮片\n中成药"),
        (json.loads("[" * 16 + '"x"' + "]" * 16), "x"),
        ([{"品种": "糕点", "明细": "烘烤类"}], "糕点 · 烘烤类"),
        (12, "12"),
        (None, ""),
        ("一行\n二行", "一行\n二行"),
        ("abc\u202edef\u200b", "abc\ufffddef\ufffd"),
    ],
)
def test_a_fields_value_is_shown_as_text_and_invisible_characters_as_marks(value: object, shown: str) -> None:
    assert read_face(face_with({"scope": value})).fields["scope"] == shown


def test_what_is_shown_beside_the_fields_is_marked_in_the_same_way() -> None:
    credit = {"grade": "A\u202e", "by": "演示\u200b", "as_of": "2026-06-30"}
    face = read_face(face_with(copy="正本\u202e", elicence_id="1.2\u200b", issuer="1\u202e", credit=credit))
    assert (face.copy, face.elicence_id, face.issuer_id) == ("正本\ufffd", "1.2\ufffd", "1\ufffd")
    assert face.credit is not None
    assert (face.credit.grade, face.credit.by) == ("A\ufffd", "演示\ufffd")


@pytest.mark.parametrize(
    ("slug", "key", "forbidden"),
    [
        ("drug-distribution-retail", "scope", False),
        ("drug-distribution-retail", "quality_head", False),
        ("drug-distribution-retail", "id_no", True),
        ("licensed-pharmacist-registration", "id_no", True),
        ("internet-drug-info", "ip", True),
        ("gmp-inspection-notice", "content", False),
        ("gmp-inspection-notice", "scope", True),
    ],
)
def test_a_field_that_is_hidden_or_not_of_the_type_is_forbidden(slug: str, key: str, forbidden: bool) -> None:
    document = json.dumps({**DOCUMENT, "type": slug, "fields": {key: "x"}}).encode()
    assert (forbidden_field(read_face(document), CATALOGUE.by_slug[slug]) == key) is forbidden


@pytest.mark.parametrize(
    ("document", "differs"),
    [
        pytest.param(face_with(), None, id="all agree"),
        pytest.param(face_with(type="device-distribution"), "type", id="another type"),
        pytest.param(face_with(number="辽CB024100124"), "number", id="another number"),
        pytest.param(face_with(version=2), "version", id="another version"),
        pytest.param(face_with(type=""), "type", id="no type"),
        pytest.param(face_with(number=""), "number", id="no number"),
        pytest.param(face_with(version=0), "version", id="no version"),
        pytest.param(face_with({"holder_name": "别的店（演示）"}), "holder_name", id="another holder"),
        pytest.param(face_with({"uscc": "91210100MA0DEM0199"}), "uscc", id="another code"),
        pytest.param(face_with({"expiry_date": "2030-01-01"}), "expiry_date", id="a later end"),
        pytest.param(face_with({"licence_no": "辽CB024100124"}), "number field", id="another number in the fields"),
        pytest.param(face_with({"licence_no": DOCUMENT["number"]}), None, id="the number repeated"),
        pytest.param(face_with({"holder_name": None, "uscc": ""}), None, id="fields left out"),
        pytest.param(face_with({"legal_rep": "演某"}), None, id="a field that no claim has"),
    ],
)
def test_what_stands_in_both_face_and_claims_must_agree(document: bytes, differs: str | None) -> None:
    assert disagreement(read_face(document), LICENCE.credential, RETAIL) == differs


@pytest.mark.parametrize(("name", "differs"), [("演某", None), ("李某", "name"), ("", None)])
def test_a_licence_of_a_person_names_the_holder_in_a_field_of_its_own(name: str, differs: str | None) -> None:
    pharmacist = CATALOGUE.by_slug["licensed-pharmacist-registration"]
    licence = WORLD.licence("211219010001", slug=pharmacist.slug, holder="演某", fields={"name": name})
    assert disagreement(read_face(licence.face), licence.credential, pharmacist) == differs


def test_a_face_with_an_end_disagrees_with_a_credential_without_one() -> None:
    endless = WORLD.licence(expires_at=None).credential
    assert disagreement(read_face(face_with()), endless, RETAIL) == "expiry_date"
