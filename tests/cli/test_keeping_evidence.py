"""Evidence by the command line: saved on one machine, verified on another that has only the file and the root."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.cli import main
from portal.verification.trust import KeyState
from tests.authorities import REGISTERED_AT, publish_ended
from tests.web.portals import Street, street
from tests.world import World

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
        "the portal's word alone: that its register had no higher version than those in the file, and that it had no "
        "newer status list or notice",
    ]


def test_json_lines_are_the_same_and_the_rest_is_beside_them(shops: Street, tmp_path: Path) -> None:
    file = tmp_path / "e.json"
    saved = run("verify", "--json", "--save-evidence", file, shops.copied.text, environment=shops.written.environment)
    checked = run("verify", "--json", "--evidence", file, at=LATER)
    assert json.loads(checked.stdout) == json.loads(saved.stdout)
    assert "compare it with the one that you trust" in checked.stderr
    assert "did not have this document" in checked.stderr


def test_a_list_that_was_left_out_shows_in_no_file_and_is_told_as_the_portals_word(
    shops: Street, tmp_path: Path
) -> None:
    """Of a revoked licence, by somebody who would have it in doubt."""
    file = tmp_path / "e.json"
    save(shops, file, shops.closed.text)
    document = json.loads(file.read_bytes())
    verdict = document["verdict"] | {"reason": "status_unknown", "outcome": "unknown", "status_as_of": None}
    verdict["licence"] |= {"status": None}
    verdict["checks"][5]["state"] = "unknown"
    file.write_text(json.dumps(document | {"status_list": None, "verdict": verdict}), encoding="utf-8")
    checked = run("verify", "--evidence", file)
    assert (checked.exit_code, checked.stdout.split()[:2]) == (0, ["UNKNOWN", "status_unknown"])
    assert checked.stdout.splitlines()[-1].endswith("and that it had no newer status list or notice")


def test_a_changed_part_is_named_and_no_verdict_given(shops: Street, tmp_path: Path) -> None:
    file = tmp_path / "e.json"
    save(shops, file, shops.pharmacy.text)
    document = json.loads(file.read_text("utf-8"))
    document["face"] = document["root"]
    file.write_text(json.dumps(document), "utf-8")
    checked = run("verify", "--evidence", file)
    assert checked.exit_code == 1
    assert checked.stdout.startswith("CHANGED  face or register.record: ")
    assert "in_force" not in checked.stdout


SPOOF = "\x1b[2J\x1b[H\n\x9b32mVALID  in_force\u202e"


def with_address_of_a_liar(document: str, address: str) -> str:
    """Evidence that holds as before: its address, with which the text begins, is what nobody signed."""
    evidence = json.loads(document)
    evidence["text"] = address + "/v/" + evidence["text"].partition("/v/")[2]
    evidence["verdict"]["on_the_portals_word"]["address"] = address
    return json.dumps(evidence)


def with_another_member(document: str, name: str) -> str:
    evidence = json.loads(document)
    return json.dumps({**evidence, "verdict": {**evidence["verdict"], name: name}})


@pytest.mark.parametrize("as_json", [(), ("--json",)], ids=["for people", "as JSON"])
@pytest.mark.parametrize(
    ("changed", "exit_code"), [(with_address_of_a_liar, 0), (with_another_member, 1)], ids=["address", "member"]
)
def test_what_a_file_says_obeys_no_wish_of_the_file_on_the_screen(
    shops: Street, tmp_path: Path, changed: Callable[[str, str], str], exit_code: int, as_json: tuple[str, ...]
) -> None:
    file = tmp_path / "e.json"
    save(shops, file, shops.closed.text)
    file.write_text(changed(file.read_text("utf-8"), SPOOF), "utf-8")
    told = run("verify", "--evidence", file, *as_json)
    assert (told.exit_code, json.dumps(SPOOF)[1:-1] in told.output) == (exit_code, True)
    assert all(line.isprintable() and not line.startswith("VALID") for line in told.output.split("\n"))


def test_a_file_larger_than_any_evidence_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "e.json").open("wb") as file:
        file.truncate(2**40)  # a terabyte of nothing, which takes no room on the disk
    told = run("verify", "--evidence", tmp_path / "e.json")
    assert (told.exit_code, told.stderr) == (2, f"Error: {tmp_path / 'e.json'}: larger than any evidence\n")


def newer_keys(folder: Path, *, stolen: int | None = None, version: int = 9) -> Path:
    """Version 9 of the list of keys: one more was published, and the issuer's own is known to be stolen since then."""
    world = World()
    world.version = version
    if stolen is not None:
        world.liaoning.published_keys[0] = publish_ended(world.liaoning.keys["esp256"], KeyState.COMPROMISED, stolen)
    world.write_keys(folder)
    return folder


