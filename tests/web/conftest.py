"""The portals that most tests only read: one world each, for a whole file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.country import Country
from tests.web.country import country as make_country
from tests.web.portals import Street, portal_of, street


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Street:
    return street(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def app(shops: Street) -> Iterator[Flask]:
    with portal_of(shops.written) as app:
        yield app


@pytest.fixture
def visit(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def country(tmp_path_factory: pytest.TempPathFactory) -> Country:
    return make_country(tmp_path_factory.mktemp("country"))


@pytest.fixture(scope="module")
def national(country: Country) -> Iterator[Flask]:
    """The portal of the country, for the pages about more than one licence."""
    with portal_of(country.written) as app:
        yield app


@pytest.fixture
def ask(national: Flask) -> FlaskClient:
    return national.test_client()
