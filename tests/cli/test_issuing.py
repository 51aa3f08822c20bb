"""An authority's first days with nothing but the commands: from making keys to a citizen's verdict."""

import gzip
import hashlib
import json
import os
import re
import resource
import shlex
import stat
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
import zxingcpp
from click.testing import CliRunner, Result
from PIL import Image

from portal.cli import main
from portal.verification.trust import Use

ISSUER = "11210000MB0X123458"
URL = "https://yz.example.gov.cn"
LICENCES = """\
类型,编号,持证主体,统一社会信用代码,场所地址,有效期自,有效期至,状态序号,经营方式,经营范围,质量负责人
药品经营许可证（零售）,辽CB024100123,沈阳演示大药房,91210100MA0DEM018W,沈阳市和平区演示路18号,2025-01-01,2029-12-31,0,零售,中成药,王*
药品经营许可证（批发）,辽AA024100124,沈阳演示医药公司,,沈阳市和平区演示路19号,2025-01-01,2029-12-31,1,批发,中成药,李*
"""
ABOUT_THE_ISSUER = (
    *("--name-zh", "演示机关", "--name-en", "Demonstration authority"),
    *("--region", "210000", "--province", "辽", "--portal", URL),
)
WRONG = LICENCES.replace("91210100MA0DEM018W", "91210100MA0DEM0180").replace("李*", "李演示")


