"""The coverage page: what the register has by region, issuer and type, and as of when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from portal.lookups import CoverageEntry
from portal.web.coverage_page import Count, show_coverage
from portal.web.wording import Language, words_for
from tests.web.country import CHAIN
from tests.web.html_pages import Page, read_page
from tests.web.verdicts import WORLD
from tests.world import AT, CATALOGUE

ZH = words_for(Language.ZH)
RETAIL = 3 + CHAIN + 1  # the neighbour's with them
ALL = RETAIL + 4


@pytest.fixture
def page(ask: FlaskClient) -> Page:
    return read_page(ask.get("/coverage"))


def counts(page: Page) -> dict[str, str]:
    """The first count of each name."""
    rows = [each for each in page.elements if each.tag == "th" and each.attributes["scope"] == "row"]
    numbers = page.all("td")
    return {name.text: number.text for name, number in reversed(list(zip(rows, numbers, strict=True)))}


def test_licences_are_counted_in_all_by_province_and_by_issuer(page: Page) -> None:
    assert ZH.t("coverage.total", count=ALL) in page.text
    assert {name: count for name, count in counts(page).items() if name in ("辽宁", "吉林")} == {
        "辽宁": str(ALL - 1),
        "吉林": "1",
    }
    assert [each.text for each in page.all("h3")][:2] == [
        "辽宁省药品监督管理局（演示）",
        "吉林省药品监督管理局（演示）",
    ]


def test_the_licences_of_a_citys_authority_count_for_its_province() -> None:
    issuer, retail = WORLD.trust_list.issuers[0], CATALOGUE.by_slug["drug-distribution-retail"]
    issuers = (issuer, replace(issuer, region="210100"))
    entries = [CoverageEntry(each, ((retail, 1000),), None, None, None) for each in issuers]
    shown = show_coverage(entries, CATALOGUE, ZH, AT)
    assert shown.provinces == (Count("辽宁", "2,000"),)


def test_types_are_counted_and_those_without_any_are_named(page: Page) -> None:
    tables = [each.text for each in page.all("table")]
    assert f"药品经营许可证（零售）{RETAIL}" in tables[-1]
    missing = [each.text for each in page.all("li")]
    assert "食品生产许可证" in missing
    assert "药品经营许可证（零售）" not in missing


def test_each_issuer_is_told_with_its_last_batch_and_the_age_of_its_status(page: Page) -> None:
    for told in ("2026年11月20日 10:01", "第 5 批", "2026年11月21日 11:00", "1 小时前由发证机关签名"):
        assert told in page.text


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_it_is_linked_from_the_foot_of_every_page(ask: FlaskClient, prefix: str) -> None:
    assert f"{prefix}/coverage" in read_page(ask.get(prefix + "/about")).links


def test_it_may_be_kept_for_a_minute(ask: FlaskClient) -> None:
    assert ask.get("/en/coverage").headers["Cache-Control"] == "public, max-age=60"
