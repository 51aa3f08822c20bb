"""`portal register`, `portal status` and `portal trust`: what they take, what they refuse, and what they say of it."""

from __future__ import annotations

import gzip
import hashlib
import os
import pty
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from portal.register.tables import open_for_writing
from portal.register.transactions import writing
from portal.verification.dates import format_timestamp
from tests.authorities import AT, DAY
from tests.operators import Operator, settings_in, without_settings
from tests.register.desk import bundle, line_of
from tests.world import World

ROOT = Path(__file__).parents[2]


class Town:
    """A small world of which nothing is loaded yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = World()
        written = self.world.write(folder)
        self.operator = Operator(settings_in(folder, written.environment["PORTAL_ROOT_SHA256"]), format_timestamp(AT))
        (folder / "register.sqlite").unlink()
        self.url = f"sqlite:///{folder / 'register.sqlite'}"

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def bundle(self, *numbers: str, sequence: int = 1, follows: int | None = None) -> bytes:
        records = [line_of(self.world.licence(number)) for number in numbers]
        return b"".join(line + b"\n" for line in bundle(self.world, records, sequence=sequence, follows=follows))


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path)


def test_each_bundle_that_is_taken_has_a_line(town: Town) -> None:
    first = town.file("first.ndjson", town.bundle("辽CB024100001", "辽CB024100002"))
    second = town.file("second.ndjson.gz", gzip.compress(town.bundle("辽CB024100003", sequence=2, follows=1)))
    result = town.operator.run("register", "load", first, second)
    assert (result.exit_code, result.stderr) == (0, "")
    by = "of 11210000MB0X123458, signed 2026-11-20T02:00:00Z"
    assert result.stdout.splitlines() == [
        f"{first}: snapshot 1 {by}: 2 records, 2 of them new, 0 new notices",
        f"{second}: delta 2 {by}: 1 records, 1 of them new, 0 new notices",
    ]


def test_a_bundle_that_is_there_already_is_no_error(town: Town) -> None:
    path = town.file("bundle", town.bundle("辽CB024100001"))
    town.operator.run("register", "load", path)
    again = town.operator.run("register", "load", path)
    assert (again.exit_code, again.stderr) == (0, "")
    assert again.stdout == f"{path}: snapshot 1 of 11210000MB0X123458, signed 2026-11-20T02:00:00Z, is there already\n"


def test_a_check_says_what_would_be_taken_and_stores_nothing(town: Town) -> None:
    first = town.file("first", town.bundle("辽CB024100001", "辽CB024100002"))
    second = town.file("second", town.bundle("辽CB024100003", sequence=2, follows=1))
    status = town.file("status", town.world.liaoning.status_list())
    for _ in range(2):
        checked = town.operator.run("register", "load", "--check", first, second)
        assert (checked.exit_code, checked.stderr) == (0, "")
        assert [line.partition("Z: ")[2] for line in checked.stdout.splitlines()] == [
            "2 records, 2 of them new, 0 new notices (checked, nothing stored)",
            "1 records, 1 of them new, 0 new notices (checked, nothing stored)",
        ]
        checked = town.operator.run("status", "load", "--check", status)
        assert (checked.exit_code, checked.stderr) == (0, "")
        assert checked.stdout.endswith(", taken (checked, nothing stored)\n")
    taken = town.operator.run("register", "load", first, second)
    assert "checked" not in taken.stdout
    assert town.operator.run("register", "load", "--check", second).stdout.endswith(
        ", is there already (checked, nothing stored)\n"
    )


def test_a_check_refuses_what_a_load_would_refuse(town: Town) -> None:
    town.operator.run("register", "load", town.file("first", town.bundle("辽CB024100001", "辽CB024100002")))
    fewer = town.file("fewer", town.bundle("辽CB024100001", sequence=2))
    after = town.file("after", town.bundle("辽CB024100003", sequence=3, follows=2))
    checked = town.operator.run("register", "load", "--check", fewer, after)
    assert (checked.exit_code, checked.stdout) == (1, "")
    assert [line.partition("manifest: ")[2] for line in checked.stderr.splitlines()] == [
        "the snapshot leaves out 1 of the 2 licences that the register has of its issuer; "
        "if that is meant, --confirm takes it",
        "a delta to sequence 2, but sequence 1 was taken last from 11210000MB0X123458",
    ]
    assert town.operator.run("register", "load", "--check", "--confirm", fewer, after).exit_code == 0
    assert town.operator.run("register", "load", fewer).exit_code == 1


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_a_bundle_comes_from_standard_input(packed: bool, town: Town) -> None:
    content = town.bundle("辽CB024100001")
    result = town.operator.run("register", "load", "-", stdin=gzip.compress(content) if packed else content)
    assert result.exit_code == 0
    assert result.stdout.startswith("-: snapshot 1 of ")


def test_a_refused_bundle_does_not_stop_those_behind_it(town: Town) -> None:
    broken, good = town.file("broken", b""), town.file("good", town.bundle("辽CB024100001"))
    nowhere = town.folder / "nowhere"
    result = town.operator.run("register", "load", broken, nowhere, good)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [f"{broken}:1: the bundle is empty", f"{nowhere}: No such file or directory"]
    assert result.stdout.startswith(f"{good}: snapshot 1 of ")


def test_errors_are_told_up_to_the_number_that_was_asked_for(town: Town) -> None:
    records = [b"[]"] * 30
    path = town.file("bad", b"".join(line + b"\n" for line in bundle(town.world, records)))
    assert len(town.operator.run("register", "load", path).stderr.splitlines()) == 20
    few = town.operator.run("register", "load", "--max-errors", "3", path).stderr.splitlines()
    assert [line.split(":")[1] for line in few] == ["2", "3", "4"]


def test_a_bar_shows_progress_on_a_terminal_and_nowhere_else(town: Town) -> None:
    path = town.file("bundle", town.bundle("辽CB024100001"))
    command = [sys.executable, "-m", "portal.cli", "--at", town.operator.at, "register", "load", str(path)]
    environment = {**without_settings(), **town.operator.settings}
    terminal, end = pty.openpty()
    with open(terminal, "rb", buffering=0) as screen:
        result = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=end, check=True)
        os.close(end)
        shown = screen.read(4096)
    assert b"100%" in shown
    assert b"100%" not in result.stdout


def test_a_second_load_says_that_one_is_under_way(town: Town) -> None:
    path = town.file("bundle", town.bundle("辽CB024100001"))
    with writing(open_for_writing(town.url)):
        result = town.operator.run("register", "load", path)
    assert result.exit_code == 2
    assert "database is locked (another load may be under way)" in result.stderr
    assert town.operator.run("register", "load", path).exit_code == 0


def test_records_without_room_to_wait_are_told_in_one_line_and_can_be_loaded_when_there_is_some(town: Town) -> None:
    path = town.file("bundle", town.bundle(*(f"辽CB0241{number:05}" for number in range(150))))
    open_for_writing(town.url).dispose()
    most, at_most = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (40_000, at_most)
        )  # bytes: the records want more, the register's log less
        result = town.operator.run("register", "load", path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, at_most))
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line == f"Error: records on their way cannot be kept in {tempfile.gettempdir()}: File too large"
    assert town.operator.run("register", "load", path).exit_code == 0


def test_a_status_list_is_taken_said_to_be_there_and_refused_when_it_is_older(town: Town) -> None:
    older, newer = (town.file(f"{age}.cwt", town.world.liaoning.status_list(AT - age)) for age in (7200, 3600))
    said = f"{newer}: list 0 of 11210000MB0X123458, issued 2026-11-21T03:00:00Z"
    assert town.operator.run("status", "load", newer).stdout == f"{said}, taken\n"
    again = town.operator.run("status", "load", newer)
    assert (again.exit_code, again.stdout) == (0, f"{said}, is there already\n")
    refused = town.operator.run("status", "load", older)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == f"{older}: not newer than the list of 2026-11-21T03:00:00Z, which the register has\n"


def test_a_new_trust_list_is_published_and_checked(town: Town) -> None:
    town.world.version = 9
    source = town.folder / "new"
    town.world.write_keys(source)
    published = town.operator.run("trust", "publish", source)
    assert (published.exit_code, published.stdout) == (0, f"version 9 published in {town.folder / 'keys'}\n")
    checked = town.operator.run("trust", "check")
    assert checked.exit_code == 0
    pin = town.operator.settings["PORTAL_ROOT_SHA256"]
    assert checked.stdout.splitlines()[:5] == [
        "version  9",
        "issued   2026-11-20T04:00:00Z",
        "expires  2027-02-19T04:00:00Z (90 days left)",
        f"root     {pin} (2 of 3 keys must sign)",
        "keys     6 active, 1 compromised, 1 retired",
    ]
    assert "11220000MB1X54321H  吉林省药品监督管理局（演示）" in checked.stdout
    liaoning = town.world.liaoning
    scope = "licence,register,status  *  from 2026-01-01T00:00:00Z to 2028-01-01T00:00:00Z"
    assert f"key      {liaoning.keys['esp256'].key_id.hex()}  ESP256  active  {scope}" in checked.stdout
    assert f"key      {liaoning.keys['compromised'].key_id.hex()}  ESP256  compromised since" in checked.stdout


def test_a_check_tells_the_history_and_whether_it_is_whole(town: Town) -> None:
    town.world.version = 9
    source = town.folder / "new"
    town.world.write_keys(source)
    town.operator.run("trust", "publish", source)
    log = town.folder / "keys" / "history" / "log.ndjson"
    newest = hashlib.sha256(log.read_bytes().splitlines()[-1]).hexdigest()
    assert f"history  2 lists, newest entry {newest}" in town.operator.run("trust", "check").stdout.splitlines()
    log.write_bytes(log.read_bytes().replace(b"2026-11-21", b"2026-11-20", 1))
    changed = town.operator.run("trust", "check")
    assert changed.exit_code == 1
    assert "the history is not whole: entry 2: log.ndjson: it does not follow from the one before" in changed.stderr


def test_a_check_of_unusable_keys_has_exit_status_1(town: Town) -> None:
    late = format_timestamp(town.world.expires_at)
    expired = town.operator.run("trust", "check", at=late)
    assert expired.exit_code == 1
    assert "(0 days left)" in expired.stdout
    assert expired.stderr == f"{town.folder / 'keys'}: the trust list has expired\n"
    (town.folder / "keys" / "trust-list.json.sig").unlink()
    broken = town.operator.run("trust", "check")
    assert (broken.exit_code, broken.stdout) == (1, "")
    assert broken.stderr == f"{town.folder / 'keys' / 'trust-list.json.sig'}: No such file or directory\n"


def test_nothing_is_loaded_or_published_with_keys_that_are_not_pinned(town: Town) -> None:
    operator = Operator({**town.operator.settings, "PORTAL_ROOT_SHA256": "0" * 64}, town.operator.at)
    path = town.file("bundle", town.bundle("辽CB024100001"))
    for command in (("register", "load", path), ("status", "load", path), ("trust", "publish", town.folder / "keys")):
        result = operator.run(*command)
        assert result.exit_code == 2
        assert "not the pinned" in result.stderr
    assert not (town.folder / "register.sqlite").exists()


def test_a_database_that_cannot_be_used_is_told_in_one_line(town: Town) -> None:
    path = town.file("bundle", town.bundle("辽CB024100001"))
    for url in ("nonsense", "sqlite://", "sqlite:////nowhere/register.sqlite"):
        operator = Operator({**town.operator.settings, "PORTAL_DATABASE_URL": url}, town.operator.at)
        result = operator.run("register", "load", path)
        assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


def test_an_address_that_is_none_stops_a_portal_with_one_line(town: Town) -> None:
    operator = Operator({**town.operator.settings, "PORTAL_DATABASE_URL": "nonsense"}, town.operator.at)
    result = operator.run("verify", "辽CB024100001")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "not a database address" in result.stderr


def test_bundles_are_judged_as_of_the_time_that_is_given(town: Town) -> None:
    path = town.file("bundle", town.bundle("辽CB024100001"))
    early = town.operator.run("register", "load", path, at=format_timestamp(AT - 10 * DAY))
    assert early.exit_code == 1
    assert "signed in the future: is this machine's clock right?" in early.stderr