class Bench:
    """A desk at the authority: files in one folder, commands, and the time on the wall."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.at = folder, "2026-11-21T04:00:00Z"
        self.environment = {"PORTAL_PUBLIC_URL": URL, "PORTAL_KEYS_DIR": str(folder / "keys")}

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def write(self, name: str, content: str) -> str:
        (self.folder / name).write_text(content, encoding="utf-8")
        return self.path(name)

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["--at", self.at, *arguments], env=self.environment)

    def do(self, *arguments: str) -> str:
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def authority(self, *arguments: str) -> str:
        return self.do("authority", *arguments)

    def verdicts(self, *texts: str) -> list[str]:
        return [json.loads(line)["reason"] for line in self.do("verify", "--json", *texts).splitlines()]


def make_keys(bench: Bench, names: Sequence[str]) -> None:
    for name in names:
        bench.write(f"{name}.json", bench.authority("key-create", bench.path(f"{name}.pem")))


def publish_keys(bench: Bench) -> None:
    make_keys(bench, ("root-1", "root-2", "root-3", "issuer"))
    (bench.folder / "keys").mkdir()
    entries = [bench.path(f"root-{number}.json") for number in (1, 2, 3)]
    root = bench.path("keys/root.json")
    bench.environment["PORTAL_ROOT_SHA256"] = bench.authority(
        "root-create", *entries, "--threshold", "2", "-o", root
    ).strip()
    bench.environment["PORTAL_DATABASE_URL"] = f"sqlite:///{bench.path('register.sqlite')}"
    (bench.folder / "new").mkdir()
    trust_list = bench.path("new/trust-list.json")
    bench.authority("trust-draft", "-o", trust_list)
    bench.authority("issuer-publish", trust_list, ISSUER, *ABOUT_THE_ISSUER)
    bench.authority("key-publish", trust_list, bench.path("issuer.json"), "--issuer", ISSUER)
    for number in (1, 3):
        bench.authority("trust-sign", trust_list, "--root", root, "--key", bench.path(f"root-{number}.pem"))
    bench.do("trust", "publish", bench.path("new"))


def published_list(bench: Bench) -> dict[str, object]:
    content: dict[str, object] = json.loads((bench.folder / "keys" / "trust-list.json").read_bytes())
    return content


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def open_bench(bench: Bench) -> Bench:
    """A bench whose keys are published, whose licences are loaded, and whose codes are printed."""
    publish_keys(bench)
    key, records = ("--key", bench.path("issuer.pem")), bench.path("records.ndjson")
    bench.authority("licence-sign", bench.write("licences.csv", LICENCES), *key, "--issuer", ISSUER, "-o", records)
    bench.authority("bundle-sign", records, *key, "--sequence", "1", "-o", bench.path("1.ndjson.gz"))
    bench.authority("qr", records, "--to", bench.path("codes"))
    bench.do("register", "load", bench.path("1.ndjson.gz"))
    return bench


def test_what_reads_records_reads_the_bundle_that_holds_them(open_bench: Bench) -> None:
    for bundle in ("1.ndjson.gz", "records.ndjson"):
        open_bench.authority("qr", open_bench.path(bundle), "--to", open_bench.path(f"codes of {bundle}"))
    ours, theirs = (
        sorted((open_bench.folder / f"codes of {each}").iterdir()) for each in ("1.ndjson.gz", "records.ndjson")
    )
    assert [each.read_bytes() for each in ours] == [each.read_bytes() for each in theirs]


def test_a_table_of_no_licence_leaves_no_records_of_an_earlier_one(open_bench: Bench) -> None:
    table = open_bench.write("licences.csv", LICENCES.partition("\n")[0])
    arguments = ("--key", open_bench.path("issuer.pem"), "--issuer", ISSUER, "-o", open_bench.path("records.ndjson"))
    open_bench.authority("licence-sign", table, *arguments)
    assert (open_bench.folder / "records.ndjson").read_bytes() == b""


def sign_statuses(bench: Bench, rows: str) -> None:
    table, signed = bench.write("statuses.csv", f"状态序号,状态\n{rows}"), bench.path("status.cwt")
    key = ("--key", bench.path("issuer.pem"))
    bench.authority("status-sign", table, *key, "--issuer", ISSUER, "--size", "10", "-o", signed)
    bench.do("status", "load", signed)


def printed(bench: Bench, name: str) -> str:
    (code,) = zxingcpp.read_barcodes(
        Image.open(bench.folder / "codes" / f"{name}.png"), formats=zxingcpp.BarcodeFormat.QRCode
    )
    assert code.text.startswith(f"{URL}/v/2KC")
    return code.text


def test_printed_licences_are_in_force_as_soon_as_their_register_and_statuses_are_loaded(open_bench: Bench) -> None:
    codes = [
        printed(open_bench, "辽CB024100123-drug-distribution-retail-v1"),
        printed(open_bench, "辽AA024100124-drug-distribution-wholesale-v1"),
    ]
    assert open_bench.verdicts(*codes) == ["status_unknown", "status_unknown"]
    sign_statuses(open_bench, "")
    assert open_bench.verdicts(*codes) == ["in_force", "in_force"]
    assert (open_bench.folder / "codes" / "辽CB024100123-drug-distribution-retail-v1.svg").exists()


def test_a_code_is_printed_with_the_address_as_the_portal_reads_it(open_bench: Bench) -> None:
    open_bench.environment["PORTAL_PUBLIC_URL"] = "HTTPS://YZ.example.gov.cn/"
    open_bench.authority("qr", open_bench.path("records.ndjson"), "--to", open_bench.path("codes"))
    assert open_bench.verdicts(printed(open_bench, "辽CB024100123-drug-distribution-retail-v1")) == ["status_unknown"]


@pytest.mark.parametrize("address", ["yz.example.gov.cn", f"{URL}/portal", f"{URL}/v/"])
@pytest.mark.parametrize("command", ["qr", "print"])
def test_no_code_is_printed_with_an_address_that_no_portal_has(command: str, address: str, bench: Bench) -> None:
    folder = bench.path("codes")
    result = bench.run("authority", command, bench.write("empty.ndjson", ""), "--url", address, "--to", folder)
    assert (result.exit_code, "an address such as https://yz.example.gov.cn" in result.stderr) == (2, True)
    assert not Path(folder).exists()


def test_what_a_status_list_says_is_told_when_it_is_signed(bench: Bench) -> None:
    make_keys(bench, ["issuer"])
    table, key = bench.write("statuses.csv", "index,status\n0,revoked\n3,renewing\n"), bench.path("issuer.pem")
    arguments = ("status-sign", table, "--key", key, "--issuer", ISSUER, "-o", bench.path("status.cwt"))
    told = "list 0: indices 0 to 3, 2 of them other than in_force; fresh until 2026-11-22T04:00:00Z\n"
    assert bench.run("authority", *arguments).stderr == told
    assert "indices 0 to 99, 2 of them" in bench.run("authority", *arguments, "--size", "100").stderr


def test_a_list_cannot_stay_fresh_longer_than_it_counts(bench: Bench) -> None:
    make_keys(bench, ["issuer"])
    key = ("--key", bench.path("issuer.pem"), "--issuer", ISSUER, "-o", bench.path("status.cwt"))
    command = ("authority", "status-sign", bench.write("statuses.csv", "index,status\n"), *key)
    refused = bench.run(*command, "--fresh-for", "25", "--expires-after", "24")
    assert (refused.exit_code, "--fresh-for" in refused.stderr) == (2, True)
    assert not (bench.folder / "status.cwt").exists()
    assert bench.run(*command, "--fresh-for", "24", "--expires-after", "24").exit_code == 0


def test_a_type_that_does_not_exist_is_no_scope(bench: Bench) -> None:
    publish_keys(bench)
    draft, kid = bench.path("draft.json"), json.loads((bench.folder / "issuer.json").read_bytes())["kid"]
    bench.authority("trust-draft", bench.path("keys/trust-list.json"), "-o", draft)
    refused = bench.run("authority", "key-scope", draft, kid, "--type", "*", "--type", "drug-distribution-retial")
    assert (refused.exit_code, "drug-distribution-retial" in refused.stderr) == (2, True)
    bench.authority("key-scope", draft, kid, "--type", "drug-distribution-retail")


def test_a_suspension_and_its_notice_reach_the_citizen(open_bench: Bench) -> None:
    code = printed(open_bench, "辽CB024100123-drug-distribution-retail-v1")
    sign_statuses(open_bench, "0,暂停\n")
    row = "药品经营许可证（零售）,辽CB024100123,暂停,2026-11-20,演示1号,演示事由"
    notice = f"类型,编号,状态,生效日期,决定书文号,事由\n{row}\n"
    key, changed = ("--key", open_bench.path("issuer.pem")), open_bench.path("changed.ndjson")
    records = open_bench.path("records.ndjson")
    open_bench.authority("notice-sign", open_bench.write("notices.csv", notice), records, *key, "-o", changed)
    bundle = ("--sequence", "2", "--follows", "1", "-o", open_bench.path("2.ndjson"))
    open_bench.authority("bundle-sign", changed, *key, *bundle)
    open_bench.do("register", "load", open_bench.path("2.ndjson"))
    (line,) = open_bench.do("verify", "--json", code).splitlines()
    assert json.loads(line)["reason"] == "suspended"
    assert "演示事由" in line


def test_a_new_key_is_private_and_its_entry_public(bench: Bench) -> None:
    entry = json.loads(bench.authority("key-create", bench.path("issuer.pem"), "--alg", "Ed25519"))
    assert stat.S_IMODE((bench.folder / "issuer.pem").stat().st_mode) == 0o600
    assert (entry["alg"], entry["use"], entry["state"]) == ("Ed25519", [use.value for use in Use], "active")
    assert (entry["not_before"], entry["not_after"]) == ("2026-11-21T04:00:00Z", "2028-11-20T04:00:00Z")


def test_the_entry_of_a_key_can_be_had_again(bench: Bench) -> None:
    """Who makes a key twice empties the file of its entry, by the shell's `>`, before the command refuses."""
    made = bench.authority("key-create", bench.path("issuer.pem"))
    assert bench.authority("key-show", bench.path("issuer.pem")) == made


