"""What others wrote and pages load is theirs to the byte: the content of the npm packages whose hashes are locked, but
for where their modules find one another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.oracles import missing

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "node_modules"
VENDORED = ROOT / "static" / "vendor"
FILES = {path.relative_to(VENDORED).as_posix() for path in VENDORED.rglob("*") if path.is_file()}
OUR_OWN = "noble/package.json"  # tells node that these are modules
FROM = {
    "zxing-wasm/reader.js": "zxing-wasm/dist/iife/reader/index.js",
    "zxing-wasm/zxing_reader.wasm": "zxing-wasm/dist/reader/zxing_reader.wasm",
    "zxing-wasm/LICENSE": "zxing-wasm/LICENSE",
    **{name: f"@{name}" for name in sorted(FILES) if name.startswith("noble/") and name != OUR_OWN},
}
PACKAGES = ("zxing-wasm", "@noble/curves", "@noble/ed25519", "@noble/hashes")


@pytest.mark.parametrize("name", FROM)
def test_a_vendored_file_is_the_packages_own(name: str) -> None:
    (package,) = [package for package in PACKAGES if FROM[name].startswith(f"{package}/")]
    if not (MODULES / package).exists():
        missing(f"{package} (npm ci)")
    expected = (MODULES / FROM[name]).read_bytes()
    if package == "@noble/curves":
        # A browser finds a module by its path alone; a package names others of its author.
        above = "../" * (name.count("/") - 1)
        expected = expected.replace(b"'@noble/hashes/", f"'{above}hashes/".encode())
    assert (VENDORED / name).read_bytes() == expected


@pytest.mark.parametrize("package", PACKAGES)
def test_the_installed_package_is_the_locked_one(package: str) -> None:
    installed = MODULES / ".package-lock.json"
    if not installed.exists():
        missing("node_modules (npm ci)")
    found, locked = (
        json.loads(each.read_text("utf-8"))["packages"][f"node_modules/{package}"]
        for each in (installed, ROOT / "package-lock.json")
    )
    assert found == locked


def test_nothing_else_lies_beside_them_but_licences() -> None:
    assert {name for name in FILES - set(FROM) if not name.startswith("zxing-wasm/LICENSE")} == {OUR_OWN}
    assert {f"{package}/LICENSE" for package in PACKAGES} <= set(FROM.values())
