"""Tables of licences that people typed: what they become, and what is said of each cell that cannot be used."""

import json

import pytest

from portal.authority.licence_tables import UnsignedLicence, read_licences
from portal.authority.tables import TableRefused
from portal.verification.face import read_face
from tests.authorities import AT
from tests.world import CATALOGUE

ISSUER = "11210000MB0X123458"
HEADINGS = "类型,编号,版本,持证主体,统一社会信用代码,场所地址,有效期自,有效期至,状态序号,经营方式,质量负责人"
TYPED = (
    "药品经营许可证（零售）,辽CB024100123,,沈阳演示药房,91210100MA0DEM018W,演示路18号,2025-01-01,2029-12-31,7,零售,王*"
)
ROW = {
    "type": "drug-distribution-retail",
    "number": "辽CB024100123",
    "holder": "沈阳演示药房",
    "valid_from": "2025-01-01",
    "valid_until": "2029-12-31",
    "status_index": "7",
}


def read(document: str) -> tuple[UnsignedLicence, ...]:
    return read_licences(document.encode(), CATALOGUE, ISSUER, AT)


def problems_of(*rows: dict[str, object]) -> list[tuple[int, str]]:
    with pytest.raises(TableRefused) as refused:
        read(json.dumps(rows))
    assert all(problem.zh and problem.en for problem in refused.value.problems)
    return [(problem.row, problem.column) for problem in refused.value.problems]


def test_a_row_becomes_claims_and_a_face() -> None:
    (licence,) = read(f"{HEADINGS}\r\n{TYPED}\r\n")
    claims, face = licence.claims, read_face(licence.face)
    assert (claims.number, claims.type_code, claims.version, claims.issued_at) == ("辽CB024100123", 3, 1, AT)
    assert (claims.not_before, claims.expires_at) == (1735660800, 1893427200)  # midnights in China
    assert (claims.holder, claims.uscc, claims.address) == ("沈阳演示药房", "91210100MA0DEM018W", "演示路18号")
    assert (claims.status_index, claims.status_list, claims.face_digest) == (7, 0, face.digest)
    assert face.issuer_id == ISSUER
    assert face.fields == {
        "holder_name": "沈阳演示药房",
        "uscc": "91210100MA0DEM018W",
        "mode": "零售",
        "quality_head": "王*",
        "expiry_date": "2029-12-31",
    }


def test_csv_from_a_spreadsheet_and_json_say_the_same() -> None:
    from_csv = read("\ufeff" + ",".join(ROW) + "\n" + ",".join(ROW.values()) + "\n")
    assert from_csv == read(json.dumps([ROW]))


def test_json_may_give_a_field_in_several_lines() -> None:
    (licence,) = read(json.dumps([{**ROW, "scope": ["中药饮片", "中成药"]}]))
    assert read_face(licence.face).fields["scope"] == "中药饮片\n中成药"


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"type": "pharmacy"}, "type"),
        ({"type": "pharmacy", "valid_until": ""}, "type"),  # whether it must end, its type would say
        ({"number": ""}, "number"),
        ({"number": "辽AB024100123"}, "number"),  # A is the letter of wholesalers
        ({"number": "辽CB02410012๓"}, "number"),  # nobody could find it by its digits
        ({"holder": " "}, "holder"),
        ({"holder": "药" * 201}, "holder"),
        ({"uscc": "91210100MA0DEM018X"}, "uscc"),  # a wrong check digit
        ({"version": "0"}, "version"),
        ({"version": "二"}, "version"),
        ({"valid_from": ""}, "valid_from"),
        ({"valid_until": ""}, "valid_until"),
        ({"valid_until": "31.12.2029"}, "valid_until"),
        ({"valid_until": "2029-02-30"}, "valid_until"),
        ({"valid_until": "9999-12-31"}, "valid_until"),  # "for ever" in other systems; it ends outside the calendar
        ({"status_index": ""}, "status_index"),
        ({"status_index": "-1"}, "status_index"),
        ({"principal": "王建国"}, "principal"),
        ({"质量负责人": "王建国"}, "quality_head"),
        ({"colour": "red"}, "colour"),
        ({"企业名称": "另一家演示药房"}, "holder_name"),
        ({"uscc": "91210100MA0DEM018W", "统一社会信用代码 ": "91210100MA0DEM0291"}, "uscc"),
        ({"expiry_date": "2030-12-31"}, "expiry_date"),
        ({"许可证编号": "辽CB024100124"}, "licence_no"),
        ({"mode": "零售", "经营方式": "批发"}, "mode"),
        ({"编号": "辽CB024100124"}, "number"),
    ],
)
def test_a_cell_that_cannot_be_used_is_named(change: dict[str, object], column: str) -> None:
    assert problems_of({**ROW, **change}) == [(1, column)]


