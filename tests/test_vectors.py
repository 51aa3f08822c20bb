"""The independent vectors, by the command line alone, as a stranger would run them: cases and refusals."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.operators import Operator, settings_in

WORLD = Path(__file__).parent / "vectors" / "world-1"
FACTS: dict[str, Any] = json.loads((WORLD / "world.json").read_text("utf-8"))
CASES = [json.loads(line) for line in (WORLD / "cases.ndjson").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    folder = tmp_path_factory.mktemp("world")
    shutil.copytree(WORLD / "keys", folder / "keys")
    operator = Operator(settings_in(folder, FACTS["root_sha256"]), FACTS["now"])
    assert operator.run("register", "load", *sorted((WORLD / "register").iterdir())).exit_code == 0
    assert operator.run("status", "load", *sorted((WORLD / "status").iterdir())).exit_code == 0
    return operator


def verdicts_of(operator: Operator) -> dict[str, dict[str, Any]]:
    result = operator.run("verify", "--batch", WORLD / "cases.ndjson")
    assert result.exit_code == 0, result.output
    return {line["id"]: line for line in map(json.loads, result.stdout.splitlines())}


@pytest.fixture(scope="module")
def verdicts(loaded: Operator) -> dict[str, dict[str, Any]]:
    return verdicts_of(loaded)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_case_has_the_expected_verdict(case: dict[str, Any], verdicts: dict[str, dict[str, Any]]) -> None:
    verdict = verdicts[case["id"]]
    found = {name: verdict[name] for name in ("reason", "outcome", "attributes")}
    assert found == case["expect"], case["why"]


def test_a_registered_number_has_its_licences_each_with_its_verdict(loaded: Operator) -> None:
    both_versions = next(case for case in CASES if case["id"] == "newer-version")
    (newer,) = map(json.loads, loaded.run("verify", "--json", both_versions["text"]).stdout.splitlines())
    number = newer["licence"]["number"]
    (answer,) = map(json.loads, loaded.run("verify", "--json", f" {number.lower()} ").stdout.splitlines())
    entries = [(entry["licence"]["version"], entry["reason"]) for entry in answer["entries"]]
    assert entries == [(2, "in_force"), (1, "superseded")]


REASONS = {
    "compromised-before-manifest": ":2: key_compromised: ",
    "cut-off": ":16: record: not JSON: ",
    "delta-gap": ":1: manifest: a delta to sequence 7, but sequence 1 was taken last",
    "digest": ":1: manifest: its Merkle root is not that of the records",
    "empty": ":1: the bundle is empty",
    "face-digest": ":2: claims_mismatch: the face does not hash to the digest in the licence",
    "face-number-differs": ":2: claims_mismatch: face and licence disagree on number",
    "face-until-differs": ":2: claims_mismatch: face and licence disagree on ",
    "foreign-records": ":2: the licence is signed by a key of 11220000MB1X54321H, the manifest by 11210000MB0X123458",
    "hidden-field": ":2: the face holds 'id_no', which drug-distribution-retail may not show",
    "manifest-by-status-key": ":1: manifest: key 60d61ede03f138cf is not published for use register",
    "manifest-by-stranger": ":1: manifest: no published key has the id c4c9b21122d55897",
    "no-manifest": ":1: manifest: manifest line: unknown member 'credential'",
    "not-json": ":2: record: not JSON: ",
    "record-missing": ":1: manifest: counts 30 records, the bundle has 29",
    "records-swapped": ":1: manifest: its Merkle root is not that of the records",
    "sequence-replayed": ":1: manifest: sequence 1 is not above 1, the last one taken from 11210000MB0X123458",
    "unpublished-key": ":2: key_unknown: no published key has signed the licence",
}


def test_every_bundle_to_be_refused_has_a_reason_here() -> None:
    assert {path.stem for path in (WORLD / "refused-bundles").iterdir()} == REASONS.keys()


@pytest.mark.parametrize(("name", "reason"), REASONS.items(), ids=REASONS.keys())
def test_a_bundle_that_breaks_a_rule_is_refused_whole_and_the_portal_answers_as_before(
    name: str, reason: str, loaded: Operator, verdicts: dict[str, dict[str, Any]]
) -> None:
    path = WORLD / "refused-bundles" / f"{name}.ndjson"
    result = loaded.run("register", "load", path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{path}{reason}" in result.stderr
    assert all(line.startswith(f"{path}:") for line in result.stderr.splitlines())
    assert verdicts_of(loaded) == verdicts


TRUST_REASONS = {
    "below-threshold": "valid signatures of 1 root keys, 2 are needed",
    "changed": "valid signatures of 0 root keys, 2 are needed",
    "curve-mismatch": "not an Ed25519 key",
    "cut-off": "trust-list.json: not JSON",
    "empty": "trust-list.json: not JSON",
    "expired": "has expired",
    "kid-mismatch": "the key id does not match the key",
    "kid-twice": "is listed twice",
    "one-key-twice": "valid signatures of 1 root keys, 2 are needed",
    "rollback": "version 6 is lower than the accepted version 7 (rollback)",
    "stranger": "valid signatures of ",
    "unknown-field": "unknown member",
}


def test_every_trust_list_to_be_refused_has_a_reason_here() -> None:
    assert {path.name for path in (WORLD / "refused-trust").iterdir()} == TRUST_REASONS.keys()


@pytest.mark.parametrize(("name", "reason"), TRUST_REASONS.items(), ids=TRUST_REASONS.keys())
def test_a_trust_list_that_breaks_a_rule_is_refused_and_the_keys_stay(name: str, reason: str, loaded: Operator) -> None:
    folder, keys = WORLD / "refused-trust" / name, Path(loaded.settings["PORTAL_KEYS_DIR"])
    before = contents(keys)
    result = loaded.run("trust", "publish", folder)
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"{folder}: ")
    assert reason in line
    assert contents(keys) == before


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