def test_newer_keys_bear_evidence_out_or_know_that_a_key_was_stolen_before(shops: Street, tmp_path: Path) -> None:
    file = tmp_path / "e.json"
    save(shops, file, shops.pharmacy.text)
    borne_out = run("verify", "--evidence", file, "--keys", newer_keys(tmp_path / "newer"), at=LATER)
    assert (borne_out.exit_code, borne_out.stdout.splitlines()[-1]) == (0, "the same by the keys of version 9")
    fallen = run("verify", "--evidence", file, "--keys", newer_keys(tmp_path / "stolen", stolen=REGISTERED_AT - 1))
    assert fallen.exit_code == 1
    assert "VALID  in_force" in fallen.stdout  # what the file itself proves is told in any case
    assert fallen.stdout.splitlines()[-1].startswith("NOT BORNE OUT by the keys of version 9: register.manifest: key ")


def test_keys_that_are_no_newer_than_those_in_the_evidence_say_nothing(shops: Street, tmp_path: Path) -> None:
    file = tmp_path / "e.json"
    save(shops, file, shops.pharmacy.text)
    checked = run("verify", "--evidence", file, "--keys", shops.written.settings.keys_dir)
    assert checked.exit_code == 0
    assert checked.stdout.splitlines()[-1] == "the keys of version 7 are no newer than the file"


def test_keys_of_the_same_version_with_other_contents_bear_nothing_out(shops: Street, tmp_path: Path) -> None:
    """Whoever holds the root signed two lists of one version: to this reader another one than to the portal."""
    file = tmp_path / "e.json"
    save(shops, file, shops.pharmacy.text)
    other = newer_keys(tmp_path / "other", version=7, stolen=REGISTERED_AT - 1)
    checked = run("verify", "--evidence", file, "--keys", other, at=LATER)
    assert (checked.exit_code, checked.stdout.splitlines()[-1]) == (
        1,
        "NOT BORNE OUT by the keys of version 7: they are others than the file's of this version",
    )


@pytest.mark.parametrize("broken", ["root.json", "trust-list.json", "trust-list.json.sig"])
@pytest.mark.parametrize("content", [None, b"{}"], ids=["missing", "of nobody"])
def test_keys_that_cannot_be_used_are_wrong_use(
    shops: Street, tmp_path: Path, broken: str, content: bytes | None
) -> None:
    file = tmp_path / "e.json"
    save(shops, file, shops.pharmacy.text)
    broken_file = newer_keys(tmp_path / "keys") / broken
    broken_file.unlink() if content is None else broken_file.write_bytes(content)
    checked = run("verify", "--evidence", file, "--keys", tmp_path / "keys")
    assert (checked.exit_code, checked.stderr.count("\n")) == (2, 1)
    assert broken.removesuffix(".sig") in checked.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--evidence", "missing.json"), "missing.json: No such file"),
        (("--evidence", "e.json", "TEXT"), "give texts or images"),
        (("--save-evidence", "e.json"), "give texts or images"),
        (("--evidence", "e.json", "--root-sha256", "12"), "64 hexadecimal digits"),
        (("--keys", "keys", "TEXT"), "--keys DIR is for evidence"),
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
