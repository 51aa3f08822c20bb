"""Status lists that change under a portal in service."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from portal.verification.statuses import StatusValue
from tests.drills.site import Ended, Site, require_service, wait_for
from tests.world import AT

WITHIN = 5.0  # seconds


def status_lists(folder: Path, _: int) -> str:
    site = Site(folder, licences=20)
    bundle = site.generation(1)
    licence, liaoning = site.first, site.world.liaoning
    assert licence
    liaoning.publishes_status = True
    older, newer = folder / "older", folder / "newer"
    older.write_bytes(liaoning.status_list(AT - 600))
    site.world.set_status(licence, StatusValue.REVOKED)
    newer.write_bytes(liaoning.status_list(AT - 300))
    assert site.portal("register", "load", bundle) == Ended(0, ())
    assert site.portal("status", "load", older) == Ended(0, ())
    with site.served() as visitors, visitors.asking(f"/v/{licence.token}") as seen:
        wait_for(lambda: any(each.reasons == ("in_force",) for each in seen), 10, "nobody was told in_force")
        assert site.portal("status", "load", newer) == Ended(0, ())
        loaded = time.monotonic()
        time.sleep(WITHIN + 1)
        refused = site.portal("status", "load", older)
        with closing(sqlite3.connect(site.database)) as database, database:
            database.execute(
                "UPDATE status_lists SET cwt = x'a0', issued_at = ? WHERE issuer_id = ?", (AT, liaoning.id)
            )
        time.sleep(WITHIN)
    require_service(visitors, seen)
    assert refused.status == 1
    assert len(refused.complaint) == 1
    behind = max(each.asked for each in seen if each.reasons != ("revoked",)) - loaded
    assert behind < WITHIN, f"a worker used the old list {behind:.1f} s later"
    return f"all workers within {max(behind, 0):.1f} s of the load's end, {len(seen)} answers meanwhile, none failed"