def test_the_first_list_says_what_the_authority_said_of_itself(bench: Bench) -> None:
    publish_keys(bench)
    trust_list = published_list(bench)
    times = {"issued_at": "2026-11-21T04:00:00Z", "expires_at": "2027-02-19T04:00:00Z"}
    assert trust_list == {"version": 1, **times, "issuers": trust_list["issuers"]}
    key = json.loads((bench.folder / "issuer.json").read_bytes())
    assert trust_list["issuers"] == [
        {
            "id": ISSUER,
            "name": {"zh": "演示机关", "en": "Demonstration authority"},
            "region": "210000",
            "provinces": ["辽"],
            "portal": URL,
            "keys": [key],
        }
    ]


SAID_WRONGLY = [
    (ISSUER, "1121", "not a unified social credit code"),
    (ISSUER, ISSUER.lower(), "not a unified social credit code"),
    (ISSUER, ISSUER[:-1] + "7", "its length, a character or the check digit is wrong"),
    ("演示机关", "", "not a name in one line"),
    ("Demonstration authority", "Demonstration\nauthority", "not a name in one line"),
    ("210000", "Shenyang", "not six digits"),
    ("210000", "999999", "99 is the code of no province"),
    ("辽", "辽宁", "辽宁: none of"),
    (URL, "http://yz.example.gov.cn", "an address such as https://yz.example.gov.cn"),
    (URL, URL + "/v", "an address such as https://yz.example.gov.cn"),
]


