"""The licence face: the paper form's order, what the issuer added, and what is not for everybody."""

from __future__ import annotations

from dataclasses import replace

from portal.authority.faces import FaceExtras
from portal.verification.verdict import Reason, Verdict
from portal.web.face_page import FacePage, Text, show_face
from portal.web.wording import Language, Words, words_for
from tests.web.verdicts import LICENCE, OF_REASON, WORLD, verdict_on

ZH, EN = words_for(Language.ZH), words_for(Language.EN)


def face_of(verdict: Verdict, words: Words) -> FacePage | None:
    assert verdict.licence is not None
    return show_face(verdict.licence, words)


def test_the_face_follows_the_order_of_the_paper_form() -> None:
    fields = {"legal_rep": "王某", "quality_head": "李*", "scope": "中成药\n化学药", "issue_date": "2026-01-01"}
    face = face_of(verdict_on(WORLD.licence(fields=fields)), ZH)
    assert face is not None
    assert ("".join(face.title), face.qualifier) == ("药品经营许可证", "零售")
    assert [(row.label, row.value.text) for row in face.rows] == [
        ("许可证编号", LICENCE.number),
        ("企业名称", LICENCE.claims.holder),
        ("统一社会信用代码", LICENCE.claims.uscc),
        ("法定代表人", "王某"),
        ("质量负责人", "李*"),
        ("经营范围", "中成药\n化学药"),
        ("有效期至", "2029年12月31日"),
    ]
    assert (face.issuers, face.issued) == ((Text("演示发证机关"),), "2026年1月1日")


def test_the_face_shows_what_its_issuer_added() -> None:
    extras = FaceExtras(
        elicence_id="1.2.156.3005.2.X",
        sites=("https://shop.example.com",),
        credit={"grade": "A", "by": "演示机关", "as_of": "2026-06-30"},
        links=(("traceability", "https://trace.example.gov.cn/1"),),
    )
    face = face_of(verdict_on(WORLD.licence(extras=extras)), EN)
    assert face is not None
    assert [(row.label, row.value.text) for row in face.added] == [
        ("Registered web shops", "https://shop.example.com"),
        ("Credit grade", "A (演示机关, 30 June 2026)"),
        ("E-licence identifier", "1.2.156.3005.2.X"),
    ]
    assert [(link.label, link.url) for link in face.links] == [("Traceability", "https://trace.example.gov.cn/1")]


def test_a_face_that_the_signature_does_not_cover_is_not_shown() -> None:
    assert face_of(OF_REASON[Reason.CLAIMS_MISMATCH], ZH) is None


def test_a_date_that_is_no_date_is_shown_as_it_came() -> None:
    face = face_of(verdict_on(WORLD.licence(fields={"issue_date": "二〇二六年一月"})), ZH)
    assert face is not None
    assert face.issued == "二〇二六年一月"


def test_of_a_sensitive_licence_the_face_shows_the_parties_only() -> None:
    issued = WORLD.licence(
        "辽药监演示〔2026〕1号",
        slug="narcotic-regional-purchase-decision",
        fields={"content": "数量保密", "subject": "事项保密", "address": "地址保密"},
        extras=FaceExtras(sites=("https://secret.example.com",), links=(("notice", "https://secret.example.com/1"),)),
    )
    face = face_of(verdict_on(issued), ZH)
    assert face is not None
    assert (face.added, face.links) == ((), ())
    assert [row.label for row in face.rows] == ["证照编号", "持证主体", "统一社会信用代码"]
    assert "保密" not in str(face)
    assert "secret" not in str(face)


def test_a_field_that_the_catalogue_hides_is_not_shown_even_if_it_got_in() -> None:
    verdict = verdict_on(WORLD.licence(fields={"legal_rep": "不公开"}))
    assert verdict.licence is not None
    kind = verdict.licence.licence_type
    fields = tuple(replace(field, public="hide") if field.key == "legal_rep" else field for field in kind.fields)
    hidden = verdict.licence._replace(licence_type=replace(kind, fields=fields))
    assert "不公开" in str(show_face(verdict.licence, ZH))
    assert "不公开" not in str(show_face(hidden, ZH))


def test_short_chinese_labels_are_spread_and_others_are_not() -> None:
    issued = WORLD.licence(slug="ivd-registration", fields={"storage": "避光", "product_name": "演示试剂"})
    zh, en = (face_of(verdict_on(issued), words) for words in (ZH, EN))
    assert zh is not None
    assert en is not None
    styles = {row.label: row.style for row in (*zh.rows, *en.rows)}
    assert (styles["产品名称"], styles["产品储存条件及有效期"], styles["Product name"]) == ("spread", "", "")
