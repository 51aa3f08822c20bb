"""Loads that are killed, run into something, or are taken back: the register that is served stays whole."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from portal.verification.bundle import MerkleTree, split_leaves
from tests.drills.site import Ended, Seen, Site, Visitors, require_service

NOBODY = 65534


def kills(folder: Path, rounds: int) -> str:
    """`rounds` kills -9 at random points of loads."""
    licences = 2_100 if rounds > 50 else 210  # of the larger bundles each core judges a part
    site, pick = Site(folder, licences), random.Random(20261121)
    idle = _seconds(site, "register", "load", folder / "nothing")
    generation = 1
    whole = _seconds(site, "register", "load", site.generation(generation))
    killed = 0
    with site.served() as visitors, visitors.asking(f"/l/{site.number}") as seen:
        next_bundle = site.generation(generation + 1)
        while killed < rounds:
            load = site.start("register", "load", next_bundle)
            time.sleep(pick.uniform(0.8 * idle, whole))
            load.kill()
            killed += load.wait() != 0
            if _require_whole(site) > generation:  # the kill came after the end
                generation += 1
                next_bundle = site.generation(generation + 1)
        assert site.portal("register", "load", next_bundle) == Ended(0, ())
        assert _require_whole(site) == generation + 1
    _require_unmixed_service(visitors, seen)
    return f"{killed} kills, {len(seen)} answers meanwhile, none failed or mixed; the next load completed"


def _seconds(site: Site, *arguments: str | Path) -> float:
    start = time.monotonic()
    site.portal(*arguments)
    return time.monotonic() - start


def _require_whole(site: Site) -> int:
    """The generation of the register: all records of it and of those before it, under roots that were signed."""
    with closing(sqlite3.connect(site.database)) as database:
        (records,) = database.execute("SELECT count(*) FROM records").fetchone()
        manifests = database.execute("SELECT id, root FROM manifests").fetchall()
        for manifest, root in manifests:
            leaves = database.execute(
                "SELECT hashes FROM leaf_blocks WHERE manifest_id = ? ORDER BY first_index", (manifest,)
            )
            hashes = b"".join(block for (block,) in leaves)
            tree = MerkleTree(split_leaves(hashes))
            assert tree.root == root, "leaves are missing"
        assert records == len(manifests) * site.licences, "rows are missing"
        return len(manifests)


def _require_unmixed_service(visitors: Visitors, seen: list[Seen]) -> None:
    require_service(visitors, seen)
    assert not any(each.is_mixed for each in seen), "generations are mixed in an answer"


@contextmanager
def _old_register_served(site: Site) -> Iterator[None]:
    """The register of generation 1 is loaded and served, and is the one that is served, all the while."""
    assert site.portal("register", "load", site.generation(1)) == Ended(0, ())
    with site.served() as visitors, visitors.asking(f"/l/{site.number}") as seen:
        yield
        seen.append(visitors.ask(f"/l/{site.number}"))
    _require_unmixed_service(visitors, seen)
    assert {tuple(each.generations) for each in seen} == {(1,)}, "the old register is not what is served"
    assert _require_whole(site) == 1


def _require_refused(ended: Ended, status: int, *reasons: str) -> str:
    """Said in one clear line, with one of these reasons in it."""
    assert ended.status == status, ended
    (line,) = ended.complaint
    assert any(reason in line for reason in reasons), line
    return line.partition(": ")[2]


def full_disk(folder: Path, _: int) -> str:
    """The register's disk is full, as far as the load can tell: no file may grow beyond what is there."""
    site = Site(folder, licences=60)
    with _old_register_served(site):
        second = site.generation(2)
        limit = ["prlimit", f"--fsize={2 * second.stat().st_size}"]  # enough for records on their way, not for the log
        ended = site.portal("register", "load", second, prefix=limit)
        said = _require_refused(ended, 2, "cannot be written: disk I/O error", "database or disk is full")
    assert site.portal("register", "load", second) == Ended(0, ())
    return said


def read_only_disk(folder: Path, _: int) -> str:
    """The one who loads may not write where the register lies. Root may always: here not."""
    site = Site(folder, licences=60)
    with _old_register_served(site):
        second = site.generation(2)
        of_register = [*folder.glob("register.sqlite*")]
        for path in (*of_register, folder):
            path.chmod(0o555)
        without_rights = ["setpriv", "--inh-caps=-all", "--bounding-set=-all"] if os.geteuid() == 0 else []
        ended = site.portal("register", "load", second, prefix=without_rights)
        for path in (folder, *of_register):
            path.chmod(0o755)
        said = _require_refused(ended, 2, "readonly database", "unable to open database file")
    assert site.portal("register", "load", second) == Ended(0, ())
    return said


def locked_database(folder: Path, _: int) -> str:
    """Somebody else holds the register's lock."""
    site = Site(folder, licences=60)
    with _old_register_served(site):
        second = site.generation(2)
        with closing(sqlite3.connect(site.database, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            ended = site.portal("register", "load", second)
        said = _require_refused(ended, 2, "another load may be under way")
    assert site.portal("register", "load", second) == Ended(0, ())
    return said


def cut_off_file(folder: Path, rounds: int) -> str:
    """A bundle of which only a part arrived, cut at different places."""
    site, pick = Site(folder, licences=60), random.Random(7)
    with _old_register_served(site):
        whole = site.generation(2).read_bytes()
        part = folder / "part"
        for _ in range(max(2, rounds // 10)):
            part.write_bytes(whole[: pick.randrange(len(whole) - 1)])
            ended = site.portal("register", "load", part)
            assert ended.status == 1, ended
            assert "not JSON" in ended.complaint[0] or "the bundle has" in ended.complaint[-1], ended
    ended_at_last = site.portal("register", "load", folder / "bundle-2")
    assert ended_at_last == Ended(0, ()), ended_at_last
    return ended.complaint[-1].partition(": ")[2]


def two_loads_at_once(folder: Path, rounds: int) -> str:
    """Two bundles of one authority, loaded at the same time: in their order, or the older one not at all."""
    site = Site(folder, licences=60)
    assert site.portal("register", "load", site.generation(1)) == Ended(0, ())
    taken = 1
    with site.served() as visitors, visitors.asking(f"/l/{site.number}") as seen:
        for generation in range(2, 2 + 2 * max(1, rounds // 20), 2):
            bundles = [site.generation(generation), site.generation(generation + 1)]
            loads = [site.start("register", "load", each) for each in bundles]
            older, newer = (load.wait() for load in loads)
            assert newer == 0
            assert older in (0, 1)
            taken += 2 - older
            assert _require_whole(site) == taken
    _require_unmixed_service(visitors, seen)
    return f"{taken} generations taken, {len(seen)} answers meanwhile, none failed or mixed"


def rollback(folder: Path, _: int) -> str:
    """The last bundle is taken back while the portal serves, and then taken again."""
    site = Site(folder, licences=60)
    first, second = site.generation(1), site.generation(2)
    assert site.portal("register", "load", first, second) == Ended(0, ())
    with site.served() as visitors, visitors.asking(f"/l/{site.number}") as seen:
        shown = [max(visitors.ask(f"/l/{site.number}").generations)]
        for command in (["rollback"], ["load", second], ["rollback"], ["load", site.generation(3)]):
            assert site.portal("register", *command) == Ended(0, ())
            shown.append(max(visitors.ask(f"/l/{site.number}").generations))
        assert _require_whole(site) == 2
    _require_unmixed_service(visitors, seen)
    assert shown == [2, 1, 2, 1, 3]
    return f"served generations {' → '.join(map(str, shown))}; {len(seen)} answers meanwhile, none failed or mixed"
