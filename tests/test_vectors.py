"""The independent vectors, by the command line alone, as a stranger would run them: cases and refusals."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from portal.cli import main

WORLD = Path(__file__).parent / "vectors" / "world-1"
FACTS: dict[str, Any] = json.loads((WORLD / "world.json").read_text("utf-8"))
CASES = [json.loads(line) for line in (WORLD / "cases.ndjson").read_text("utf-8").splitlines()]


class Portal:
    """The command `portal` in a world of its own."""

    def __init__(self, folder: Path) -> None:
        self.keys = folder / "keys"
        self.keys.mkdir()
        for name in ("root.json", "trust-list.json", "trust-list.json.sig"):
            (self.keys / name).write_bytes((WORLD / "keys" / name).read_bytes())
        self._environment = {name: None for name in os.environ if name.startswith("PORTAL_")} | {
            "PORTAL_PUBLIC_URL": f"https://{FACTS['public_host']}",
            "PORTAL_ROOT_SHA256": FACTS["root_sha256"],
            "PORTAL_KEYS_DIR": str(self.keys),
            "PORTAL_DATABASE_URL": f"sqlite:///{folder / 'register.sqlite'}",
        }

    def run(self, *arguments: str | Path) -> Result:
        words = ["--at", FACTS["now"], *map(str, arguments)]
        return CliRunner().invoke(main, words, env=self._environment, catch_exceptions=False)

    def verdicts(self) -> dict[str, dict[str, Any]]:
        result = self.run("verify", "--batch", WORLD / "cases.ndjson")
        assert result.exit_code == 0, result.output
        return {line["id"]: line for line in map(json.loads, result.stdout.splitlines())}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    portal = Portal(tmp_path_factory.mktemp("world"))
    assert portal.run("register", "load", *sorted((WORLD / "register").iterdir())).exit_code == 0
    assert portal.run("status", "load", *sorted((WORLD / "status").iterdir())).exit_code == 0
    return portal


@pytest.fixture(scope="module")
def verdicts(loaded: Portal) -> dict[str, dict[str, Any]]:
    return loaded.verdicts()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_case_has_the_expected_verdict(case: dict[str, Any], verdicts: dict[str, dict[str, Any]]) -> None:
    verdict = verdicts[case["id"]]
    found = {name: verdict[name] for name in ("reason", "outcome", "attributes")}
    assert found == case["expect"], case["why"]


def test_a_registered_number_has_its_licences_each_with_its_verdict(loaded: Portal) -> None:
    both_versions = next(case for case in CASES if case["id"] == "newer-version")
    (newer,) = map(json.loads, loaded.run("verify", "--json", both_versions["text"]).stdout.splitlines())
    number = newer["licence"]["number"]
    (answer,) = map(json.loads, loaded.run("verify", "--json", f" {number.lower()} ").stdout.splitlines())
    entries = [(entry["licence"]["version"], entry["reason"]) for entry in answer["entries"]]
    assert entries == [(2, "in_force"), (1, "superseded")]


@pytest.mark.parametrize("bundle", sorted((WORLD / "refused-bundles").iterdir()), ids=lambda path: path.stem)
def test_a_bundle_that_breaks_a_rule_is_refused_whole_and_the_portal_answers_as_before(
    bundle: Path, loaded: Portal, verdicts: dict[str, dict[str, Any]]
) -> None:
    result = loaded.run("register", "load", bundle)
    assert result.exit_code == 1
    assert bundle.name in result.stderr
    assert loaded.verdicts() == verdicts


@pytest.mark.parametrize("source", sorted((WORLD / "refused-trust").iterdir()), ids=lambda path: path.name)
def test_a_trust_list_that_breaks_a_rule_is_refused_and_the_keys_stay(
    source: Path, loaded: Portal, verdicts: dict[str, dict[str, Any]]
) -> None:
    before = {path: path.read_bytes() for path in loaded.keys.rglob("*") if path.is_file()}
    result = loaded.run("trust", "publish", source)
    assert result.exit_code == 1
    assert result.stderr.strip()
    assert {path: path.read_bytes() for path in loaded.keys.rglob("*") if path.is_file()} == before
