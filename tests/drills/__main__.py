"""`python -m tests.drills [ROUNDS]`: rehearse them all, a line each; exit status 1 if a promise was broken."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import click

from tests.drills import freshness, keys, loads, outages

# Rehearses in an empty folder, the larger the number the harder; says what was seen, or raises AssertionError.
Drill: TypeAlias = Callable[[Path, int], str]

DRILLS: Mapping[str, Drill] = {
    "A load that is killed at any point leaves the register whole and served": loads.kills,
    "A full disk leaves the old register served": loads.full_disk,
    "A read-only disk leaves the old register served": loads.read_only_disk,
    "A locked database leaves the old register served": loads.locked_database,
    "A bundle that was cut off leaves the old register served": loads.cut_off_file,
    "Two loads at once end in their order": loads.two_loads_at_once,
    "A rollback returns to the generation before, and the bundle can be taken again": loads.rollback,
    "Genuine codes are answered while PostgreSQL hangs, within 0.3 s more": outages.hanging_database,
    "Genuine codes are answered while PostgreSQL is down, within 0.3 s more": outages.stopped_database,
    "Limits hold while their Redis hangs or is down, within 0.3 s more": outages.counts_storage,
    "A newer status list is used by all workers within 5 s, and no older or broken one": freshness.status_lists,
    "A rotated key retires, and what it signed still stands": keys.rotation,
    "A stolen key condemns what was not registered before, in all workers within 5 s": keys.compromise,
    "A key's scope changes in all workers within 5 s": keys.scope,
    "A new root that the old one signed is followed by portals with the old pin": keys.new_root,
    "An older or a broken trust list never replaces the last good one": keys.refused_lists,
    "A portal whose clock is behind what was signed calls nothing in force": keys.wrong_clock,
}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    broken = 0
    for promise, rehearse in DRILLS.items():
        start = time.monotonic()
        try:
            with tempfile.TemporaryDirectory() as folder:
                seen, kept = rehearse(Path(folder), rounds), True
        except AssertionError as error:
            seen, kept = str(error).partition("\n")[0] or "an assertion in tests/drills", False
        broken += not kept
        spent = time.monotonic() - start
        click.echo(f"{'kept  ' if kept else 'BROKEN'} {promise}\n       {seen} ({spent:.0f} s)")
    sys.exit(broken > 0)


if __name__ == "__main__":
    main()
