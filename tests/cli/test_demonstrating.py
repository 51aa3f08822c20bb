"""`portal demo`: it needs no settings, and says what it built."""

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from portal.cli import main
from portal.settings import Settings

AT = "2026-11-21T04:00:00Z"


def demo(folder: Path) -> list[str]:
    return ["--at", AT, "demo", "--build-only", "--port", "8123", "--folder", str(folder)]


def test_it_prints_the_settings_of_what_it_built_and_does_without_sm2_where_openssl_is_missing(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "portal.cli", *demo(tmp_path / "demonstration")]
    built = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True)
    assert (built.returncode, built.stderr) == (0, "")
    settings = Settings.from_environment(dict(line.split("=", 1) for line in built.stdout.splitlines()))
    assert (settings.public_url, settings.at, settings.demonstration) == ("http://127.0.0.1:8123", AT, True)
    names = {sample["name"] for sample in json.loads(settings.samples.read_bytes())}
    assert "in_force" in names
    assert "sm2" not in names


def test_it_refuses_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("not a demonstration")
    refused = CliRunner().invoke(main, demo(tmp_path))
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "holds something else than a demonstration" in refused.stderr


def test_it_names_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("not a folder")
    refused = CliRunner().invoke(main, demo(tmp_path / "letter" / "demonstration"))
    assert (refused.exit_code, refused.stderr.count("\n")) == (2, 1)
    assert "letter/demonstration: Not a directory" in refused.stderr
