"""`portal authority print`: from the records that were signed to paper, or a plain word why not."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.authority.bundles import record_line
from portal.cli import main
from portal.demonstration.licences import Draft
from tests.authorities import PUBLIC_URL
from tests.authority.papers import debian_font, drafts_by_type, page_texts, record_of
from tests.world import World

ROOT = Path(__file__).parents[2]
SLUGS = ("drug-distribution-retail", "food-production")


def write_records(folder: Path, *drafts: Draft) -> str:
    path = folder / "records.ndjson"
    path.write_bytes(b"".join(record_of(draft).line + b"\n" for draft in drafts))
    return str(path)


@pytest.fixture
def records(tmp_path: Path) -> str:
    return write_records(tmp_path, *(drafts_by_type()[slug] for slug in SLUGS))


def print_licences(records: str, *arguments: str) -> Result:
    command = ["--at", "2026-11-21T04:00:00Z", "authority", "print", records, "--url", PUBLIC_URL, *arguments]
    return CliRunner().invoke(main, command)


def test_each_licence_is_a_file_named_by_number_type_and_version(records: str, tmp_path: Path) -> None:
    debian_font()
    result = print_licences(records, "--to", str(tmp_path / "paper"))
    assert (result.exit_code, result.stderr) == (0, "2 licences printed\n")
    numbers = {slug: record_of(drafts_by_type()[slug]).credential.number for slug in SLUGS}
    names = {path.name.rsplit("-v", 1)[0] for path in (tmp_path / "paper").iterdir()}
    assert names == {f"{number}-{slug}" for slug, number in numbers.items()}
    (food,) = (tmp_path / "paper").glob("SC*.pdf")
    (text,) = page_texts(food)
    assert PUBLIC_URL in text
    assert numbers["food-production"] in text


def test_many_can_be_printed_into_one_file(records: str, tmp_path: Path) -> None:
    debian_font()
    assert print_licences(records, "--to", str(tmp_path / "paper"), "--together").exit_code == 0
    (path,) = (tmp_path / "paper").iterdir()
    assert path.name == "licences.pdf"
    assert len(page_texts(path)) == 2


def test_who_issued_it_can_be_given_for_a_face_that_does_not_say(tmp_path: Path) -> None:
    debian_font()
    records, paper = write_records(tmp_path, drafts_by_type()["drug-test-report"]), tmp_path / "paper"
    refused = print_licences(records, "--to", str(paper))
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert "does not name the authority" in refused.stderr
    assert not paper.exists()
    named = print_licences(records, "--to", str(paper), "--issuer-name", "辽宁省药品检验检测院（演示）")
    assert named.exit_code == 0
    (path,) = paper.iterdir()
    assert "辽宁省药品检验检测院" in page_texts(path)[0]


def test_a_damaged_record_is_refused_in_words(tmp_path: Path) -> None:
    records = write_records(tmp_path, drafts_by_type()["food-production"])
    line = json.loads(Path(records).read_text("utf-8"))
    line["credential"] = line["credential"][:-8]
    Path(records).write_text(json.dumps(line), "utf-8")
    refused = print_licences(records, "--to", str(tmp_path / "paper"))
    assert refused.exit_code == 1
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "paper").exists()


def test_a_file_that_is_no_font_is_refused(records: str, tmp_path: Path) -> None:
    (tmp_path / "font.ttf").write_bytes(b"no font")
    refused = print_licences(records, "--to", str(tmp_path / "paper"), "--font", str(tmp_path / "font.ttf"))
    assert refused.exit_code == 1
    assert "not a usable font" in refused.stderr
    assert not (tmp_path / "paper").exists()


def test_two_numbers_that_would_share_a_file_are_refused(tmp_path: Path) -> None:
    world = World()
    licences = [world.licence(number) for number in ("演示12.3号", "演示12/3号")]
    records = tmp_path / "records.ndjson"
    records.write_bytes(b"".join(record_line(each.encoded, each.face) + b"\n" for each in licences))
    refused = print_licences(str(records), "--to", str(tmp_path / "paper"))
    assert (refused.exit_code, refused.stderr.count("\n")) == (1, 1)
    assert "12.3" in refused.stderr
    assert "12/3" in refused.stderr
    assert not (tmp_path / "paper").exists()


def test_only_who_prints_waits_for_the_library_that_draws() -> None:
    command = [sys.executable, "-c", "import portal.cli, sys; print('fpdf' in sys.modules)"]
    assert subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout == "False\n"
