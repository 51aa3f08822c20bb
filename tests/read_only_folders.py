"""Folders that somebody may not write in, for root as well."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder whose parents anybody may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@contextmanager
def without_the_right_to_write(folder: Path) -> Iterator[None]:
    """As a user who may read the folder and not write in it: root may always, and becomes nobody."""
    mine = os.geteuid()
    folder.chmod(0o555)
    if mine == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(mine)
        folder.chmod(0o755)
