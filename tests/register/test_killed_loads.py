"""A load that is killed half-way leaves the register as it was, for those that read it and for the next load."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from tests.register.desk import RETAIL, Desk, bundle, line_of

ROOT = Path(__file__).parents[2]
# Loads a bundle under a small cache, so that half of it is in the log when it is killed.
HALF_A_LOAD = """
import sys
from pathlib import Path
from sqlalchemy import event
from portal.register import sqlite_files
from portal.register.importing import load_bundle
from portal.register.tables import open_for_writing
from portal.verification.trust import read_root, read_trust_list
from tests.authorities import AT
from tests.world import CATALOGUE

sqlite_files._WRITING_CACHE_KIB = 64
url, keys = sys.argv[1], Path(sys.argv[2])
root, document, signatures = (keys / name for name in ("root.json", "trust-list.json", "trust-list.json.sig"))
trust_list = read_trust_list(document.read_bytes(), signatures.read_bytes(), read_root(root.read_bytes()))
stored = []

def stop_half_way(connection, cursor, statement, *_):
    if statement.startswith("INSERT INTO records"):
        stored.append(statement)
    if len(stored) == 2:
        print("half", flush=True)
        sys.stdin.read()

engine = open_for_writing(url)
event.listen(engine, "after_cursor_execute", stop_half_way)
load_bundle(engine, Path(sys.argv[3]).read_bytes().splitlines(), trust_list, CATALOGUE, AT)
"""


def test_a_load_that_is_killed_half_way_changes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.world.write_keys(tmp_path / "keys")
    licences = [desk.world.licence(f"辽CB0241{number:05}") for number in range(1201)]
    first, others = line_of(licences[0]), [line_of(each) for each in licences[1:]]
    desk.load(bundle(desk.world, [first]))
    before, reader = desk.contents(), desk.reader()
    lines = list(bundle(desk.world, others, sequence=2))
    (tmp_path / "bundle").write_bytes(b"\n".join(lines))

    command = [sys.executable, "-c", HALF_A_LOAD, desk.url, str(tmp_path / "keys"), str(tmp_path / "bundle")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as load:
        assert load.stdout
        assert load.stdout.readline() == b"half\n"
        log = desk.database.with_name("register.sqlite-wal").stat().st_size
        load.send_signal(signal.SIGKILL)
    assert load.returncode == -signal.SIGKILL
    assert log > 100_000

    for each in (reader, desk.reader()):
        assert each.versions(RETAIL, licences[1].number) == ()
        assert each.by_number(licences[0].number)
    assert desk.contents() == before
    assert desk.load(lines).added == 1200
    assert reader.versions(RETAIL, licences[1200].number)
