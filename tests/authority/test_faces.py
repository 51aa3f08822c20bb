"""A face document is compact, in the catalogue's order, and holds nothing that may not be public."""

import pytest

from portal.authority.faces import FaceExtras, FaceRefused, FieldValue, build_face
from portal.verification.face import Credit, Link, read_face
from tests.world import CATALOGUE

RETAIL = CATALOGUE.by_slug["drug-distribution-retail"]


def face(slug: str = "drug-distribution-retail", **fields: FieldValue) -> bytes:
    return build_face(CATALOGUE.by_slug[slug], number="辽CB024100123", version=1, issuer_id="1" * 18, fields=fields)


def test_the_fields_stand_in_the_order_of_the_paper_form() -> None:
    document = face(expiry_date="2029-12-31", scope=["中药饮片", "中成药"], holder_name="演示药房")
    assert document.decode() == (
        '{"type":"drug-distribution-retail","number":"辽CB024100123","version":1,"issuer":"111111111111111111",'
        '"fields":{"holder_name":"演示药房","scope":["中药饮片","中成药"],"expiry_date":"2029-12-31"}}'
    )


def test_everything_beside_the_fields_reads_back() -> None:
    extras = FaceExtras(
        elicence_id="1.2.156.3005.2.11100000MB0341032Y002.11210000MBDEM0001W.DEMO20260001.001.6",
        copy="正本",
        sites=("https://shop.example.com",),
        location=(41.79, 123.43),
        credit={"grade": "A", "by": "演示", "as_of": "2026-06-30"},
        links=(("traceability", "https://trace.example.com/1"),),
    )
    document = build_face(RETAIL, number="辽CB024100123", version=3, issuer_id="2" * 18, fields={}, extras=extras)
    read = read_face(document)
    assert (read.elicence_id, read.copy, read.sites) == (extras.elicence_id, "正本", ("https://shop.example.com",))
    assert (read.location, read.credit) == ((41.79, 123.43), Credit("A", "演示", "2026-06-30"))
    assert read.links == (Link("traceability", "https://trace.example.com/1"),)
    assert (read.type_slug, read.number, read.version, read.issuer_id) == (RETAIL.slug, "辽CB024100123", 3, "2" * 18)


def test_an_empty_field_is_left_out() -> None:
    assert read_face(face(holder_name="演示药房", scope="", warehouse_address=[])).fields == {"holder_name": "演示药房"}


@pytest.mark.parametrize(
    ("slug", "key", "value", "why"),
    [
        ("licensed-pharmacist-registration", "id_no", "210102********0011", "must not be published"),
        ("licensed-pharmacist-registration", "sex", "女", "must not be published"),
        ("internet-drug-info", "ip", "192.0.2.1", "must not be published"),
        ("drug-distribution-retail", "principal", "王建国", "must arrive masked"),
        ("drug-distribution-retail", "domain", "shop.example.com", "no such field"),
        ("gmp-inspection-notice", "scope", "片剂", "no such field"),
    ],
)
def test_a_field_that_may_not_be_public_is_refused_by_name(slug: str, key: str, value: str, why: str) -> None:
    with pytest.raises(FaceRefused, match=why) as refused:
        face(slug, **{key: value})
    assert refused.value.key == key
    assert refused.value.zh


@pytest.mark.parametrize("masked", ["王*", "王**", "欧阳＊"])
def test_a_masked_name_is_taken(masked: str) -> None:
    assert read_face(face(principal=masked)).fields == {"principal": masked}


def test_a_face_that_no_portal_would_read_is_refused() -> None:
    with pytest.raises(FaceRefused, match="more than 32768 bytes"):
        face(scope="药" * 11_000)
    nowhere = FaceExtras(location=(141.0, 23.0))
    with pytest.raises(FaceRefused, match="no place on earth"):
        build_face(RETAIL, number="1", version=1, issuer_id="1", fields={}, extras=nowhere)
