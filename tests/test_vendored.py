"""What others wrote and pages load is theirs to the byte: the content of the npm package whose hash is locked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.oracles import missing

ROOT = Path(__file__).parents[1]
VENDORED = ROOT / "static" / "vendor"
FROM = {
    "zxing-wasm/reader.js": "zxing-wasm/dist/iife/reader/index.js",
    "zxing-wasm/zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
    "zxing-wasm/LICENSE": "zxing-wasm/LICENSE",
}


@pytest.mark.parametrize("name", FROM)
def test_a_vendored_file_is_the_packages_own(name: str) -> None:
    package, modules = FROM[name].partition("/")[0], ROOT / "node_modules"
    if not (modules / package).exists():
        missing(f"{package} (npm ci)")
    locked = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = json.loads((modules / ".package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert installed[f"node_modules/{package}"] == locked[f"node_modules/{package}"]
    assert (VENDORED / name).read_bytes() == (modules / FROM[name]).read_bytes()


@pytest.mark.parametrize("package", sorted({name.partition("/")[0] for name in FROM}))
def test_nothing_else_lies_beside_it_but_licences(package: str) -> None:
    beside = {path.relative_to(VENDORED).as_posix() for path in (VENDORED / package).rglob("*")} - set(FROM)
    assert {name for name in beside if not name.startswith(f"{package}/LICENSE")} == set()
    assert f"{package}/LICENSE" in FROM