@pytest.mark.parametrize(("said", "wrong", "why"), SAID_WRONGLY)
def test_an_authority_that_says_something_of_another_form_is_not_put_into_a_draft(
    said: str, wrong: str, why: str, bench: Bench
) -> None:
    draft = bench.path("trust-list.json")
    bench.authority("trust-draft", "-o", draft)
    arguments = [wrong if each == said else each for each in (ISSUER, *ABOUT_THE_ISSUER)]
    result = bench.run("authority", "issuer-publish", draft, *arguments)
    assert (result.exit_code, why in " ".join(result.stderr.split())) == (2, True)
    assert json.loads(Path(draft).read_bytes())["issuers"] == []


def begin_draft(bench: Bench) -> Path:
    """The next version of what is published, to be changed."""
    bench.authority("trust-draft", bench.path("keys/trust-list.json"), "-o", bench.path("draft.json"))
    return bench.folder / "draft.json"


@pytest.mark.parametrize(("said", "wrong", "why"), SAID_WRONGLY[3:])
def test_what_an_authority_changes_is_held_to_the_same_forms(said: str, wrong: str, why: str, bench: Bench) -> None:
    publish_keys(bench)
    draft = begin_draft(bench)
    before = draft.read_bytes()
    option = ABOUT_THE_ISSUER[ABOUT_THE_ISSUER.index(said) - 1]
    result = bench.run("authority", "issuer-change", str(draft), ISSUER, option, wrong)
    assert (result.exit_code, why in " ".join(result.stderr.split()), draft.read_bytes()) == (2, True, before)


def test_an_authority_is_renamed_and_keeps_its_keys(bench: Bench) -> None:
    publish_keys(bench)
    (before,) = published_list(bench)["issuers"]
    draft = begin_draft(bench)
    change = ("issuer-change", str(draft), ISSUER)
    assert bench.authority(*change, "--name-zh", "演示监管局") == "version 2, 1 keys, not signed yet\n"
    name = {"zh": "演示监管局", "en": "Demonstration authority"}
    assert json.loads(draft.read_bytes())["issuers"] == [{**before, "name": name}]
    bench.authority(*change, "--region", "210100", "--province", "吉", "--portal", "https://LN.example.gov.cn")
    elsewhere = {"region": "210100", "provinces": ["吉"], "portal": "https://ln.example.gov.cn"}
    assert json.loads(draft.read_bytes())["issuers"] == [{**before, "name": name, **elsewhere}]


@pytest.mark.parametrize(
    ("code", "options", "status", "why"),
    [
        ("11220000MB0X123454", ("--name-en", "X"), 1, "Error: no issuer 11220000MB0X123454 in the list\n"),
        (ISSUER, (), 2, "Error: Nothing to change: give an option at least.\n"),
    ],
    ids=["nobody", "nothing"],
)
def test_a_change_of_nobody_or_to_nothing_is_refused(
    code: str, options: tuple[str, ...], status: int, why: str, bench: Bench
) -> None:
    publish_keys(bench)
    draft = begin_draft(bench)
    before = draft.read_bytes()
    refused = bench.run("authority", "issuer-change", str(draft), code, *options)
    assert (refused.exit_code, refused.stderr.endswith(why), draft.read_bytes()) == (status, True, before)


