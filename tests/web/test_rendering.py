"""Templates whose fixed parts are worked out beforehand say exactly what they would say otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Environment, FileSystemLoader

from portal.web.rendering import TEMPLATES
from portal.web.wording import Language
from tests.web.html_pages import read_page
from tests.web.portals import Street, portal_of

PAGES = [path.name for path in sorted(TEMPLATES.glob("*.html"))]


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", PAGES)
def test_every_template_has_all_its_words_in_every_language(app: Flask, name: str, language: Language) -> None:
    assert app.extensions["page_templates"][language].get_template(name)


@pytest.fixture
def slow(shops: Street) -> Iterator[FlaskClient]:
    """The same portal with Jinja's own loader, which works out nothing beforehand."""
    with portal_of(shops.written) as app:
        environments: dict[Language, Environment] = app.extensions["page_templates"]
        for environment in environments.values():
            environment.loader = FileSystemLoader(TEMPLATES)
        yield app.test_client()


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    "path",
    ["/", "/keys", "/about", "/fake", "/privacy", "/report", "/nowhere", "/v/TOKEN", "/v/CLOSED", "/v/A", "/l/TWINS"],
)
def test_a_page_is_the_same_to_the_last_byte(
    visit: FlaskClient, slow: FlaskClient, shops: Street, prefix: str, path: str
) -> None:
    for name, value in (
        ("TOKEN", shops.pharmacy.token),
        ("CLOSED", shops.closed.token),
        ("TWINS", shops.twins[0].number),
    ):
        path = path.replace(name, value)
    assert visit.get(prefix + path).data == slow.get(prefix + path).data


def test_a_setting_is_text_and_never_markup(shops: Street) -> None:
    name = "<script>alert(1)</script> & 'Söhne'"
    with portal_of(shops.written, operator_zh=name, operator_en=name) as app:
        for path in ("/", "/en/"):
            response = app.test_client().get(path)
            assert "<script>alert" not in response.text
            assert name in read_page(response).text
