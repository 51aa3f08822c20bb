"""Requests that no page of ours makes: hostile texts, odd methods, odd paths. Each gets a page, none gets through."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.html_pages import read_page
from tests.web.portals import Street

HOSTILE = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>", "{{31337*7}}",
    "${31337*7}", "#{31337*7}", "<%= 31337*7 %>", "javascript:alert(1)", "data:text/html,<b>x", "</title><b>x", "<!--",
    "{% raw %}", "-->", "]]>", "<![CDATA[", "&lt;b&gt;", "&#x3c;b&#x3e;", "%3Cb%3E", "%253Cb%253E", "\u202egnp.exe",
    "\u2066x\u2069", "\u200b", "\ufeff", "\ufffe", "\x1b[31m", "\x7f", "a\x00b", "' OR 1=1 --",
    "'; DROP TABLE licences; --", "\"; --", "%' UNION SELECT 1 --", "..%2f..%2fetc%2fpasswd", "../../etc/passwd", "file:///etc/passwd",
    "http://127.0.0.1:22/", "=1+1", "@SUM(1)", "𝟘𝟙𝟚", "田中さん", "🏥" * 20, "Ω≈ç√∫˜µ≤≥÷", "A" * 4000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("address", ["/l/{}", "/en/l/{}", "/v/{}", "/report?number={}", "/{}", "/faces/{}.json"])
def test_hostile_text_stays_text(visit: FlaskClient, usual: set[str], text: str, address: str) -> None:
    response = visit.get(address.format(quote(text, safe="")))
    assert response.status_code in (200, 404)
    page = read_page(response)
    assert page.tags <= usual
    assert str(31337 * 7) not in response.text
    assert not [each for each in page.elements if any(name.startswith("on") for name in each.attributes)]
    assert not [link for link in page.links if link.startswith(("javascript:", "data:"))]


@pytest.fixture(scope="module")
def usual(app: Flask, shops: Street) -> set[str]:
    """The elements of the pages when nobody attacks them."""
    visit = app.test_client()
    paths = ("/", "/report?number=1", "/v/A", "/l/1", "/nowhere", f"/v/{shops.pharmacy.token}")
    return {tag for path in paths for tag in read_page(visit.get(path)).tags}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *[(method, "/", 405) for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW")],
        *[(method, "/scan", 405) for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")],
        *[(method, "/livez", 405) for method in ("POST", "OPTIONS")],
        *[("POST", path, 405) for path in ("/l", "/l/1", "/v/A", "/keys", "/report", "/en/", "/faces/a.json")],
        *[("POST", path, 405) for path in ("/.well-known/security.txt", "/static/style.css", "/statuslists/1/0")],
        *[("GET", path, 404) for path in ("/keys/", "/about/", "/en/keys/", "/en/en/", "/EN/", "/Keys", "/l/")],
        *[("GET", path, 404) for path in ("/v/", "/v", "/v/A/b.css", "/v/A.css/", "/index.html", "/robots.txt/x")],
        *[("GET", path, 404) for path in ("/.git/config", "/.env", "/admin", "/static/", "/static/../wsgi.py")],
        *[("GET", path, 404) for path in ("/static/%2e%2e/wsgi.py", "/static//style.css", "/samples")],
        *[("GET", path + "?" + "a&" * 32, 400) for path in ("/about", "/en/l", "/nowhere", "/static/style.css")],
        *[("GET", path, 404) for path in ("/faces/", "/faces/x", "/statuslists/1/-1", "/statuslists/1/x", "/livez/")],
    ],
)  # fmt: skip
def test_an_odd_request_gets_a_page_that_says_so(visit: FlaskClient, method: str, path: str, status: int) -> None:
    response = visit.open(path, method=method)
    assert response.status_code == status
    assert read_page(response).heading


def test_a_query_may_have_more_parts_than_any_form_of_ours(visit: FlaskClient) -> None:
    assert visit.get("/about?" + "&".join(["a=1"] * 32)).status_code == 200


@pytest.mark.parametrize("path", ["/", "/en/keys", "/l/1", "/nowhere", "/livez", "/.well-known/licence-root.json"])
def test_head_answers_like_get_but_without_a_body(visit: FlaskClient, path: str) -> None:
    got, head = visit.get(path), visit.head(path)
    assert head.status_code == got.status_code
    assert head.data == b""
    counted = ("RateLimit", "RateLimit-Policy")
    assert [each for each in head.headers if each[0] not in counted] == [
        each for each in got.headers if each[0] not in counted
    ]