def test_a_full_disk_leaves_draft_and_signatures_as_they_were_and_no_part_of_a_key(bench: Bench) -> None:
    make_keys(bench, ("root-1", "root-2", "issuer"))
    root, draft = bench.path("root.json"), bench.path("trust-list.json")
    entries = [bench.path(f"root-{number}.json") for number in (1, 2)]
    bench.authority("root-create", *entries, "--threshold", "2", "-o", root)
    bench.authority("trust-draft", "-o", draft)
    bench.authority("issuer-publish", draft, ISSUER, *ABOUT_THE_ISSUER)
    sign = ("authority", "trust-sign", draft, "--root", root, "--key")
    publish = ("authority", "key-publish", draft, bench.path("issuer.json"), "--issuer", ISSUER)
    create = ("authority", "key-create", bench.path("new.pem"))
    after_the_first = sorted(bench.folder.iterdir())
    assert told_on_a_full_disk(bench, publish, create) == [2, 2]
    assert sorted(bench.folder.iterdir()) == after_the_first
    bench.do(*publish)
    bench.do(*sign, bench.path("root-1.pem"))
    before = {path: path.read_bytes() for path in bench.folder.iterdir()}
    assert told_on_a_full_disk(bench, (*sign, bench.path("root-2.pem"))) == [2]
    assert {path: path.read_bytes() for path in bench.folder.iterdir()} == before
    assert "2 of 2 signatures" in bench.do(*sign, bench.path("root-2.pem"))


def told_on_a_full_disk(bench: Bench, *commands: tuple[str, ...]) -> list[int]:
    """The exit status of each command, where no file has room for more than a few bytes."""
    most, at_most = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16, at_most))
        results = [bench.run(*command) for command in commands]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, at_most))
    assert all(each.stderr.rstrip().endswith("File too large") for each in results)
    return [each.exit_code for each in results]


def writers(bench: Bench) -> dict[str, tuple[str, ...]]:
    """Commands by the file that they write."""
    key, issuer = ("--key", bench.path("issuer.pem")), ("--issuer", ISSUER)
    statuses, notices = bench.path("statuses.csv"), bench.path("notices.csv")
    records, entries = bench.path("records.ndjson"), [bench.path(f"root-{number}.json") for number in (1, 2)]
    name = "辽CB024100123-drug-distribution-retail-v1"
    return {
        "again.ndjson": ("authority", "licence-sign", bench.path("licences.csv"), *key, *issuer, "-o"),
        "notices.ndjson": ("authority", "notice-sign", notices, records, *key, "-o"),
        "2.ndjson": ("authority", "bundle-sign", records, *key, "--sequence", "2", "-o"),
        "2.ndjson.gz": ("authority", "bundle-sign", records, *key, "--sequence", "2", "-o"),
        "status.cwt": ("authority", "status-sign", statuses, *key, *issuer, "-o"),
        "evidence.json": ("verify", printed(bench, name), "--save-evidence"),
        f"drawn/{name}.png": ("authority", "qr", records, "--to"),
        "paper/licences.pdf": ("authority", "print", records, "--issuer-name", "演示机关", "--together", "--to"),
        "root.json": ("authority", "root-create", *entries, "--threshold", "2", "-o"),
    }


@pytest.fixture
def written(open_bench: Bench) -> dict[Path, tuple[str, ...]]:
    """Commands with all that they read in place, by the file that they write."""
    open_bench.write("statuses.csv", "index,status\n0,revoked\n")
    open_bench.write(
        "notices.csv", "type,number,status,effective\ndrug-distribution-retail,辽CB024100123,revoked,2026-11-20\n"
    )
    return {
        open_bench.folder / file: (*command, open_bench.path(file.partition("/")[0] if "/" in file else file))
        for file, command in writers(open_bench).items()
    }


