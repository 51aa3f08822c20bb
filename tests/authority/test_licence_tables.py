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
        ({"valid_from": "2030-01-01"}, "valid_until"),
        ({"holder": "沈阳演示\n药房"}, "holder"),
        ({"premises": "演示路\t18号"}, "premises"),
        ({"premises": "演示路\u200b18号"}, "premises"),
        ({"premises": "Cafe\u0301"}, "premises"),  # e and an accent of its own
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
        with pytest.raises(TableRefused, match="row 1, number: two columns stand for it"):
            read(f"{headings},holder\n1,2,3\n")


def test_all_problems_of_all_rows_are_listed() -> None:
    assert problems_of({**ROW, "holder": "", "uscc": "1"}, ROW, {**ROW, "number": "?"}) == [
        (1, "holder"),
        (1, "uscc"),
        (3, "number"),
    ]


def test_two_licences_may_not_share_a_status() -> None:
    again = {**ROW, "version": "2"}
    assert problems_of(ROW, {**again, "status_index": "8"}, {**again, "version": "3"}) == [(3, "status_index")]
    assert len(read(json.dumps([ROW, {**again, "status_list": "1"}]))) == 2


def test_a_licence_stands_once_in_a_table_but_for_its_duplicate() -> None:
    other = {**ROW, "status_index": "8"}
    assert problems_of(ROW, {**other, "holder": "另一家演示药房"}) == [(2, "number")]
    assert len(read(json.dumps([{**ROW, "copy": "正本"}, {**other, "copy": "副本"}]))) == 2


NO_TABLES = {
    b"[1]": "not CSV or JSON",
    b"[{]": "not CSV or JSON",
    b'number\n"unclosed': "not CSV or JSON",
    HEADINGS.encode("gbk"): "not UTF-8: save it as “CSV UTF-8”",
    HEADINGS.encode("utf-16"): "not UTF-8",
    b"": "the first line must hold the headings, and none is known",
    HEADINGS.replace(",", "\t").encode(): "none is known",
    f"许可证登记表,,\n{HEADINGS}\n{TYPED}\n".encode(): "none is known",
}


@pytest.mark.parametrize(("document", "why"), NO_TABLES.items(), ids=ascii)
def test_what_is_no_table_is_refused_in_one_line(document: bytes, why: str) -> None:
    with pytest.raises(TableRefused, match=why) as refused:
        read_licences(document, CATALOGUE, ISSUER, AT)
    assert len(refused.value.problems) == 1


def test_rows_count_as_in_the_spreadsheet_whose_empty_ones_are_left_out() -> None:
    empty = "," * HEADINGS.count(",")
    assert len(read("\r\n".join([HEADINGS, empty, "", TYPED, empty, empty]))) == 1
    with pytest.raises(TableRefused) as refused:
        read("\r\n".join([HEADINGS, empty, "", TYPED.replace("2029-12-31", "2029/12/31"), empty]))
    (problem,) = refused.value.problems
    assert str(problem) == ("第 4 行「有效期至」:日期应写成 2026-11-21 · row 4, 有效期至: a date is written 2026-11-21")


@pytest.mark.parametrize("typed", ["辽CB０２４１００１２３", "辽cb024100123", "辽CB024 100123"])
def test_a_number_is_signed_in_the_form_in_which_its_next_version_will_be(typed: str) -> None:
    with pytest.raises(TableRefused, match="row 1, number: is written 辽CB024100123\\Z"):
        read(json.dumps([{**ROW, "number": typed}]))


def test_a_type_may_be_typed_with_brackets_of_either_width() -> None:
    (licence,) = read(json.dumps([{**ROW, "type": "药品经营许可证(零售)"}]))
    assert licence.claims.type_code == 3


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
