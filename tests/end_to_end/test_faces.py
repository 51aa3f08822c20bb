"""Licence faces in a browser: nothing is cut or over an edge on a phone, and a print is one sheet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.authorities import AT
from tests.end_to_end.faces import Gallery, gallery, take_pictures

# The one with the most fields, the most text, the longest name, and both languages.
FULLEST = (
    "drug-manufacturing",
    "ivd-registration",
    "narcotic-regional-crossprovince-sale-decision",
    "eu-api-written-confirmation",
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    with gallery(tmp_path_factory.mktemp("gallery"), AT) as shown:
        yield shown


@pytest.mark.parametrize("slug", FULLEST)
def test_a_face_fits_a_phone_and_a_sheet_of_paper(browser: Browser, shown: Gallery, tmp_path: Path, slug: str) -> None:
    assert list(take_pictures(shown, browser, [slug], tmp_path)) == []
