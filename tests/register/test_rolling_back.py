"""Taking back the last bundle: the register is as it was before it, remembers it, and takes it or a later one again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.register.importing import BundleRefused
from portal.register.rolling_back import NothingToTakeBack, roll_back
from portal.register.tables import metadata, taken_back
from portal.verification.statuses import StatusValue
from tests.authorities import AT, REGISTERED_AT
from tests.register.desk import Desk, bundle, desk_over, line_of

LATER = AT + 3600


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with desk_over(request, tmp_path) as desk:
        yield desk


def without_manifest_ids(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """All rows but the memory of what was taken back; PostgreSQL gives no number twice."""
    with desk.engine.connect() as connection:
        return {
            table.name: sorted(
                tuple(connection.execute(select(*(c for c in table.columns if c.name not in ("id", "manifest_id")))))
            )
            for table in metadata.sorted_tables
            if table is not taken_back
        }


def test_the_register_is_as_it_was_before_the_bundle(desk: Desk) -> None:
    world = desk.world
    renamed = world.licence("辽CB024100001", version=2, holder="改名之后大药房（演示）")
    new, kept = world.licence("辽CB024100003", slug="device-distribution"), world.licence("辽CB024100002")
    desk.load(bundle(world, [line_of(world.licence("辽CB024100001")), line_of(kept)]))
    before = desk.contents()
    notice = world.notice(kept, StatusValue.SUSPENDED)
    lines = [line_of(renamed), line_of(new), line_of(kept, notice)]
    desk.load(bundle(world, lines, sequence=2, follows=1))
    gone = roll_back(desk.engine, None, LATER)
    assert (gone.issuer_id, gone.sequence, gone.records, gone.notices) == (world.liaoning.id, 2, 2, 1)
    after = desk.contents()
    # The shelf of a type that an issuer had stays, and is empty.
    assert [row[-1] for row in after.pop("shelves")] == [2, 0]
    before.pop("shelves")
    ((_, *told),) = after.pop("taken_back")
    assert before.pop("taken_back") == []
    assert (told[0], told[1], told[-1]) == (world.liaoning.id, 2, LATER)
    assert after == before


def test_what_was_taken_back_can_be_taken_again_and_so_can_a_later_bundle(desk: Desk) -> None:
    world = desk.world
    desk.load(bundle(world, [line_of(world.licence("辽CB024100001"))]))
    second = list(bundle(world, [line_of(world.licence("辽CB024100002"))], sequence=2, follows=1))
    desk.load(second)
    filled = without_manifest_ids(desk)
    roll_back(desk.engine, None, LATER)
    with pytest.raises(BundleRefused, match="a delta to sequence 2, but sequence 1 was taken last"):
        desk.load(bundle(world, [], sequence=3, follows=2))
    assert desk.load(second).added == 1
    assert without_manifest_ids(desk) == filled
    roll_back(desk.engine, None, LATER)
    assert desk.load(bundle(world, [], sequence=3, follows=1)).added == 0


def test_rolled_back_step_by_step_the_register_ends_up_empty(desk: Desk) -> None:
    world = desk.world
    for sequence, number in enumerate(("辽CB024100001", "辽CB024100002"), start=1):
        desk.load(bundle(world, [line_of(world.licence(number))], sequence=sequence))
    assert [roll_back(desk.engine, None, LATER).sequence for _ in range(2)] == [2, 1]
    contents = desk.contents()
    assert {name for name, rows in contents.items() if rows} == {"meta", "shelves", "taken_back"}
    with pytest.raises(NothingToTakeBack):
        roll_back(desk.engine, None, LATER)


def test_the_bundle_of_an_issuer_can_be_taken_back_although_others_were_taken_after_it(desk: Desk) -> None:
    world, jilin = desk.world, desk.world.jilin
    desk.load(bundle(world, [line_of(world.licence("辽CB024100001"))]))
    theirs = world.licence("吉CB043100001", by=jilin)
    desk.load(bundle(world, [line_of(theirs)], key=jilin.keys["esp256"], signed_at=REGISTERED_AT + 60))
    assert roll_back(desk.engine, world.liaoning.id, LATER).issuer_id == world.liaoning.id
    with pytest.raises(NothingToTakeBack, match=f"no bundle of {world.liaoning.id}"):
        roll_back(desk.engine, world.liaoning.id, LATER)
    reader = desk.reader()
    assert reader.by_number("辽CB024100001") == ()
    assert reader.by_number(theirs.number)
    reader.close()
