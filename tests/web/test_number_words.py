"""What a typed number says of itself: every format in words, warnings that condemn nothing, and whom to ask."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.catalogue import numbers
from portal.catalogue.licence_types import Catalogue
from portal.catalogue.numbers import FREE_FORMAT, read_number
from portal.catalogue.provinces import province_code
from portal.verification.verdict import Reason, Verdict
from portal.web.number_page import NumberMeaning, NumberPage, NumberPart, show_number
from portal.web.parts import Parts
from portal.web.places import place_name
from portal.web.wording import Language, Words, entries, words_for
from tests.authorities import AT
from tests.web.country import CHANGED, COMPANY, ELICENCE, MISLABELLED, NEIGHBOUR, Country
from tests.web.html_pages import Page, read_page
from tests.web.portals import portal_of
from tests.world import CATALOGUE, World

ZH, EN = words_for(Language.ZH), words_for(Language.EN)
FORMATS = [
    (licence_type.slug, each.id, each.example)
    for licence_type in CATALOGUE.by_code.values()
    for each in licence_type.number_formats
    if each.id != FREE_FORMAT
]


def said(app: Flask, text: str, words: Words = ZH) -> NumberPage:
    """Of a number that is not found."""
    portal: Parts = app.extensions["portal"]
    page = show_number(Verdict(Reason.NOT_FOUND, AT, text=text), portal.verifier, words, AT)
    assert page is not None
    return page


def meanings(app: Flask, text: str) -> dict[str, str]:
    """The parts of the first thing that a number can be."""
    return {part.label: f"{part.written} {part.meaning}".strip() for part in said(app, text).meanings[0].parts}


def looked_up(ask: FlaskClient, number: str, prefix: str = "") -> Page:
    return read_page(ask.get(f"{prefix}/l/{number}"))


@pytest.mark.parametrize(("slug", "format_id", "example"), FORMATS, ids=[f"{slug}-{id}" for slug, id, _ in FORMATS])
def test_every_format_is_told_by_its_type_and_its_parts_in_both_languages(
    national: Flask, slug: str, format_id: str, example: str
) -> None:
    current = next(each.current for each in CATALOGUE.by_slug[slug].number_formats if each.id == format_id)
    for words in (ZH, EN):
        page = said(national, example, words)
        mine = [each for each in page.meanings if words.type_name(CATALOGUE.by_slug[slug]) in each.types]
        assert [each.old for each in mine] == [not current]
        assert all(part.written and part.label for each in mine for part in each.parts)


PARTS = {
    "辽CB024100123": {
        "省份": "辽 辽宁",
        "类别": "C 零售连锁门店",
        "企业性质": "B 非法人企业",
        "地区": "0241 沈阳、抚顺、本溪、铁岭的电话区号",
        "顺序号": "00123",
    },
    "吉AA431100001": {
        "省份": "吉 吉林",
        "类别": "A 批发",
        "企业性质": "A 法人企业",
        "地区": "4311 长春的电话区号",
        "顺序号": "00001",
    },
    "SC11464010500015": {
        "类别代码": "114",
        "省份": "64 宁夏",
        "市级代码": "01",
        "区县代码": "05",
        "顺序号": "0001",
        "校验位": "5",
    },
    "粤械广审（文）第280917-05538号": {
        "省份": "粤 广东",
        "产品": "械 医疗器械",
        "形式": "文 图文",
        "期限": "280917 2028年9月17日",
        "顺序号": "05538",
    },
    "国械注进20172140019": {
        "地区": "国 国家",
        "产地": "进 进口",
        "年份": "2017",
        "管理类别": "2 第二类",
        "类别代码": "14",
        "顺序号": "0019",
    },
    "辽药制字Z20200001": {"省份": "辽 辽宁", "类别": "Z 中药", "年份": "2020", "顺序号": "0001"},
    "浙温械备20140027号": {"地区": "浙温 浙江", "年份": "2014", "顺序号": "0027"},
}


@pytest.mark.parametrize("number", PARTS)
def test_the_parts_of_a_number_are_told_in_words(national: Flask, number: str) -> None:
    assert meanings(national, number) == PARTS[number]


def test_types_that_share_a_format_are_named_together(national: Flask) -> None:
    (meaning,) = said(national, "陕械注准20172140019").meanings
    assert len(meaning.types) == 4


def test_a_number_that_two_types_can_have_is_told_as_both(national: Flask) -> None:
    assert [each.types for each in said(national, "辽20160123").meanings] == [
        ("医疗机构制剂许可证",),
        ("药品生产许可证",),
        ("药品出口销售证明书",),
    ]


def test_an_old_number_is_told_to_stay_lawful(ask: FlaskClient) -> None:
    assert ZH.t("number.old") in looked_up(ask, "辽DA0240001").text
    assert ZH.t("number.old") not in looked_up(ask, CHANGED).text


HINTS = {
    "SC11464010500016": ["number_hint.check_digit_wrong"],
    "SC11464010500015": [],
    "91210100MA0DEM029X": ["number_hint.uscc_check_character_wrong"],
    ELICENCE[:-1] + "7": ["number_hint.elicence_check_character_differs"],
    "9" * 300: ["number_hint.too_long"],
    "粤械广审（文）第261120-05538号": ["number_hint.past_date"],
    "粤械广审（文）第261121-05538号": [],
    "粤械广审（文）第261399-05538号": [],
    "随便什么 1": [],
    "国药准字H20240001": ["number_hint.drug_approval"],
    "国药准字 ｚ20240001": ["number_hint.drug_approval"],
    "国药准字H2024001": [],
    "国药准字X20240001": [],
}


@pytest.mark.parametrize("text", HINTS, ids=lambda text: text[:20])
def test_what_is_odd_about_a_number_is_a_warning_in_words(national: Flask, text: str) -> None:
    expected = [ZH.t(key, date="2026年11月20日") if "past" in key else ZH.t(key) for key in HINTS[text]]
    assert list(said(national, text).hints) == expected


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("随便什么 1", True),
        ("辽药监演示〔2026〕99号", True),
        (CHANGED[:-1] + "9", False),
        ("91210100MA0DEM029X", False),
        ("国药准字H20240001", False),
        ("辽CBO241OOOO9", False),
    ],
)
def test_no_form_of_number_is_known_only_where_nothing_else_is_said_of_it(
    ask: FlaskClient, text: str, is_said: bool
) -> None:
    for words, prefix in ((ZH, ""), (EN, "/en")):
        assert (words.t("number.free") in looked_up(ask, text, prefix).text) == is_said


def test_what_is_named_is_not_offered_as_a_search(ask: FlaskClient) -> None:
    for text in ("国药准字H20240001", "91210100MA0DEM029X"):
        page = looked_up(ask, text)
        assert not any("/search?q=" in link for link in page.links)
        assert page.all("details") == []


def test_a_likely_typing_error_links_to_the_number_that_was_meant(ask: FlaskClient) -> None:
    page = looked_up(ask, "辽CBO241OOOO2")
    assert page.reason == Reason.NOT_FOUND
    link = next(each for each in page.all("a") if each.text == "辽CB024100002")
    assert read_page(ask.get(link.attributes["href"])).reason == Reason.EXPIRED


def test_a_class_letter_of_another_type_is_a_warning_under_a_verdict_that_stays(ask: FlaskClient) -> None:
    page = looked_up(ask, MISLABELLED)
    warning = ZH.t("number_hint.other_type", numbered="药品经营许可证（批发）", found="药品经营许可证（零售）")
    assert warning in page.text
    assert page.reason == Reason.IN_FORCE
    assert "编号的写法属于" not in looked_up(ask, CHANGED).text


def test_a_number_of_a_neighbour_is_sent_to_the_neighbours_own_portal(ask: FlaskClient) -> None:
    page = looked_up(ask, "吉CB431109999")
    assert ZH.t("number.elsewhere", place="吉林") in page.text
    (link,) = [each for each in page.all("a") if each.attributes["href"] == NEIGHBOUR]
    assert link.attributes["rel"] == "noopener noreferrer"
    assert ZH.t("number.external") in link.text


def test_a_neighbours_number_that_the_register_has_is_answered_here(ask: FlaskClient) -> None:
    page = looked_up(ask, "吉CB431100001")
    assert page.reason == Reason.IN_FORCE
    assert NEIGHBOUR not in page.links


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("粤CB020100001", "广东"),
        ("黔药监示例〔2026〕1号", "贵州"),
        ("SC11464010500015", "宁夏"),
        ("兵妆20220001", "新疆生产建设兵团"),
    ],
)
def test_a_number_of_a_province_without_a_published_authority_is_named(
    national: Flask, number: str, place: str
) -> None:
    assert said(national, number).ask == ZH.t("number.nobody", place=place)


@pytest.mark.parametrize(
    "number", ["辽CB024109999", "国械注准20173140019", "2021R003067", "甲乙丙1", "新3店", "吉林大药房", "991220100035"]
)
def test_a_number_of_our_own_or_of_no_province_sends_nobody_away(national: Flask, number: str) -> None:
    assert said(national, number).ask is None


def test_a_neighbours_portal_that_is_not_secure_is_named_and_not_linked(tmp_path: Path) -> None:
    world = World()
    world.jilin.portal = "http://yz.jl.example.gov.cn"
    with portal_of(world.write(tmp_path)) as app:
        (issuer,) = said(app, "吉CB431109999").issuers
    assert (issuer.name, issuer.url) == ("吉林省药品监督管理局（演示）", None)


def test_a_number_is_explained_although_the_register_cannot_be_read(country: Country) -> None:
    with portal_of(country.written, database_url="sqlite:////nowhere/register.sqlite") as app:
        response = app.test_client().get("/l/吉CB431109999")
    page = read_page(response)
    assert (response.status_code, page.reason) == (503, Reason.REGISTER_UNAVAILABLE)
    assert NEIGHBOUR in page.links


def test_what_is_not_found_leads_to_what_the_register_has(ask: FlaskClient) -> None:
    for prefix in ("", "/en"):
        assert f"{prefix}/coverage" in looked_up(ask, "辽CB024109999", prefix).links[4:]


def test_an_identifier_leads_to_what_it_stands_for(ask: FlaskClient) -> None:
    assert f"/h/{COMPANY}" in looked_up(ask, COMPANY).links
    assert f"/search?q={ELICENCE}" in looked_up(ask, ELICENCE).links


def test_a_code_that_was_pasted_says_nothing_of_numbers(ask: FlaskClient) -> None:
    page = looked_up(ask, "https://evil.example/pay")
    assert ZH.t("number.title") not in page.text


LEADS = {
    CHANGED: f"/l/{CHANGED}",
    COMPANY.lower(): f"/h/{COMPANY}",
    f" {COMPANY[:8]} {COMPANY[8:]} ": f"/h/{COMPANY}",
    ELICENCE: f"/search?q={ELICENCE}",
    "北辰健康": "/search?q=北辰健康",
    "Northern Star": "/search?q=Northern Star",
    "连锁3店": "/l/连锁3店",
    "12": "/l/12",
    "https://evil.example/pay": "/l/https://evil.example/pay",
    "2KCA": "/l/2KCA",
}


@pytest.mark.parametrize("typed", LEADS)
def test_the_one_field_leads_to_the_page_that_answers(ask: FlaskClient, typed: str) -> None:
    response = ask.get("/l", query_string={"number": typed})
    assert (response.status_code, unquote(str(response.location))) == (303, LEADS[typed])


def test_a_name_with_a_digit_that_is_no_number_is_offered_as_a_search(ask: FlaskClient) -> None:
    (link,) = [link for link in looked_up(ask, "连锁3店").links if "/search?q=" in link]
    assert "连锁3店" in read_page(ask.get(link)).text


def test_every_part_of_every_format_has_a_label() -> None:
    parts = {
        name for *_, example in FORMATS for each in read_number(example, CATALOGUE).candidates for name in each.parts
    }
    assert {f"number_part.{name}" for name in parts} - set(entries(Language.ZH)) == set()


def test_a_part_that_is_new_in_the_catalogue_is_told_by_its_own_name(country: Country) -> None:
    raw = json.loads((Path(numbers.__file__).parent / "catalogue.json").read_bytes())
    made_up = {"id": "new", "regex": r"^新证(?P<zone>\d{3})$", "example": "新证001", "current": True}
    raw["types"][0]["number_formats"].append(made_up)
    catalogue = Catalogue.parse(json.dumps(raw).encode())
    with portal_of(country.written) as app:
        verifier = replace(app.extensions["portal"].verifier, catalogue=catalogue)
        page = show_number(Verdict(Reason.NOT_FOUND, AT, text="新证001"), verifier, ZH, AT)
    assert page is not None
    assert page.meanings == (NumberMeaning(("药品经营许可证（批发）",), (NumberPart("001", "zone", ""),), old=False),)


def test_every_hint_of_the_catalogue_has_words() -> None:
    hints = {hint for text in HINTS for hint in read_number(text, CATALOGUE).hints}
    assert {f"number_hint.{hint}" for hint in hints} <= set(entries(Language.ZH))


def test_every_province_and_city_of_the_catalogue_has_a_name() -> None:
    codes = [province_code(each) for each in CATALOGUE.provinces]
    assert None not in codes
    assert len(set(codes)) == len(CATALOGUE.provinces) - 2  # two provinces have two abbreviations
    for code in [*filter(None, codes), *(city.code for city in CATALOGUE.cities)]:
        assert not any(place_name(code, words).isdigit() for words in (ZH, EN))
    assert place_name("999900", ZH) == "999900"
