"""The curves of the browser's verifier are the npm packages' own files, but for where they find one another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.oracles import missing

ROOT = Path(__file__).parents[1]
VENDORED = ROOT / "static" / "vendor" / "noble"
FILES = sorted(path.relative_to(VENDORED) for path in VENDORED.rglob("*") if path.is_file() and path.parent != VENDORED)


@pytest.mark.parametrize("name", FILES, ids=str)
def test_a_vendored_file_is_the_packages_own(name: Path) -> None:
    original = ROOT / "node_modules" / "@noble" / name
    if not original.exists():
        missing("@noble (npm ci)")
    # A browser finds a module by its path alone; a package names others of its author.
    above = "../" * len(name.parent.parts)
    expected = original.read_text("utf-8")
    if name.parts[0] == "curves":
        expected = expected.replace("'@noble/hashes/", f"'{above}hashes/")
    assert (VENDORED / name).read_text("utf-8") == expected


@pytest.mark.parametrize("package", ["@noble/curves", "@noble/ed25519", "@noble/hashes"])
def test_the_installed_package_is_the_locked_one(package: str) -> None:
    installed = ROOT / "node_modules" / ".package-lock.json"
    if not installed.exists():
        missing("node_modules (npm ci)")
    found, locked = (
        json.loads(each.read_text("utf-8"))["packages"][f"node_modules/{package}"]
        for each in (installed, ROOT / "package-lock.json")
    )
    assert found == locked
    assert FILES
    assert (VENDORED / package.removeprefix("@noble/") / "LICENSE").exists()
