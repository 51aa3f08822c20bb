"""A holder's page: every licence with its verdict, and of what authorities publish only what may be shown."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from portal.lookups import SearchResult
from portal.verification.verdict import Reason
from portal.web.holder_page import show_holder
from portal.web.wording import Language, words_for
from tests.authorities import AT
from tests.web.country import COMPANY, COMPANY_NAME, PHARMACIST, REVOKED, SECRET, Country
from tests.web.html_pages import Page, read_page
from tests.web.verdicts import OF_REASON, verdict_on

ZH, EN = words_for(Language.ZH), words_for(Language.EN)


@pytest.fixture
def page(ask: FlaskClient) -> Page:
    return read_page(ask.get(f"/h/{COMPANY}"))


def outcomes(page: Page) -> list[str]:
    return [each.attributes["data-outcome"] for each in page.all("li") if "data-outcome" in each.attributes]


def test_all_licences_of_a_holder_are_listed_what_is_in_force_first(page: Page) -> None:
    assert outcomes(page) == ["valid", "valid", "invalid"]
    for number in ("辽AA024100001", SECRET, REVOKED):
        assert number in page.text
    assert ZH.t("holder.count", count=3, valid=2) in page.text


def test_the_holder_has_the_name_that_was_signed_last(page: Page) -> None:
    assert (page.heading, page.title) == (COMPANY_NAME, f"{COMPANY_NAME} · {ZH.t('site.name')}")


def test_who_works_there_is_not_listed(page: Page) -> None:
    assert PHARMACIST not in page.text
    assert "张北辰" not in page.text


def test_shops_of_licences_in_force_are_named_and_linked_where_that_is_secure(page: Page) -> None:
    links = {each.attributes["href"]: each for each in page.all("a")}
    shop = links["https://shop.example.com/北辰"]
    assert shop.attributes["rel"] == "noopener noreferrer nofollow"
    assert ZH.t("number.external") in shop.text
    assert "http://old.example.com" in page.text
    assert "http://old.example.com" not in links


@pytest.mark.parametrize("address", ["https://closed.example.com", "https://secret.example.com"])
def test_shops_of_other_licences_are_not_shown(page: Page, address: str) -> None:
    assert address not in page.text


def test_the_last_credit_grade_of_a_body_is_shown(page: Page) -> None:
    assert "A（辽宁省药品监督管理局，2026年6月30日）" in page.text
    assert "B（" not in page.text


def test_services_of_the_authorities_are_linked_as_other_websites(page: Page) -> None:
    services = [
        each for each in page.all("a") if each.attributes["href"].startswith(("https://trace.", "https://credit."))
    ]
    assert [each.text for each in services] == ["追溯信息（外部网站）", "信用信息（外部网站）"]
    assert {each.attributes["rel"] for each in services} == {"noopener noreferrer"}


def test_there_is_one_address_to_share(page: Page) -> None:
    assert f"https://yz.example.gov.cn/h/{COMPANY}" in page.text
    assert f"/h/{COMPANY}" in page.links


def test_of_very_many_licences_the_page_says_that_there_are_more() -> None:
    page = show_holder(COMPANY, SearchResult((verdict_on(),), more=True), ZH, AT)
    assert page.summary == "登记中的证照多于 1 份，只列出前 1 份，其中 1 份在有效期内。"


def test_a_licence_without_proof_is_listed_without_a_name() -> None:
    page = show_holder(COMPANY, SearchResult((OF_REASON[Reason.KEY_COMPROMISED],)), ZH, AT)
    assert (page.name, [entry.token for entry in page.entries]) == ("", [None])


def test_on_paper_it_says_when_it_was_looked_at_and_where(page: Page) -> None:
    (paper,) = [each for each in page.all("div") if each.attributes.get("class") == "on-paper"]
    assert f"https://yz.example.gov.cn/h/{COMPANY}" in paper.text
    assert ZH.exact_time(AT) in page.text


def test_in_english_too(ask: FlaskClient) -> None:
    page = read_page(ask.get(f"/en/h/{COMPANY}"))
    assert page.language == Language.EN
    assert EN.t("holder.count", count=3, valid=2) in page.text
    assert f"https://yz.example.gov.cn/en/h/{COMPANY}" in page.text


@pytest.mark.parametrize("written", [COMPANY.lower(), f"{COMPANY[:8]}-{COMPANY[8:]}", f" {COMPANY} "])
def test_a_code_is_found_however_it_is_written(ask: FlaskClient, written: str) -> None:
    assert len(outcomes(read_page(ask.get(f"/h/{written}")))) == 3


@pytest.mark.parametrize("code", ["91210100MA0DEM03XX", "x", "a/b?c", "9" * 3000, "<script>", "%00"])
def test_an_unknown_code_is_answered_in_words(ask: FlaskClient, code: str) -> None:
    response = ask.get(f"/h/{code}")
    page = read_page(response)
    assert response.status_code == 404
    assert page.heading == ZH.t("reason.not_found.headline")


def test_a_verdict_leads_to_its_holder(ask: FlaskClient, country: Country) -> None:
    page = read_page(ask.get(f"/v/{country.wholesaler.token}"))
    assert f"/h/{COMPANY}" in page.links


def test_the_registration_of_a_person_leads_to_no_holder(ask: FlaskClient) -> None:
    page = read_page(ask.get(f"/l/{PHARMACIST}"))
    assert Reason.IN_FORCE in {each.attributes.get("data-reason") for each in page.all("section")}
    assert not any(link.startswith("/h/") for link in page.links)
