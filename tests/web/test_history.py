"""The history of a licence as a timeline: what happened, what changed field by field, and decisions while published."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from portal.lookups import HistoryEntry
from portal.verification.notice import NoticeKind, read_notice
from portal.verification.statuses import StatusValue
from portal.verification.verdict import Reason
from portal.web.history_page import show_history
from portal.web.wording import Language, words_for
from tests.authorities import AT, DAY
from tests.web.country import CHANGED, ENDED, SECRET, Country
from tests.web.html_pages import Page, read_page
from tests.web.portals import Street, portal_of
from tests.web.verdicts import LICENCE, NEWER, OF_REASON, WORLD, verdict_on

ZH = words_for(Language.ZH)
PATH = f"/history/drug-distribution-retail/{CHANGED}"


@pytest.fixture
def page(ask: FlaskClient) -> Page:
    return read_page(ask.get(PATH))


def events(page: Page) -> list[str]:
    return [each.text for each in page.all("h3")]


def changes(page: Page) -> list[tuple[str, str]]:
    before, after = page.all("del"), page.all("ins")
    return [(one.text, other.text) for one, other in zip(before, after, strict=True)]


def test_the_timeline_tells_what_happened_the_latest_first(page: Page) -> None:
    assert events(page) == [
        "延续 第 4 版",
        "补发 第 3 版",
        "恢复 第 2 版",
        "已暂停 第 2 版",
        "变更 第 2 版",
        "颁发 第 1 版",
    ]
    days = [each.text for each in page.all("p") if each.attributes.get("class") == "day"]
    assert days == ["2026年6月1日", "2026年5月2日", "2026年4月20日", "2026年4月10日", "2026年4月2日", "2026年3月3日"]


def test_what_differs_is_told_field_by_field(page: Page) -> None:
    assert changes(page) == [
        ("2029年12月31日", "2031年1月1日"),
        ("沈阳市和平区旧街1号", "沈阳市和平区新街2号"),
        ("无", "王某"),
    ]
    labels = ("有效期至", "经营地址", "法定代表人", "经营范围")
    assert [each.text for each in page.all("dt") if each.text in labels] == ["有效期至", "经营地址", "法定代表人"]


def test_in_english_the_fields_have_their_english_names(ask: FlaskClient) -> None:
    page = read_page(ask.get("/en" + PATH))
    assert events(page)[0] == "Renewed version 4"
    assert {"Business address", "Valid until"} <= {each.text for each in page.all("dt")}


def test_each_version_has_its_own_verdict_to_open(page: Page, country: Country) -> None:
    opened = [link for link in page.links if link.startswith("/v/")]
    newest, *rest = [f"/v/{version.token}" for version in reversed(country.versions)]
    assert opened == [newest, newest, *rest]


def test_a_decision_is_quoted_while_its_publication_lasts(ask: FlaskClient, country: Country) -> None:
    assert "沈责停〔2026〕1号" in read_page(ask.get(PATH)).text
    assert "演示停业原因" in read_page(ask.get(PATH)).text
    with portal_of(country.written, clock=lambda: AT + DAY) as app:
        later = read_page(app.test_client().get(PATH))
    assert "沈责停〔2026〕1号" not in later.text
    assert events(later) == ["延续 第 4 版", "补发 第 3 版", "恢复 第 2 版", "变更 第 2 版", "颁发 第 1 版"]


def test_the_end_of_a_term_is_an_event(ask: FlaskClient) -> None:
    page = read_page(ask.get(f"/history/drug-distribution-retail/{ENDED}"))
    assert events(page) == ["有效期届满 第 1 版", "颁发 第 1 版"]
    assert "2026年11月10日" in page.text


DECISIONS = {
    "revoked": (StatusValue.REVOKED, {}, "已吊销", []),
    "cancelled": (StatusValue.CANCELLED, {"reason": "企业申请"}, "已注销", ["企业申请"]),
    "renewal under review": (StatusValue.RENEWING, {}, "延续审查中", []),
    "restored": (StatusValue.IN_FORCE, {"decision_number": "复1号"}, "恢复", ["复1号"]),
    "void": (StatusValue.ENDED, {"kind": NoticeKind.VOID}, "作废", []),
    "migrated": (
        StatusValue.ENDED,
        {"kind": NoticeKind.MIGRATED, "successor_number": "辽备2026-0007"},
        "转为备案",
        ["辽备2026-0007"],
    ),
}


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_is_an_event_with_what_its_notice_says(name: str) -> None:
    status, details, title, said = DECISIONS[name]
    notice = read_notice(WORLD.notice(LICENCE, status, **details))
    event, issued = show_history(LICENCE.number, [HistoryEntry(verdict_on(), (notice,))], ZH).events
    assert (event.written_day, event.title, [fact.value for fact in event.facts]) == ("2026年11月1日", title, said)
    assert all(fact.outside for fact in event.facts)
    assert issued.title == "颁发"


def test_of_a_version_without_proof_nothing_is_told() -> None:
    unproven, proven = OF_REASON[Reason.KEY_COMPROMISED], OF_REASON[Reason.SUPERSEDED]
    page = show_history(LICENCE.number, [HistoryEntry(unproven, ()), HistoryEntry(proven, ())], ZH)
    assert (page.newest.token, [event.title for event in page.events]) == (None, ["颁发"])


def test_without_the_faces_nothing_is_said_to_be_the_same() -> None:
    newer, older = verdict_on(NEWER), OF_REASON[Reason.CLAIMS_MISMATCH]
    page = show_history(LICENCE.number, [HistoryEntry(newer, ()), HistoryEntry(older, ())], ZH)
    assert [(event.title, event.changes) for event in page.events] == [("变更", ()), ("颁发", ())]


def test_the_first_version_in_the_register_need_not_be_the_first() -> None:
    page = show_history(LICENCE.number, [HistoryEntry(verdict_on(NEWER), ())], ZH)
    assert [event.title for event in page.events] == ["首次登记的版本"]


def test_on_paper_it_says_when_it_was_looked_at_and_where(page: Page) -> None:
    (paper,) = [each for each in page.all("div") if each.attributes.get("class") == "on-paper"]
    assert f"https://yz.example.gov.cn/l/{CHANGED}" in paper.text
    assert ZH.exact_time(AT) in page.text


def test_of_a_sensitive_licence_no_more_is_told_than_its_face_tells(ask: FlaskClient) -> None:
    page = read_page(ask.get(f"/history/narcotic-regional-purchase-decision/{SECRET}"))
    assert events(page) == ["颁发 第 1 版"]
    assert "secret.example.com" not in page.text


def test_a_verdict_leads_to_the_history_and_back(ask: FlaskClient, country: Country) -> None:
    page = read_page(ask.get(f"/v/{country.versions[0].token}"))
    (link,) = [link for link in page.links if link.startswith("/history/")]
    assert len(events(read_page(ask.get(link)))) == 6


def test_what_the_register_lacks_is_said_to_have_no_history(visit: FlaskClient, shops: Street) -> None:
    links = read_page(visit.get(f"/v/{shops.copied.token}")).links
    assert not any(link.startswith(("/history/", "/h/")) for link in links)


@pytest.mark.parametrize("path", ["/history/drug-distribution-retail/x", "/history/device-distribution/" + CHANGED])
def test_a_licence_that_the_register_lacks_is_not_found(ask: FlaskClient, path: str) -> None:
    response = ask.get(path)
    assert (response.status_code, read_page(response).heading) == (404, ZH.t("reason.not_found.headline"))


@pytest.mark.parametrize("path", ["/history/driving-licence/1", "/history/x", "/history"])
def test_what_is_no_history_is_no_page_and_said_so(ask: FlaskClient, path: str) -> None:
    response = ask.get(path)
    assert (response.status_code, read_page(response).heading) == (404, ZH.t("error.404.title"))


def test_a_history_is_not_kept_and_is_limited_like_a_lookup(ask: FlaskClient) -> None:
    headers = ask.get(PATH).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["RateLimit"].startswith('"lookup"')
