"""Every header of every answer, in full: this file is their specification."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.portals import Street, portal_of

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; worker-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS = (
    "camera=(self), accelerometer=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()"
)
EVERYWHERE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
}
PAGE = {**EVERYWHERE, "Content-Type": "text/html; charset=utf-8", "Cross-Origin-Resource-Policy": "same-origin"}
NOT_KEPT = {**PAGE, "Cache-Control": "no-store"}
KEPT_BRIEFLY = {**PAGE, "Cache-Control": "public, max-age=60"}
OPEN_FILE = {**EVERYWHERE, "Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}
# These say what the answer is, not how it is guarded; other tests look at them.
NOT_LOOKED_AT = (
    "Content-Length",
    "RateLimit",
    "RateLimit-Policy",
    "ETag",
    "Last-Modified",
    "Date",
    "Allow",
    "Location",
)


def headers_of(visit: FlaskClient, path: str, method: str = "GET") -> dict[str, str]:
    headers = visit.open(path, method=method).headers
    assert len(headers) == len(dict(headers)), "a header is given twice"
    return {name: value for name, value in headers if name not in NOT_LOOKED_AT}


@pytest.mark.parametrize("path", ["/", "/en/", "/keys", "/en/keys/history", "/en/about", "/fake", "/en/privacy"])
def test_a_page_without_a_verdict_may_be_kept_for_a_minute(visit: FlaskClient, path: str) -> None:
    assert headers_of(visit, path) == KEPT_BRIEFLY


@pytest.mark.parametrize("path", ["/v/A", "/en/l/1", "/report?number=1", "/nowhere", "/l", "/scan", "/en"])
def test_whatever_else_is_a_page_is_not_kept(visit: FlaskClient, path: str) -> None:
    assert headers_of(visit, path) == NOT_KEPT


def test_a_verdict_is_not_kept(visit: FlaskClient, shops: Street) -> None:
    assert headers_of(visit, f"/v/{shops.pharmacy.token}") == NOT_KEPT


def test_a_refused_method_has_the_same_headers(visit: FlaskClient) -> None:
    assert headers_of(visit, "/", "POST") == NOT_KEPT


def test_a_face_may_be_kept_for_ever_by_anybody(visit: FlaskClient, shops: Street) -> None:
    digest = shops.pharmacy.claims.face_digest.hex()
    expected = {"Content-Type": "application/json", "Cache-Control": "public, max-age=31536000, immutable"}
    assert headers_of(visit, f"/faces/{digest}.json") == {**OPEN_FILE, **expected}


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/.well-known/licence-trust-list.json", "application/json"),
        ("/.well-known/licence-trust-list.json.sig", "application/json"),
        ("/.well-known/licence-root.json", "application/json"),
        ("/.well-known/security.txt", "text/plain; charset=utf-8"),
        ("/statuslists", "application/json"),
        ("/statuslists/11210000MB0X123458/0", "application/statuslist+cwt"),
    ],
)
def test_a_published_file_is_open_to_all_and_revalidated(visit: FlaskClient, path: str, content_type: str) -> None:
    expected = {"Content-Type": content_type, "Cache-Control": "public, no-cache"}
    assert headers_of(visit, path) == {**OPEN_FILE, **expected}


def test_the_decoder_of_codes_alone_may_run_webassembly(visit: FlaskClient) -> None:
    policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    expected = {"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "public, no-cache"}
    here = {**PAGE, **expected}
    assert headers_of(visit, "/static/scan/worker.js") == {**here, "Content-Security-Policy": policy}
    assert headers_of(visit, "/static/vendor/zxing-wasm/reader.js") == here


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_health_answer_is_not_kept(visit: FlaskClient, path: str) -> None:
    assert headers_of(visit, path) == {**NOT_KEPT, "Content-Type": "text/plain; charset=utf-8"}


def test_without_tls_no_browser_is_told_to_insist_on_it(shops: Street) -> None:
    with portal_of(shops.written, public_url="http://127.0.0.1:8000") as app:
        headers = app.test_client().get("/", base_url="http://127.0.0.1:8000").headers
        assert "Strict-Transport-Security" not in headers


def test_no_route_ever_sets_a_cookie(app: Flask, shops: Street) -> None:
    values = {
        "token": shops.pharmacy.token,
        "number": "1",
        "digest": "0" * 64,
        "issuer_id": shops.pharmacy.authority.id,
        "filename": "style.css",
        "name": "a.png",
        "key_id": shops.pharmacy.credential.envelope.key_id.hex(),
        "slug": "drug-distribution-retail",
        "uscc": "91210100MA0DEM018W",
    }
    with app.test_request_context(base_url="https://yz.example.gov.cn"):
        paths = [
            (
                method,
                app.url_for(
                    rule.endpoint,
                    **{
                        key: 0 if key == "number" and rule.endpoint.startswith("published") else values[key]
                        for key in rule.arguments
                    },
                ),
            )
            for rule in app.url_map.iter_rules()
            for method in sorted(rule.methods or ())
        ]
    visit = app.test_client(use_cookies=False)
    answers = [visit.open(path, method=method, headers={"Cookie": "session=1"}) for method, path in paths]
    assert len(answers) > 40
    assert [answer.request.path for answer in answers if "Set-Cookie" in answer.headers] == []
    assert [answer.request.path for answer in answers if "Cookie" in answer.headers.get("Vary", "")] == []
