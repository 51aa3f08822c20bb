"""Photographs that others took. They lie beside the checkout and are never part of it."""

import re
from pathlib import Path

import pytest

from portal.scanning import Reader, ScanFailure
from tests.oracles import missing

PHOTOS = Path(__file__).parents[3] / "shared" / "photos"


def photos(folder: str) -> list[Path]:
    return sorted(file for file in (PHOTOS / folder).glob("*") if file.suffix != ".txt")


@pytest.fixture(autouse=True)
def _photos_are_there() -> None:
    if not PHOTOS.is_dir():
        missing("the folder ../shared/photos")


def same_line_ends(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text).rstrip("\n")


def test_every_easy_photo_is_read_to_its_text(reader: Reader) -> None:
    expected = {file.name: [same_line_ends(file.with_suffix(".txt").read_bytes().decode())] for file in photos("easy")}
    found = {
        file.name: [same_line_ends(text) for text in reader.read(file.read_bytes()).texts] for file in photos("easy")
    }
    assert found == expected
    assert len(found) >= 30


def test_nothing_is_read_where_no_code_is(reader: Reader) -> None:
    found = {file.name: reader.read(file.read_bytes()) for file in photos("no-code")}
    assert {name: scan.texts for name, scan in found.items() if scan.failure is not ScanFailure.no_code_found} == {}
    assert len(found) >= 25