def test_a_type_that_does_not_expire_takes_no_last_day() -> None:
    filing = {**ROW, "type": "device-class2-distribution-filing", "number": "辽沈药监械经营备20230001号"}
    assert problems_of(filing) == [(1, "valid_until")]
    (licence,) = read(json.dumps([{**filing, "valid_until": ""}]))
    assert licence.claims.expires_at is None


def test_a_field_may_say_again_what_the_claims_say() -> None:
    again = {"企业名称": "沈阳演示药房", "expiry_date": "2029-12-31", "许可证编号": "辽CB024100123"}
    (licence,) = read(json.dumps([{**ROW, **again}]))
    assert read_face(licence.face).fields["holder_name"] == "沈阳演示药房"


def test_a_licence_without_a_term_has_no_last_day_on_its_face() -> None:
    types = [each for each in CATALOGUE.by_slug.values() if each.expires is None and each.field("expiry_date")]
    open_ended = {**ROW, "type": types[0].slug, "number": types[0].number_formats[0].example, "valid_until": ""}
    assert read(json.dumps([open_ended]))
    assert problems_of({**open_ended, "expiry_date": "2029-12-31"}) == [(1, "expiry_date")]


def test_columns_without_a_heading_are_left_out_where_they_are_empty() -> None:
    (licence,) = read(",".join([*ROW, "", ""]) + "\n" + ",".join([*ROW.values(), "", ""]) + "\n")
    assert licence == read(json.dumps([ROW]))[0]


def test_two_headings_that_mean_one_column_are_refused() -> None:
    for headings in ("number,编号", "number,number", "编号, 编号 "):
        with pytest.raises(TableRefused, match="row 0, number: two columns stand for it"):
            read(f"{headings},holder\n1,2,3\n")


def test_all_problems_of_all_rows_are_listed() -> None:
    assert problems_of({**ROW, "holder": "", "uscc": "1"}, ROW, {**ROW, "number": "?"}) == [
        (1, "holder"),
        (1, "uscc"),
        (3, "number"),
    ]


def test_two_licences_may_not_share_a_status() -> None:
    assert problems_of(ROW, {**ROW, "status_index": "8"}, {**ROW, "version": "2"}) == [(3, "status_index")]
    assert len(read(json.dumps([ROW, {**ROW, "status_list": "1"}]))) == 2


@pytest.mark.parametrize("document", ["[1]", "[{]", 'number\n"unclosed', "\udcff"], ids=ascii)
def test_what_is_no_table_is_refused(document: str) -> None:
    with pytest.raises(TableRefused, match="not CSV or JSON"):
        read_licences(document.encode(errors="surrogateescape"), CATALOGUE, ISSUER, AT)


def test_a_problem_is_told_in_both_languages() -> None:
    with pytest.raises(TableRefused) as refused:
        read(json.dumps([{**ROW, "uscc": "1"}]))
    expected = "第 1 行「uscc」:长度或校验码不对 · row 1, uscc: its length or check digit is wrong"
    assert str(refused.value) == expected


def test_the_holder_who_is_a_person_stands_on_the_face_and_cannot_be_another_there() -> None:
    person = {**ROW, "type": "licensed-pharmacist-registration", "number": "211219010001", "holder": "演某"}
    (licence,) = read(json.dumps([person]))
    assert read_face(licence.face).fields["name"] == "演某"
    assert problems_of({**person, "姓名": "李某"}) == [(1, "name")]