def all_files(bench: Bench) -> dict[Path, bytes]:
    """But for the register, whose memory SQLite keeps beside it."""
    paths = [path for path in bench.folder.rglob("*") if not path.name.startswith("register.sqlite")]
    return {path: path.read_bytes() for path in paths if path.is_file()}


def test_a_full_disk_leaves_no_part_of_a_file_and_what_was_there_before(
    open_bench: Bench, written: dict[Path, tuple[str, ...]]
) -> None:
    before = all_files(open_bench)
    assert set(told_on_a_full_disk(open_bench, *written.values())) == {2}
    assert all_files(open_bench) == before
    for file, command in written.items():
        open_bench.do(*command)
        assert file.stat().st_size > 16, file
    before = all_files(open_bench)
    again = [command for file, command in written.items() if file.name != "root.json"]
    assert set(told_on_a_full_disk(open_bench, *again)) == {2}
    assert all_files(open_bench) == before


def test_the_screen_has_what_a_file_would_have_and_its_full_disk_is_told(open_bench: Bench) -> None:
    words = ("authority", "bundle-sign", open_bench.path("records.ndjson"), "--key", open_bench.path("issuer.pem"))
    assert open_bench.do(*words, "--sequence", "2").startswith('{"manifest"')
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "portal.cli", *words, "--sequence", "2"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (2, "Error: reading or writing: No space left on device\n")


def test_a_pipe_is_written_to_and_stays_one(open_bench: Bench) -> None:
    fifo, taken = open_bench.folder / "pipe", []
    os.mkfifo(fifo)
    reader = threading.Thread(target=lambda: taken.append(fifo.read_bytes()))
    reader.start()
    key = ("--key", open_bench.path("issuer.pem"))
    open_bench.authority("bundle-sign", open_bench.path("records.ndjson"), *key, "--sequence", "2", "-o", str(fifo))
    reader.join()
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    assert taken[0].startswith(b'{"manifest"')


def test_what_the_shell_leads_the_output_to_is_written_to_and_not_replaced(open_bench: Bench) -> None:
    """Who wrote there before, or writes there afterwards, has the same file."""
    led_to = open_bench.folder / "led-to.ndjson"
    words = ["authority", "bundle-sign", open_bench.path("records.ndjson"), "--key", open_bench.path("issuer.pem")]
    command = [sys.executable, "-m", "portal.cli", *words, "--sequence", "2", "-o", "/dev/stdout"]
    with led_to.open("wb") as file:
        subprocess.run(command, stdout=file, check=True, stderr=subprocess.PIPE)
        assert os.fstat(file.fileno()).st_ino == led_to.stat().st_ino
    assert led_to.read_bytes().startswith(b'{"manifest"')


def test_a_file_that_is_replaced_stays_where_a_link_leads_and_as_private_as_it_was(open_bench: Bench) -> None:
    (kept := open_bench.folder / "kept.ndjson").write_bytes(b"")
    kept.chmod(0o600)
    (link := open_bench.folder / "link.ndjson").symlink_to("kept.ndjson")
    key = ("--key", open_bench.path("issuer.pem"))
    open_bench.authority("bundle-sign", open_bench.path("records.ndjson"), *key, "--sequence", "2", "-o", str(link))
    assert (link.is_symlink(), stat.S_IMODE(kept.stat().st_mode)) == (True, 0o600)
    assert kept.read_bytes().startswith(b'{"manifest"')


def first_day() -> list[str]:
    """The commands of the first day, as the help prints them."""
    help_text = CliRunner().invoke(main, ["authority", "--help"]).output
    recipe = help_text.partition("first day")[2].partition("Then `portal trust publish`")[0]
    return re.findall(r"^    (.*?)(?:  +\(.*)?$", recipe, flags=re.MULTILINE)


