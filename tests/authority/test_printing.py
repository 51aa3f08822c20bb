"""What stands on a printed licence: the public face and nothing besides, in the order of the paper form."""

from dataclasses import replace

import pytest

from portal.authority.printing import PrintRefused, make_sheet
from portal.demonstration.types import PLANS
from tests.authorities import PUBLIC_URL
from tests.authority.papers import drafts_by_type, record_of, sheet_of
from tests.world import CATALOGUE


@pytest.mark.parametrize("slug", PLANS)
def test_the_fields_stand_in_the_order_of_the_paper_form_with_issuer_and_date_at_the_foot(slug: str) -> None:
    draft = drafts_by_type()[slug]
    sheet, face = sheet_of(draft), record_of(draft).face
    labels = [label.split("\n")[0] for label, _ in sheet.rows]
    order = [field.zh for field in CATALOGUE.by_slug[slug].fields]
    assert labels[-1] == "电子证照标识"
    assert labels[:-1] == [name for name in order if name in labels]
    assert len(labels) >= len(set(face.fields) - {"issuer", "issue_date"})
    assert sheet.issuer == draft.issuer.name_zh
    assert "年" in sheet.issued


def test_number_holder_and_credit_code_come_from_the_claims_where_the_face_leaves_them_out() -> None:
    sheet = sheet_of(drafts_by_type()["drug-distribution-retail"])
    assert sheet.rows[0] == ("许可证编号", sheet.number)


def test_what_the_public_sees_masked_is_masked_and_what_it_may_not_see_is_missing() -> None:
    rows = dict(sheet_of(drafts_by_type()["licensed-pharmacist-registration"]).rows)
    assert "****" in rows["资格证书编号"]
    assert {"性别", "身份证号码", "照片"} & set(rows) == set()


@pytest.mark.parametrize("slug", ["eu-api-written-confirmation", "drug-export-sales-certificate"])
def test_a_certificate_for_abroad_is_in_both_languages(slug: str) -> None:
    sheet = sheet_of(drafts_by_type()[slug])
    assert sheet.titles == (CATALOGUE.by_slug[slug].zh, CATALOGUE.by_slug[slug].en)
    assert "持证主体\nHolder" in dict(sheet.rows)
    assert " · " in dict(sheet.rows)["有效期至\nValid until"]


def test_a_licence_for_home_is_in_chinese_with_its_variant_under_the_title() -> None:
    sheet = sheet_of(drafts_by_type()["drug-distribution-retail"])
    assert (sheet.titles, sheet.qualifier) == (("药品经营许可证",), "零售")
    assert sheet.copy in ("正本", "副本")


def test_what_calls_itself_a_demonstration_is_marked_as_one_and_a_real_licence_is_not() -> None:
    retail = drafts_by_type()["drug-distribution-retail"]
    assert sheet_of(retail).demonstration
    assert sheet_of(replace(retail, holder="沈阳安康大药房")).demonstration  # its authority says so
    real = replace(retail, holder="沈阳安康大药房", issuer=replace(retail.issuer, name_zh="沈阳市市场监督管理局"))
    assert not sheet_of(real).demonstration
    licence_type = CATALOGUE.by_slug[real.slug]
    assert make_sheet(record_of(real), licence_type, public_url=PUBLIC_URL, demonstration=True).demonstration


def test_a_face_that_the_signature_does_not_cover_is_not_printed() -> None:
    retail = drafts_by_type()["drug-distribution-retail"]
    other = record_of(replace(retail, fields={"scope": "麻醉药品"})).face
    with pytest.raises(PrintRefused, match="not the one that was signed"):
        make_sheet(record_of(retail)._replace(face=other), CATALOGUE.by_slug[retail.slug], public_url=PUBLIC_URL)


def test_nobody_signs_anonymously() -> None:
    report = drafts_by_type()["drug-test-report"]
    with pytest.raises(PrintRefused, match="does not name the authority"):
        make_sheet(record_of(report), CATALOGUE.by_slug[report.slug], public_url=PUBLIC_URL)
