"""Under which name the portal answers, and whose word on the visitor's address it takes."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.html_pages import read_page
from tests.web.portals import Street, portal_of

ADDRESSES = [f"198.51.100.{last}" for last in range(1, 30)]


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "yz.example.gov.cn.evil.example",
        "evil.example:443",
        "127.0.0.1",
        "localhost",
        "[::1]",
        "a b",
        "",
    ],
)
@pytest.mark.parametrize("path", ["/", "/en/", "/v/A", "/livez", "/nowhere", "/static/style.css"])
def test_another_host_is_refused(visit: FlaskClient, host: str, path: str) -> None:
    response = visit.get(path, headers={"Host": host})
    assert response.status_code == 400
    assert "evil" not in response.text
    assert read_page(response).language == ("en" if path.startswith("/en/") else "zh-CN")


@pytest.mark.parametrize("host", ["yz.example.gov.cn", "yz.example.gov.cn:443", "YZ.Example.GOV.CN"])
def test_the_public_host_is_answered(visit: FlaskClient, host: str) -> None:
    assert visit.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST:8000"])
def test_the_demonstration_answers_to_both_names_of_the_own_machine(shops: Street, host: str) -> None:
    settings = {"public_url": "https://demonstration.example", "demonstration": "yes"}
    with portal_of(shops.written, **settings) as app:
        assert app.test_client().get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded", "X-Host"])
@pytest.mark.parametrize("path", ["/", "/keys", "/l?number=1", "/en", "/.well-known/security.txt"])
def test_no_header_changes_what_a_page_says(visit: FlaskClient, header: str, path: str) -> None:
    plain, with_header = visit.get(path), visit.get(path, headers={header: "evil.example"})
    assert (with_header.status_code, with_header.data) == (plain.status_code, plain.data)
    assert with_header.location == plain.location


def looked_up(visit: FlaskClient, forwarded_for: str) -> int:
    return visit.get("/l/1", headers={"X-Forwarded-For": forwarded_for}).status_code


def test_without_proxies_a_forwarded_address_is_not_believed(shops: Street) -> None:
    with portal_of(shops.written, limits={"PORTAL_RATELIMIT_LOOKUP": "20 per minute"}) as app:
        statuses = [looked_up(app.test_client(), address) for address in ADDRESSES]
    assert statuses.count(429) > 0


@pytest.mark.parametrize(("proxies", "forwarded_for"), [("0", "198.51.100.7"), ("2", "198.51.100.7")])
def test_that_all_visitors_are_counted_as_their_proxy_is_told_once(
    shops: Street, caplog: pytest.LogCaptureFixture, proxies: str, forwarded_for: str
) -> None:
    limits = {"PORTAL_RATELIMIT_LOOKUP": "3 per minute"}
    with portal_of(shops.written, limits=limits, trusted_proxies=proxies) as app:
        assert [looked_up(app.test_client(), forwarded_for) for _ in range(3)] == [404] * 3
        assert caplog.messages == []
        assert [looked_up(app.test_client(), forwarded_for) for _ in range(3)] == [429] * 3
    (told,) = [each.message for each in caplog.records if "PORTAL_TRUSTED_PROXIES" in each.message]
    assert told == f"all visitors may be counted as one: PORTAL_TRUSTED_PROXIES is {proxies}, X-Forwarded-For named 1"


@pytest.mark.parametrize(
    ("proxies", "headers"),
    [
        ("0", {}),
        ("1", {"X-Forwarded-For": "198.51.100.7"}),
        ("2", {"X-Forwarded-For": "198.51.100.7, 203.0.113.7"}),
    ],
)
def test_where_visitors_are_told_apart_nothing_is_said_of_proxies(
    shops: Street, caplog: pytest.LogCaptureFixture, proxies: str, headers: dict[str, str]
) -> None:
    limits = {"PORTAL_RATELIMIT_LOOKUP": "3 per minute"}
    with portal_of(shops.written, limits=limits, trusted_proxies=proxies) as app:
        statuses = [app.test_client().get("/l/1", headers=headers).status_code for _ in range(6)]
    assert statuses.count(429) == 3
    assert not [each for each in caplog.records if "PROXIES" in each.message]


def test_behind_a_proxy_its_visitors_are_counted_one_by_one(shops: Street) -> None:
    limits = {"PORTAL_RATELIMIT_LOOKUP": "20 per minute"}
    with portal_of(shops.written, limits=limits, trusted_proxies="1") as app:
        assert {looked_up(app.test_client(), address) for address in ADDRESSES} == {404}


def test_behind_a_proxy_a_visitor_cannot_add_an_address_in_front(shops: Street) -> None:
    limits = {"PORTAL_RATELIMIT_LOOKUP": "20 per minute"}
    with portal_of(shops.written, limits=limits, trusted_proxies="1") as app:
        statuses = [looked_up(app.test_client(), f"{address}, 203.0.113.7") for address in ADDRESSES]
    assert statuses.count(429) > 0


def test_behind_a_proxy_the_host_that_it_forwards_is_checked(shops: Street) -> None:
    with portal_of(shops.written, trusted_proxies="1") as app:
        visit = app.test_client()
        inner = {"Host": "127.0.0.1:8000"}
        assert visit.get("/", headers={**inner, "X-Forwarded-Host": "yz.example.gov.cn"}).status_code == 200
        assert visit.get("/", headers={**inner, "X-Forwarded-Host": "evil.example"}).status_code == 400
