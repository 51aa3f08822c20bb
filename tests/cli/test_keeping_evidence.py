"""Evidence by the command line: saved on one machine, verified on another that has only the file and the root."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.cli import main
from tests.web.portals import Street, street

AT = "2026-11-21T04:00:00Z"
LATER = "2031-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Street:
    return street(tmp_path_factory.mktemp("world"))


def run(*words: object, environment: Mapping[str, str] | None = None, at: str = AT) -> Result:
    nothing: dict[str, str | None] = {"PORTAL_ROOT_SHA256": None}
    return CliRunner().invoke(main, ["--at", at, *map(str, words)], env={**nothing, **(environment or {})})


def save(shops: Street, file: Path, text: str) -> Result:
    return run("verify", "--save-evidence", file, text, environment=shops.written.environment)


def test_what_was_saved_is_verified_years_later_without_a_portal(shops: Street, tmp_path: Path) -> None:
    root = shops.written.settings.root_sha256
    saved = save(shops, tmp_path / "e.json", shops.closed.text)
    checked = run("verify", "--evidence", tmp_path / "e.json", "--root-sha256", root.upper(), at=LATER)
    assert (saved.exit_code, checked.exit_code) == (0, 0)
    assert checked.stdout.startswith(saved.stdout)
    assert checked.stdout.removeprefix(saved.stdout).splitlines() == [
        "as of 2026-11-21T04:00:00Z, which is the word of https://yz.example.gov.cn",
        f"root {root}, as was asked",
        "the portal's word alone: that its register had no higher version than those in the file",
    ]


def test_json_lines_are_the_same_and_the_rest_is_beside_them(shops: Street, tmp_path: Path) -> None:
    file = tmp_path / "e.json"
    saved = run("verify", "--json", "--save-evidence", file, shops.copied.text, environment=shops.written.environment)
    checked = run("verify", "--json", "--evidence", file, at=LATER)
    assert json.loads(checked.stdout) == json.loads(saved.stdout)
    assert "compare it with the one that you trust" in checked.stderr
    assert "did not have this document" in checked.stderr


def test_a_changed_part_is_named_and_no_verdict_given(shops: Street, tmp_path: Path) -> None:
    file = tmp_path / "e.json"
    save(shops, file, shops.pharmacy.text)
    document = json.loads(file.read_text("utf-8"))
    document["face"] = document["root"]
    file.write_text(json.dumps(document), "utf-8")
    checked = run("verify", "--evidence", file)
    assert checked.exit_code == 1
    assert checked.stdout.startswith("CHANGED  face or register.record: ")
    assert "IN_FORCE" not in checked.stdout.upper().replace("IN FORCE", "IN_FORCE")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--evidence", "missing.json"), "missing.json: No such file"),
        (("--evidence", "e.json", "TEXT"), "give texts or images"),
        (("--save-evidence", "e.json"), "give texts or images"),
        (("--evidence", "e.json", "--root-sha256", "12"), "64 hexadecimal digits"),
    ],
)
def test_wrong_use_is_told_in_one_line(words: tuple[str, ...], told: str, tmp_path: Path) -> None:
    result = run("verify", *words)
    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize("text", ["辽CB024100321", "https://evil.example/pay"])
def test_what_is_no_code_leaves_no_file(shops: Street, tmp_path: Path, text: str) -> None:
    result = save(shops, tmp_path / "e.json", text)
    assert (result.exit_code, (tmp_path / "e.json").exists()) == (2, False)
    assert "no licence code" in result.stderr


def test_a_file_that_cannot_be_written_is_told(shops: Street, tmp_path: Path) -> None:
    result = save(shops, tmp_path / "missing" / "e.json", shops.pharmacy.text)
    assert (result.exit_code, "No such file" in result.stderr) == (2, True)