def test_the_first_day_is_as_the_help_of_the_bench_tells_it(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bench.write("licences.csv", LICENCES)
    bench.write("statuses.csv", "index,status\n")
    make_keys(bench, ("root-2", "root-3"))
    for line in first_day():
        command, _, target = line.replace("CODE", ISSUER).partition(" > ")
        words = []
        for word in shlex.split(command.partition(" --name-zh")[0]):
            words += sorted(path.name for path in tmp_path.glob(word)) if "?" in word else [word]
        told = bench.authority(*words, *(ABOUT_THE_ISSUER if "--name-zh" in command else ()))
        if target:
            bench.write(target, told)
    bench.environment["PORTAL_ROOT_SHA256"] = hashlib.sha256((tmp_path / "root.json").read_bytes()).hexdigest()
    bench.environment["PORTAL_DATABASE_URL"] = "sqlite:///register.sqlite"
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "root.json").write_bytes((tmp_path / "root.json").read_bytes())
    bench.do("trust", "publish", ".")
    bench.do("register", "load", "bundle.ndjson")
    bench.do("status", "load", "status.cwt")
    assert bench.verdicts("辽CB024100123", "辽AA024100124") == ["in_force", "in_force"]


def test_a_list_that_one_holder_of_two_has_signed_says_so(bench: Bench) -> None:
    publish_keys(bench)
    again = bench.write("trust-list.json", json.dumps({**published_list(bench), "version": 2}))
    arguments = ("trust-sign", again, "--root", bench.path("keys/root.json"), "--key")
    assert bench.authority(*arguments, bench.path("root-2.pem")) == "1 of 2 signatures\n"
    assert bench.authority(*arguments, bench.path("root-3.pem")) == "2 of 2 signatures\n"


def test_a_key_of_no_root_signs_no_list(bench: Bench) -> None:
    publish_keys(bench)
    again = bench.write("trust-list.json", json.dumps({**published_list(bench), "version": 2}))
    keys = ("--key", bench.path("root-2.pem"), "--key", bench.path("issuer.pem"))
    result = bench.run("authority", "trust-sign", again, "--root", bench.path("keys/root.json"), *keys)
    assert (result.exit_code, "issuer.pem: not a key of this root" in result.stderr) == (1, True)
    assert not (bench.folder / "trust-list.json.sig").exists()


def test_a_list_that_no_portal_would_take_is_not_signed_through(bench: Bench) -> None:
    publish_keys(bench)
    broken = bench.write("trust-list.json", json.dumps({**published_list(bench), "version": "two"}))
    keys = [part for number in (1, 2) for part in ("--key", bench.path(f"root-{number}.pem"))]
    result = bench.run("authority", "trust-sign", broken, "--root", bench.path("keys/root.json"), *keys)
    assert (result.exit_code, result.stderr) == (1, "Error: trust-list.json: version is missing or of another type\n")
    assert not (bench.folder / "trust-list.json.sig").exists()


def test_a_full_disk_is_told_in_a_line(bench: Bench) -> None:
    result = bench.run("authority", "trust-draft", "-o", "/dev/full")
    assert (result.exit_code, result.stderr) == (2, "Error: /dev/full: No space left on device\n")


def test_what_is_wrong_in_a_table_is_told_by_row_and_column_and_nothing_is_written(bench: Bench) -> None:
    make_keys(bench, ["issuer"])
    table, records = bench.write("licences.csv", WRONG), bench.path("records.ndjson")
    result = bench.run(
        "authority", "licence-sign", table, "--key", bench.path("issuer.pem"), "--issuer", ISSUER, "-o", records
    )
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "Error: 第 2 行「统一社会信用代码」:长度或校验码不对 · "
        "row 2, 统一社会信用代码: its length or check digit is wrong",
        "第 3 行「quality_head」:质量负责人须先脱敏,例如 王* · row 3, quality_head: must arrive masked, such as 王*",
    ]
    assert not (bench.folder / "records.ndjson").exists()


