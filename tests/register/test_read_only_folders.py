"""A portal that may not write where the database lies reads it all the same, and sees what others load."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.register.reading import RegisterReader
from portal.verification.evidence import RegisterUnavailable
from tests.authorities import REGISTERED_AT
from tests.read_only_folders import open_folder, without_the_right_to_write
from tests.register.desk import Desk, bundle


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


def as_of(reader: RegisterReader, desk: Desk) -> int | None | RegisterUnavailable:
    return reader.as_of(desk.world.liaoning.id)


def test_a_loaded_register_is_read_from_a_folder_that_is_read_only_to_the_portal(folder: Path) -> None:
    desk = Desk(folder)
    desk.load(bundle(desk.world, []))
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["register.sqlite", "register.sqlite-shm", "register.sqlite-wal"]
    with without_the_right_to_write(folder):
        reader = desk.reader()
        assert as_of(reader, desk) == REGISTERED_AT
        reader.close()
    desk.load(bundle(desk.world, [], sequence=2, signed_at=REGISTERED_AT + 60))
    with without_the_right_to_write(folder):
        assert as_of(reader, desk) == REGISTERED_AT + 60
        reader.close()


def test_a_copy_of_the_file_alone_is_read_until_a_load_begins_beside_it(folder: Path) -> None:
    desk = Desk(folder)
    desk.load(bundle(desk.world, []))
    copy = folder / "copy"
    copy.mkdir()
    shutil.copy(desk.database, copy)
    with without_the_right_to_write(copy):
        reader = RegisterReader(f"sqlite:///{copy / 'register.sqlite'}")
        assert as_of(reader, desk) == REGISTERED_AT
    assert [path.name for path in copy.iterdir()] == ["register.sqlite"]
    Desk(copy).load(bundle(desk.world, [], sequence=2, signed_at=REGISTERED_AT + 60))
    assert as_of(reader, desk) == REGISTERED_AT + 60
