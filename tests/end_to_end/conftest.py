"""One demonstration and one browser for all walks of a test run."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.end_to_end.browsing import Visit, chromium, visit
from tests.end_to_end.served import Demonstration, demonstration_served
from tests.oracles import missing


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if shutil.which("fc-list") and not subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True).stdout:
        missing("a font with Chinese characters (fonts-noto-cjk)")
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def demonstration(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    with demonstration_served(tmp_path_factory.mktemp("served") / "demonstration") as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, demonstration: Demonstration) -> Iterator[Visit]:
    with visit(browser, demonstration.url) as visitor:
        yield visitor