def test_a_list_that_no_portal_would_inflate_is_not_made(bench: Bench) -> None:
    make_keys(bench, ["issuer"])
    table = bench.write("statuses.csv", "index,status\n")
    result = bench.run(
        *("authority", "status-sign", table, "--key", bench.path("issuer.pem"), "--issuer", ISSUER),
        *("--size", "999999999999"),
    )
    assert result.exit_code == 2
    assert "--size" in result.stderr


REFUSED = {
    "a private key among the published ones": (
        ("key-create", "keys/issuer.pem"),
        "may not lie in a folder of published",
    ),
    "a root whose threshold cannot be met": (
        ("root-create", "issuer.json", "--threshold", "2", "-o", "root.json"),
        "threshold 2 of 1 keys",
    ),
    "a root of something else": (
        ("root-create", "licences.csv", "--threshold", "1", "-o", "root.json"),
        "not an entry that key-create printed",
    ),
    "a root of JSON that is no entry": (
        ("root-create", "list.json", "--threshold", "1", "-o", "root.json"),
        "list.json: not an entry that key-create printed",
    ),
    "a key that is none": (
        ("key-publish", "draft.json", "list.json", "--issuer", ISSUER),
        "list.json: not an entry that key-create printed",
    ),
    "a table that is none": (("status-sign", "issuer.pem", "--key", "issuer.pem", "--issuer", ISSUER), "none is known"),
    "an issuer that is none": (("status-sign", "statuses.csv", "--key", "issuer.pem", "--issuer", "?"), "uri"),
    "records that are none": (
        ("bundle-sign", "licences.csv", "--key", "issuer.pem", "--sequence", "1"),
        "licences.csv:1: record: not JSON",
    ),
    "a record that is cut off": (("qr", "cut-off.ndjson", "--to", "codes"), "cut-off.ndjson:2: no COSE_Sign1"),
    "a broken archive": (("qr", "broken.ndjson.gz", "--to", "codes"), "broken.ndjson.gz:1: gzip: "),
    "a notice about nobody": (
        ("notice-sign", "notices.csv", "empty.ndjson", "--key", "issuer.pem"),
        "no record of 辽CB024100123",
    ),
}
# By the exit status 2 of all that a command cannot use.
OUT_OF_USE = {
    "a key written over": (("key-create", "issuer.pem"), "File exists"),
    "a root written over": (
        ("root-create", "issuer.json", "--threshold", "1", "-o", "licences.csv"),
        "File exists",
    ),
    "a folder that is not there": (("trust-draft", "-o", "nowhere/draft.json"), "draft.json: No such file"),
    "a folder that is a file": (("qr", "empty.ndjson", "--to", "list.json"), "list.json: File exists"),
    "a missing key": (("status-sign", "statuses.csv", "--key", "no.pem", "--issuer", ISSUER), "no.pem: No such file"),
}


@pytest.mark.parametrize(
    ("arguments", "why", "status"),
    [*((*case, 1) for case in REFUSED.values()), *((*case, 2) for case in OUT_OF_USE.values())],
    ids=[*REFUSED, *OUT_OF_USE],
)
def test_what_cannot_be_signed_is_refused_in_one_line(
    arguments: tuple[str, ...], why: str, status: int, bench: Bench
) -> None:
    make_keys(bench, ["issuer"])
    (bench.folder / "keys").mkdir()
    bench.write("licences.csv", LICENCES)
    bench.write("statuses.csv", "index,status\n")
    bench.write("empty.ndjson", "")
    bench.write("list.json", "[1]")
    bench.authority("trust-draft", "-o", bench.path("draft.json"))
    bench.write("cut-off.ndjson", '{"manifest": "-"}\n{"credential": ""}\n')
    (bench.folder / "broken.ndjson.gz").write_bytes(gzip.compress(b'{"credential": ""}')[:-9])
    bench.write(
        "notices.csv", "type,number,status,effective\ndrug-distribution-retail,辽CB024100123,revoked,2026-11-20\n"
    )
    here = [bench.path(each) if "." in each or each == "codes" else each for each in arguments]
    result = bench.run("authority", *here)
    assert (result.exit_code, why in result.stderr, result.stderr.count("\n")) == (status, True, 1), result.output
