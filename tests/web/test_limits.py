"""How often an address may knock at each door, what it is told, and that misses cost more than hits."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.assemble import system_clock
from portal.settings import WrongSetting
from portal.web.wording import Language, words_for
from tests.web.html_pages import read_page
from tests.web.photos import photo_of, send_photo
from tests.web.portals import Street, portal_of

FEW = {
    "PORTAL_RATELIMIT_VERIFY": "5 per minute",
    "PORTAL_RATELIMIT_LOOKUP": "4 per minute",
    "PORTAL_RATELIMIT_UPLOAD": "2 per minute",
    "PORTAL_RATELIMIT_MISSES": "3 per 10 minutes",
}


@pytest.fixture
def limited(shops: Street) -> Iterator[Flask]:
    """By the true clock, as limits always are."""
    with portal_of(shops.written, limits=FEW, clock=system_clock) as app:
        yield app


def from_address(app: Flask, address: str) -> FlaskClient:
    visit = app.test_client()
    visit.environ_base["REMOTE_ADDR"] = address
    return visit


def statuses(visit: FlaskClient, path: str, times: int) -> list[int]:
    return [visit.get(path).status_code for _ in range(times)]


def test_each_door_has_its_own_limit(limited: Flask, shops: Street) -> None:
    visit = limited.test_client()
    assert statuses(visit, f"/v/{shops.pharmacy.token}", 6) == [200] * 5 + [429]
    assert statuses(visit, f"/l/{shops.pharmacy.number}", 5) == [200] * 4 + [429]
    photo = photo_of(shops.pharmacy.text)
    assert [send_photo(visit, photo).status_code for _ in range(3)] == [200, 200, 429]


def test_both_languages_are_one_door(limited: Flask, shops: Street) -> None:
    visit = limited.test_client()
    path = f"/l/{shops.pharmacy.number}"
    assert statuses(visit, path, 2) + statuses(visit, "/en" + path, 3) == [200] * 4 + [429]


@pytest.mark.parametrize(
    "path", ["/", "/keys", "/about", "/livez", "/readyz", "/nowhere", "/.well-known/licence-root.json"]
)
def test_what_has_no_door_has_no_limit(limited: Flask, path: str) -> None:
    assert 429 not in statuses(limited.test_client(), path, 20)


@pytest.mark.parametrize("path", ["/l/辽CB000000000", "/v/A", "/v/forged"])
def test_misses_are_fewer_than_hits(limited: Flask, shops: Street, path: str) -> None:
    path = path.replace("forged", shops.forged_text.rpartition("/")[2])
    visit = limited.test_client()
    *misses, last = statuses(visit, path, 4)
    assert (len(misses), 429 in misses, last) == (3, False, 429)


def test_a_forged_code_beside_another_is_a_miss_too(shops: Street) -> None:
    limits = {"PORTAL_RATELIMIT_UPLOAD": "9 per minute", "PORTAL_RATELIMIT_MISSES": "3 per 10 minutes"}
    with portal_of(shops.written, limits=limits) as app:
        visit = app.test_client()
        honest = {"text": [shops.pharmacy.text, shops.closed.text]}
        assert [visit.post("/scan", data=honest).status_code for _ in range(4)] == [200] * 4
        forged = {"text": [shops.pharmacy.text, shops.forged_text]}
        assert [visit.post("/scan", data=forged).status_code for _ in range(4)] == [200] * 3 + [429]


def test_misses_at_one_door_leave_the_other_open(limited: Flask, shops: Street) -> None:
    visit = limited.test_client()
    assert statuses(visit, "/l/辽CB000000000", 4)[-1] == 429
    assert visit.get(f"/l/{shops.pharmacy.number}").status_code == 429
    assert visit.get(f"/v/{shops.pharmacy.token}").status_code == 200


def test_a_bad_photo_is_no_miss(shops: Street) -> None:
    limits = {"PORTAL_RATELIMIT_UPLOAD": "9 per minute", "PORTAL_RATELIMIT_MISSES": "1 per minute"}
    with portal_of(shops.written, limits=limits) as app:
        visit = app.test_client()
        assert [send_photo(visit, photo_of()).status_code for _ in range(3)] == [200] * 3


ONE_SUBSCRIBER = [f"2001:db8:1:2:{last * 1024:x}::{last:x}" for last in range(1, 40)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("203.0.113.7", "203.0.113.8"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.8"),
        ("203.0.113.7", "2001:db8::1"),
    ],
)
def test_two_subscribers_are_counted_apart(limited: Flask, shops: Street, one: str, other: str) -> None:
    path = f"/l/{shops.pharmacy.number}"
    assert statuses(from_address(limited, one), path, 5)[-1] == 429
    assert from_address(limited, other).get(path).status_code == 200


def test_the_many_addresses_of_one_ipv6_subscriber_are_counted_together(limited: Flask, shops: Street) -> None:
    path = f"/l/{shops.pharmacy.number}"
    answers = [from_address(limited, address).get(path).status_code for address in ONE_SUBSCRIBER]
    assert answers == [200] * 4 + [429] * (len(ONE_SUBSCRIBER) - 4)


def test_an_ipv4_address_is_the_same_when_it_comes_as_ipv6(limited: Flask, shops: Street) -> None:
    path = f"/l/{shops.pharmacy.number}"
    assert statuses(from_address(limited, "203.0.113.7"), path, 4) == [200] * 4
    assert from_address(limited, "::ffff:203.0.113.7").get(path).status_code == 429


def test_who_has_no_address_is_counted_too(limited: Flask, shops: Street) -> None:
    path = f"/l/{shops.pharmacy.number}"
    assert [from_address(limited, odd).get(path).status_code for odd in ("", "?", "unix:", "1.2.3.4:5", "x")][-1] == 429


def test_an_answer_says_what_is_left(limited: Flask, shops: Street) -> None:
    visit = limited.test_client()
    headers = [visit.get(f"/v/{shops.pharmacy.token}").headers for _ in range(2)]
    assert {each["RateLimit-Policy"] for each in headers} == {'"verify";q=5;w=60, "verify-misses";q=3;w=600'}
    remaining = [each["RateLimit"].split(";") for each in headers]
    assert [each[:2] for each in remaining] == [['"verify"', "r=4"], ['"verify"', "r=3"]]
    assert all(each[2].startswith("t=") and 1 <= int(each[2][2:]) <= 60 for each in remaining)


def test_a_page_without_a_door_speaks_of_no_limit(limited: Flask) -> None:
    headers = limited.test_client().get("/").headers
    assert [name for name, _ in headers if name.lower().startswith(("ratelimit", "x-ratelimit", "retry"))] == []


@pytest.mark.parametrize("path", ["/en/coverage", "/evidence-checker.html", "/faces/{digest}.json"])
def test_what_caches_may_give_to_others_says_nothing_of_who_asked_first(
    limited: Flask, shops: Street, path: str
) -> None:
    visit = limited.test_client()
    path = path.format(digest=shops.pharmacy.claims.face_digest.hex())
    *kept, refusal = [visit.get(path) for _ in range(30)]
    kept = [each for each in kept if each.status_code == 200]
    assert {each.cache_control.public for each in kept} == {True}
    assert [each.headers for each in kept if "RateLimit" in each.headers or "RateLimit-Policy" in each.headers] == []
    assert (refusal.status_code, refusal.cache_control.no_store, "RateLimit" in refusal.headers) == (429, True, True)


@pytest.mark.parametrize("language", list(Language))
def test_a_refusal_is_a_page_that_says_when_to_come_back(limited: Flask, language: Language) -> None:
    prefix = "/en" if language is Language.EN else ""
    visit = limited.test_client()
    refusal = [visit.get(prefix + "/l/辽CB000000000") for _ in range(4)][-1]
    page = read_page(refusal)
    seconds = int(refusal.headers["Retry-After"])
    assert (refusal.status_code, page.language) == (429, language)
    assert 1 <= seconds <= 600
    assert words_for(language).t("error.retry_after", seconds=seconds) in page.text
    assert refusal.headers["RateLimit"] == f'"lookup-misses";r=0;t={seconds}'
    assert refusal.headers["Cache-Control"] == "no-store"


def test_a_program_is_refused_with_a_problem(limited: Flask) -> None:
    visit = limited.test_client()
    accept = {"Accept": "application/problem+json"}
    refusal = [visit.get("/l/辽CB000000000", headers=accept) for _ in range(4)][-1]
    assert (refusal.status_code, refusal.content_type) == (429, "application/problem+json")
    assert refusal.json == {
        "type": "https://iana.org/assignments/http-problem-types#quota-exceeded",
        "title": "Too Many Requests",
        "status": 429,
    }
    assert int(refusal.headers["Retry-After"]) >= 1


def test_no_refusal_writes_an_address_into_the_log(limited: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    assert statuses(from_address(limited, "203.0.113.77"), "/l/辽CB000000000", 5)[-1] == 429
    assert "203.0.113.77" not in caplog.text


def test_a_refusal_gives_no_verdict(limited: Flask) -> None:
    visit = limited.test_client()
    refusal = [visit.get("/l/辽CB000000000") for _ in range(4)][-1]
    assert "data-reason" not in refusal.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RATELIMIT_VERIFY", "often"),
        ("RATELIMIT_LOOKUP", "5"),
        ("RATELIMIT_UPLOAD", "5 per fortnight"),
        ("RATELIMIT_MISSES", "5 per minute; 50 per hour"),
        ("RATELIMIT_LOOKUP", "0 per minute"),
        ("RATELIMIT_LOOKUP", "10 per 0 minutes"),
        ("RATELIMIT_STORAGE_URL", "async+memory://"),
        ("RATELIMIT_STORAGE_URL", "memory://cupboard"),
        ("RATELIMIT_STORAGE_URL", "counts://"),
        ("RATELIMIT_STORAGE_URL", "carrier-pigeon://loft"),
        ("RATELIMIT_STORAGE_URL", "nonsense"),
        ("RATELIMIT_STORAGE_URL", "redis://localhost:port"),
    ],
)
def test_a_wrong_limit_stops_the_start_with_one_line_that_names_it(shops: Street, name: str, value: str) -> None:
    with (
        pytest.raises(WrongSetting, match=rf"\APORTAL_{name}: [^\n]+\Z"),
        portal_of(shops.written, limits={f"PORTAL_{name}": value}),
    ):
        pass
