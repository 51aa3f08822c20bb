"""With and without the Debian library libzbar0, in real children. A start-up file of Python changes what they find."""

import importlib.util
import logging
from ctypes.util import find_library
from pathlib import Path

import pytest

from portal.scanning import Bounds, Reader, ScanFailure
from tests.oracles import missing
from tests.scanning.pictures import photo

WITHOUT_LIBZBAR = "import ctypes.util\nctypes.util.find_library = lambda name: None\n"
WITH_BLIND_ZXING = "import zxingcpp\nzxingcpp.read_barcodes = lambda *args, **options: []\n"


def start_children_with(startup: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "sitecustomize.py").write_text(startup)
    monkeypatch.syspath_prepend(folder)


@pytest.fixture
def _libzbar() -> None:
    if find_library("zbar") is None or importlib.util.find_spec("pyzbar") is None:
        missing("the Debian library libzbar0")


def test_without_libzbar_photos_are_read_and_the_log_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    start_children_with(WITHOUT_LIBZBAR, tmp_path, monkeypatch)
    with Reader(Bounds(images_per_child=1)) as reader:
        scans = [reader.read(photo(text)) for text in ("one", "two", "three")]
    assert [scan.texts for scan in scans] == [("one",), ("two",), ("three",)]
    assert [(record.levelno, "libzbar0" in record.getMessage()) for record in caplog.records] == [
        (logging.WARNING, True)
    ]


def test_without_libzbar_a_search_still_ends_without_a_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start_children_with(WITHOUT_LIBZBAR + WITH_BLIND_ZXING, tmp_path, monkeypatch)
    with Reader() as reader:
        assert reader.read(photo("unseen")).failure is ScanFailure.no_code_found


@pytest.mark.usefixtures("_libzbar")
def test_with_libzbar_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with Reader() as reader:
        reader.read(photo("anything"))
    assert caplog.records == []


@pytest.mark.usefixtures("_libzbar")
@pytest.mark.parametrize("text", ["https://verify.example/v/2KCE", "天猫超市", "naïve – 药品", "a\x1d01b"])
def test_zbar_reads_what_zxing_does_not_see(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start_children_with(WITH_BLIND_ZXING, tmp_path, monkeypatch)
    with Reader() as reader:
        scan = reader.read(photo(text))
    assert scan.texts == (text,)
    assert scan.step.startswith("zbar")
