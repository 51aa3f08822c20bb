"""A short form of the drills about loads; `make drill` rehearses them all, and harder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills import loads
from tests.drills.__main__ import DRILLS

SHORT = {promise: drill for promise, drill in DRILLS.items() if drill in (loads.kills, loads.full_disk, loads.rollback)}


@pytest.mark.parametrize("promise", SHORT)
def test_the_promise_is_kept(promise: str, tmp_path: Path) -> None:
    assert SHORT[promise](tmp_path, 3)
