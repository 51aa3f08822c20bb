"""Style, script and pictures: kept for a year under their version, and served from memory."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from flask.testing import FlaskClient

from portal.web.static_files import STATIC, StaticFiles
from tests.web.html_pages import read_page

FILES = sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())
SCANNER = "scan/scanner.js"


def imports_of(url: str, visit: FlaskClient) -> set[str]:
    """The addresses that a browser asks for because of the module at `url`."""
    module = visit.get(url).get_data(as_text=True)
    return {urljoin(url, each) for each in re.findall(r"""\bfrom ["'](\.[^"']+)["'];""", module)}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_this_version_may_be_kept_for_a_year(visit: FlaskClient, name: str) -> None:
    response = visit.get(StaticFiles().url(name))
    without_versions = re.sub(rb"(\.m?js)\?v=[0-9a-f]{16}\b", rb"\1", response.data)
    assert (response.status_code, without_versions) == (200, (STATIC / name).read_bytes())
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("query", ["", "?v=", "?v=0123456789abcdef"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_no_or_another_version_is_revalidated(visit: FlaskClient, name: str, query: str) -> None:
    response = visit.get(f"/static/{name}{query}")
    again = visit.get(f"/static/{name}{query}", headers={"If-None-Match": response.headers["ETag"]})
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert again.status_code == 304


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(("js", "mjs"))])
def test_a_module_imports_others_by_their_version_so_that_they_are_kept_too(visit: FlaskClient, name: str) -> None:
    for url in imports_of(StaticFiles().url(name), visit):
        assert url == StaticFiles().url(url.removeprefix("/static/").partition("?")[0])
        assert visit.get(url).headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_module_has_another_version_once_what_it_imports_has(tmp_path: Path) -> None:
    (tmp_path / "page.js").write_text('import { answer } from "./answer.js";\n')
    (tmp_path / "answer.js").write_text("export const answer = 41;\n")
    before = StaticFiles(tmp_path).url("page.js")
    (tmp_path / "answer.js").write_text("export const answer = 42;\n")
    assert StaticFiles(tmp_path).url("page.js") != before


def test_the_modules_of_the_scanner_are_asked_for_at_once_and_not_one_after_the_other(visit: FlaskClient) -> None:
    needed, waiting = set(), {StaticFiles().url(SCANNER)}
    while waiting:
        found = imports_of(waiting.pop(), visit) - needed
        needed |= found
        waiting |= found
    links = [link.attributes for link in read_page(visit.get("/")).all("link")]
    assert needed
    assert sorted(each["href"] for each in links if each["rel"] == "modulepreload") == sorted(needed)


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


def test_the_scanner_has_no_pattern_that_phones_of_2021_cannot_read(visit: FlaskClient) -> None:
    modules = {url: visit.get(url).get_data(as_text=True) for url in StaticFiles().imported_urls(SCANNER)}
    assert "verifier/code-texts.mjs" in " ".join(modules)
    assert [url for url, module in modules.items() if re.search(r"\(\?<[=!]", module)] == []
