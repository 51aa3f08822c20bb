"""The search page: what is found with its verdict, filters, pages, what is refused in words, and its limits."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.lookups import MAX_PAGES, PAGE_SIZE, SearchQuery, SearchResult
from portal.web.search_page import show_search
from portal.web.wording import Language, words_for
from tests.web.country import (
    CHAIN,
    CHANGED,
    COMPANY,
    COMPANY_NAME,
    ELICENCE,
    HOSTILE,
    NEIGHBOUR,
    PHARMACIST,
    REVOKED,
    Country,
)
from tests.web.html_pages import Page, read_page
from tests.web.portals import portal_of
from tests.web.verdicts import WORLD, verdict_on
from tests.world import CATALOGUE

ZH, EN = words_for(Language.ZH), words_for(Language.EN)


def searched(ask: FlaskClient, text: str, prefix: str = "", **filters: str) -> Page:
    return read_page(ask.get(f"{prefix}/search", query_string={"q": text, **filters}))


def found(page: Page) -> list[tuple[str, str]]:
    """Outcome and text of each licence in the list."""
    return [
        (each.attributes["data-outcome"], each.text) for each in page.all("li") if "data-outcome" in each.attributes
    ]


def test_before_a_search_there_is_the_form_alone(ask: FlaskClient) -> None:
    response = ask.get("/search")
    page = read_page(response)
    assert (response.status_code, page.heading, found(page)) == (200, ZH.t("search.title"), [])
    assert {each.attributes["name"] for each in page.elements if "name" in each.attributes} >= {"q", "region", "type"}


def test_each_licence_is_found_with_verdict_holder_type_number_and_version(ask: FlaskClient) -> None:
    page = searched(ask, "北辰健康")
    assert found(page)[0] == (
        "valid",
        f"在有效期内 药品经营许可证（批发） 第 1 版 {COMPANY_NAME} 沈阳市和平区演示路18号 辽AA024100001",
    )
    assert page.heading == ZH.t("search.found_several", total=2)


@pytest.mark.parametrize("text", [CHANGED, CHANGED.lower(), "辽CB-0241-00001", "变迁大药房"])
def test_the_newest_version_is_what_is_found(ask: FlaskClient, text: str) -> None:
    ((outcome, text),) = found(searched(ask, text))
    assert (outcome, "第 4 版" in text) == ("valid", True)


@pytest.mark.parametrize(
    ("text", "count"), [(COMPANY, 3), (ELICENCE, 1), (REVOKED, 1), (PHARMACIST, 1), ("张北辰", 0), ("没有这家", 0)]
)
def test_a_search_is_by_number_identifier_code_and_name_but_not_of_persons(
    ask: FlaskClient, text: str, count: int
) -> None:
    assert len(found(searched(ask, text))) == count


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"region": "220000"}, 1),
        ({"region": "210000"}, 2),
        ({"type": "drug-distribution-wholesale"}, 1),
        ({"region": "220000", "type": "drug-distribution-wholesale"}, 0),
        ({"region": "", "type": ""}, 3),
        ({"region": "nowhere", "type": "driving-licence", "page": "x"}, 3),
    ],
)
def test_filters_narrow_and_unknown_ones_do_not(ask: FlaskClient, filters: dict[str, str], count: int) -> None:
    assert len([each for each in found(searched(ask, "北辰", **filters)) if "旧名" not in each[1]]) == count


def test_the_form_keeps_what_was_chosen(ask: FlaskClient) -> None:
    page = searched(ask, "北辰", region="220000", type="drug-distribution-retail")
    chosen = [each.attributes["value"] for each in page.all("option") if "selected" in each.attributes]
    assert chosen == ["220000", "drug-distribution-retail"]
    assert {each.attributes.get("value") for each in page.all("input")} == {"北辰"}


@pytest.mark.parametrize("text", ["北辰", "查无此名"])
def test_above_what_was_found_stands_what_was_asked_for(ask: FlaskClient, text: str) -> None:
    page = searched(ask, text, region="210000", type="drug-distribution-retail")
    asked = [each.text for each in page.all("p") if each.attributes.get("class") == "asked"]
    assert asked == [f"{ZH.t('verdict.asked')} {text} 地区 辽宁、证照类别 药品经营许可证（零售）"]
    assert ZH.t("verdict.asked") not in searched(ask, "").text


def test_persons_are_no_type_to_choose(ask: FlaskClient) -> None:
    values = {each.attributes["value"] for each in searched(ask, "").all("option")}
    assert "drug-distribution-retail" in values
    assert "licensed-pharmacist-registration" not in values


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_lead_on_and_back(ask: FlaskClient, prefix: str) -> None:
    first = searched(ask, "连锁", prefix, region="210000")
    (following,) = [link for link in first.links if "page=" in link]
    assert "page=2" in following
    second = read_page(ask.get(following))
    assert (len(found(first)), len(found(second))) == (PAGE_SIZE, CHAIN - PAGE_SIZE)
    (back,) = [link for link in second.links if "page=1" in link]
    assert {key: values[0] for key, values in parse_qs(urlsplit(back).query).items()} == {
        "q": "连锁",
        "region": "210000",
        "page": "1",
    }
    assert found(read_page(ask.get(back))) == found(first)


# How many were found: on this page, before it, and whether there are more.
HEADINGS = {
    "all on one page": (3, 0, False, "找到 3 份证照", "3 licences found"),
    "one alone": (1, 0, False, "找到 1 份证照", "1 licence found"),
    "the first page of several": (PAGE_SIZE, 0, True, "第 1–20 份证照", "Licences 1–20"),
    "a page between": (PAGE_SIZE, PAGE_SIZE, True, "第 21–40 份证照", "Licences 21–40"),
    "the last page": (5, 2 * PAGE_SIZE, False, "第 41–45 份证照", "Licences 41–45"),
    "one on the last page": (1, 2 * PAGE_SIZE, False, "第 41 份证照", "Licence 41"),
    "none": (0, 0, False, "没有找到", "Nothing found"),
}


@pytest.mark.parametrize("name", HEADINGS)
def test_the_heading_counts_what_is_on_one_page_and_otherwise_says_which_are(name: str) -> None:
    count, first, more, zh, en = HEADINGS[name]
    result = SearchResult((verdict_on(),) * count, more=more, first=first)
    for words, heading in ((ZH, zh), (EN, en)):
        assert show_search(SearchQuery("药房"), None, result, CATALOGUE, WORLD.trust_list, words).heading == heading


def test_title_and_heading_say_which_licences_a_page_lists(ask: FlaskClient) -> None:
    page = searched(ask, "连锁", region="210000")
    assert page.heading == f"第 1–{PAGE_SIZE} 份证照"
    assert page.title.startswith(page.heading)


def test_the_same_search_is_one_click_away_in_the_other_language(ask: FlaskClient) -> None:
    page = searched(ask, "连锁", region="210000", page="2")
    there = next(each.attributes["href"] for each in page.all("a") if each.attributes.get("hreflang") == "en")
    assert len(found(read_page(ask.get(there)))) == CHAIN - PAGE_SIZE


def test_after_the_last_page_the_person_is_asked_to_narrow_the_search() -> None:
    result = SearchResult((verdict_on(),), more=True, first=(MAX_PAGES - 1) * PAGE_SIZE)
    query = SearchQuery("连锁", page=MAX_PAGES)
    page = show_search(query, None, result, CATALOGUE, WORLD.trust_list, ZH)
    assert (page.previous, page.following, page.more) == (str(MAX_PAGES - 1), None, True)


def test_a_citys_authority_can_be_chosen_and_its_province_too() -> None:
    trust_list = WORLD.trust_list
    city = replace(trust_list.issuers[0], region="210100")
    page = show_search(SearchQuery(""), None, None, CATALOGUE, replace(trust_list, issuers=(city,)), ZH)
    assert [(each.value, each.label) for each in page.regions] == [("210000", "辽宁"), ("210100", "沈阳")]


def test_on_a_page_too_far_nothing_is_found(ask: FlaskClient) -> None:
    assert found(searched(ask, "连锁", page=str(MAX_PAGES))) == []
    assert len(found(searched(ask, "连锁", page=str(MAX_PAGES + 1)))) == PAGE_SIZE


@pytest.mark.parametrize(("text", "problem"), [("新", "too_short"), (" 新 ", "too_short"), ("新" * 257, "too_long")])
def test_what_cannot_be_looked_for_is_answered_in_both_languages_and_stays_in_the_field(
    ask: FlaskClient, text: str, problem: str
) -> None:
    for path, words in (("/search", ZH), ("/en/search", ZH.other)):
        response = ask.get(path, query_string={"q": text})
        page = read_page(response)
        assert response.status_code == 400
        assert all(each.t(f"search.{problem}") in page.text for each in (words, words.other))
        assert page.title.startswith(words.t(f"search.{problem}"))
        (field,) = [each for each in page.all("input") if each.attributes["name"] == "q"]
        (message,) = [each for each in page.all("p") if each.attributes.get("role") == "alert"]
        assert field.attributes["aria-invalid"] == "true"
        assert message.attributes["id"] in field.attributes["aria-describedby"].split()
        assert f'value="{text.strip()}"' in response.text


def test_nothing_found_is_said_to_prove_nothing(ask: FlaskClient) -> None:
    response = ask.get("/search?q=没有这家")
    page = read_page(response)
    assert (response.status_code, page.heading) == (200, ZH.t("search.none"))
    assert ZH.t("search.none_text") in page.text
    assert page.links.count("/coverage") == 2


def test_a_number_that_is_not_found_says_whom_to_ask_and_what_was_meant(ask: FlaskClient) -> None:
    assert NEIGHBOUR in searched(ask, "吉CB431109999").links
    assert f"/l/{CHANGED}" in {unquote(link) for link in searched(ask, "辽CBO24100001").links}
    assert "编号，" not in searched(ask, "吉林的药房").text


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_whatever_is_asked_is_answered_in_words(ask: FlaskClient, text: str) -> None:
    for page in (
        f"/search?q={quote(text)}",
        f"/h/{quote(text, '')}",
        f"/l/{quote(text, '')}",
        f"/l?number={quote(text)}",
    ):
        response = ask.get(page)
        assert response.status_code in (200, 303, 400, 404)
        assert response.status_code == 303 or read_page(response).heading


def test_a_hostile_name_and_a_hostile_question_stay_text(ask: FlaskClient) -> None:
    page = searched(ask, HOSTILE)
    assert (len(found(page)), HOSTILE in page.text) == (1, True)
    assert {each.attributes.get("value") for each in page.all("input")} == {HOSTILE}
    page = searched(ask, '"><script>alert(1)</script>')
    assert [each.attributes.get("src", "")[:8] for each in page.all("script")] == ["/static/"]


def test_a_search_is_not_kept(ask: FlaskClient) -> None:
    assert ask.get("/search?q=北辰").headers["Cache-Control"] == "no-store"


def test_searches_have_a_limit_of_their_own_and_misses_a_harder_one(country: Country) -> None:
    limits = {"PORTAL_RATELIMIT_SEARCH": "4 per minute", "PORTAL_RATELIMIT_MISSES": "2 per minute"}
    with portal_of(country.written, limits=limits) as app:
        visit = app.test_client()
        paths = ("/search?q=北辰", f"/h/{COMPANY}", "/en/search?q=北辰", "/coverage", "/search?q=北辰")
        assert [visit.get(path).status_code for path in paths] == [200] * 4 + [429]
        assert visit.get(f"/l/{CHANGED}").status_code == 200
    with portal_of(country.written, limits=limits) as app:
        visit = app.test_client()
        paths = ("/search?q=没有这家", "/h/91210100MA0DEM03XX", "/search?q=北辰")
        assert [visit.get(path).status_code for path in paths] == [200, 404, 429]


def test_without_a_register_a_search_says_so_and_when_to_come_back(country: Country) -> None:
    with portal_of(country.written, database_url="sqlite:////nowhere/register.sqlite") as app:
        for path in ("/search?q=北辰", f"/h/{COMPANY}", f"/history/drug-distribution-retail/{CHANGED}", "/coverage"):
            response = app.test_client().get(path)
            assert (response.status_code, response.headers["Retry-After"]) == (503, "30")
            assert read_page(response).heading == ZH.t("variant.lookup_unavailable.headline")
