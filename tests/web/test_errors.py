"""Errors: a page in the language of the path, a problem for a program, and a log without what the visitor sent."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from werkzeug.exceptions import ServiceUnavailable

from portal.web.wording import Language, words_for
from tests.web.html_pages import read_page
from tests.web.portals import Street, portal_of
from tests.web.test_pages import PREFIXES, in_both_languages


@pytest.fixture
def broken(shops: Street) -> Iterator[FlaskClient]:
    """A portal with a bug behind /bug/… and an outage behind /outage."""
    with portal_of(shops.written) as app:
        add_broken_views(app)
        yield app.test_client()


def add_broken_views(app: Flask) -> None:
    def bug(secret: str) -> str:
        try:
            try:
                return str(int(secret))
            except ValueError as error:
                raise LookupError(secret) from error
        except LookupError:
            raise RuntimeError(secret)  # noqa: B904 - as a bug in what handles an error is raised

    def outage() -> str:
        raise ServiceUnavailable(retry_after=17)

    app.add_url_rule("/abort/<int:code>", "abort", abort)
    for prefix in PREFIXES.values():
        app.add_url_rule(f"{prefix}/bug/<secret>", f"bug{prefix}", bug)
        app.add_url_rule(f"{prefix}/outage", f"outage{prefix}", outage)


@in_both_languages
@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/nowhere", "GET", 404), ("/keys", "POST", 405), ("/bug/x", "GET", 500), ("/outage", "GET", 503)],
)
def test_an_error_is_a_page_in_the_language_of_the_path_and_told_in_both(
    broken: FlaskClient, path: str, method: str, status: int, language: Language
) -> None:
    response = broken.open(PREFIXES[language] + path, method=method)
    page = read_page(response)
    assert (response.status_code, page.language) == (status, language)
    assert page.heading == words_for(language).t(f"error.{status}.title")
    assert words_for(language.other).t(f"error.{status}.title") in page.text


def test_an_outage_says_when_to_come_back(broken: FlaskClient) -> None:
    response = broken.get("/outage")
    assert response.headers["Retry-After"] == "17"
    assert words_for(Language.ZH).t("error.retry_after", seconds=17) in read_page(response).text


def test_a_refused_method_names_those_allowed(broken: FlaskClient) -> None:
    allowed = broken.post("/keys").headers["Allow"]
    assert set(allowed.split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(
    "accept", ["application/problem+json", "application/json", "application/json, text/html;q=0.5"]
)
@pytest.mark.parametrize(
    ("path", "title", "status"),
    [("/nowhere", "Not Found", 404), ("/bug/x", "Internal Server Error", 500), ("/outage", "Service Unavailable", 503)],
)
def test_a_program_gets_a_problem(broken: FlaskClient, accept: str, path: str, title: str, status: int) -> None:
    response = broken.get(path, headers={"Accept": accept})
    assert (response.status_code, response.content_type) == (status, "application/problem+json")
    assert response.json == {"type": "about:blank", "title": title, "status": status}


@pytest.mark.parametrize(
    "accept", ["text/html", "*/*", "", "text/html,application/xhtml+xml,*/*;q=0.8", "image/png", "junk"]
)
def test_everybody_else_gets_a_page(broken: FlaskClient, accept: str) -> None:
    assert read_page(broken.get("/nowhere", headers={"Accept": accept})).heading


def test_of_a_wish_for_very_many_kinds_none_is_looked_at(broken: FlaskClient) -> None:
    accept = "application/json, " + ", ".join(["a/b;q=0.1"] * 100)
    assert broken.get("/nowhere", headers={"Accept": accept}).mimetype == "text/html"


@pytest.mark.parametrize(("status", "told"), [(400, 400), (410, 400), (418, 400), (431, 400), (501, 500), (502, 500)])
def test_a_status_without_words_of_its_own_is_told_in_general_words(
    broken: FlaskClient, status: int, told: int
) -> None:
    response = broken.get(f"/abort/{status}")
    assert response.status_code == status
    assert read_page(response).heading == words_for(Language.ZH).t(f"error.{told}.title")


def test_a_bug_is_logged_by_its_place_without_what_was_sent(
    broken: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = broken.get("/bug/secret-of-a-visitor", environ_base={"REMOTE_ADDR": "203.0.113.77"})
    assert response.status_code == 500
    logged = "\n".join(record.getMessage() for record in caplog.records)
    for expected in (
        "/bug/<secret>",
        "builtins.RuntimeError",
        "builtins.LookupError",
        "builtins.ValueError",
        "test_errors.py",
    ):
        assert expected in logged
    for hidden in ("secret-of-a-visitor", "203.0.113.77"):
        assert hidden not in logged
        assert hidden not in caplog.text
    assert "Traceback" not in response.text
    assert "LookupError" not in response.text
