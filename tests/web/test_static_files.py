"""Style, script and pictures: kept for a year under their version, and served from memory."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from portal.web.static_files import STATIC, StaticFiles
from tests.web.html_pages import read_page

FILES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_this_version_may_be_kept_for_a_year(visit: FlaskClient, name: str) -> None:
    response = visit.get(StaticFiles().url(name))
    assert (response.status_code, response.data) == (200, (STATIC / name).read_bytes())
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789abcdef"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_no_or_another_version_is_revalidated(visit: FlaskClient, name: str, query: str) -> None:
    response = visit.get(f"/static/{name}{query}")
    again = visit.get(f"/static/{name}{query}", headers={"If-None-Match": response.headers["ETag"]})
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("style.css", "text/css; charset=utf-8"),
        ("portal.js", "text/javascript; charset=utf-8"),
        ("favicon.svg", "image/svg+xml"),
        ("vendor/zxing-wasm/zxing_reader.wasm", "application/wasm"),
        ("verifier.mjs", "text/javascript; charset=utf-8"),
    ],
)
def test_a_file_says_what_it_is_whatever_the_machine_thinks(visit: FlaskClient, name: str, content_type: str) -> None:
    assert visit.get(f"/static/{name}").content_type == content_type


@pytest.mark.parametrize("path", ["/", "/en/keys", "/v/A", "/nowhere"])
def test_a_page_asks_for_nothing_but_versioned_files_of_this_portal(visit: FlaskClient, path: str) -> None:
    page = read_page(visit.get(path))
    linked = [each.attributes["href"] for each in page.all("link")]
    linked += [each.attributes["src"] for each in page.elements if "src" in each.attributes]
    assert linked
    assert [url for url in linked if not re.fullmatch(r"/static/[a-z./_-]+\?v=[0-9a-f]{16}", url)] == []
