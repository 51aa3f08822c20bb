"""What looks like an accident is taken only when somebody says that it is meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from portal.authority.signing import sign_status_list
from portal.register.gates import ROOM, objection_to_list
from portal.register.importing import BundleRefused, StatusListRefused
from portal.register.rolling_back import roll_back
from portal.verification.statuses import StatusList, StatusValue, read_status_list
from tests.authorities import AT, PUBLIC_URL, REGISTERED_AT, key
from tests.register.desk import Desk, bundle, line_of
from tests.world import IN_FORCE_FROM, Issued

COUNT = 400  # of which 0.5 % are two


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, list[Issued]]:
    desk = Desk(tmp_path_factory.mktemp("gates"))
    licences = [desk.world.licence(f"辽CB0241{number:05}") for number in range(COUNT)]
    desk.load(bundle(desk.world, map_lines(licences)), confirmed=False)
    return desk, licences


def map_lines(licences: Iterable[Issued]) -> list[bytes]:
    return [line_of(licence) for licence in licences]


def _with_notices(desk: Desk, licences: list[Issued], status: StatusValue) -> list[bytes]:
    return [line_of(each, desk.world.notice(each, status)) for each in licences]


def _expired(desk: Desk, licences: list[Issued]) -> list[bytes]:
    return map_lines(
        desk.world.licence(each.number, version=2, not_before=IN_FORCE_FROM, expires_at=AT) for each in licences
    )


def _renewed(desk: Desk, licences: list[Issued]) -> list[bytes]:
    return map_lines(desk.world.licence(each.number, version=2) for each in licences)


# What a delta brings, for how many licences, and what it is said to do; None where it is taken.
DELTAS: dict[str, tuple[Callable[[Desk, list[Issued]], list[bytes]], int, str | None]] = {
    "two revoked": (lambda desk, some: _with_notices(desk, some, StatusValue.REVOKED), 2, None),
    "three revoked": (lambda desk, some: _with_notices(desk, some, StatusValue.REVOKED), 3, "puts 3 of the 400"),
    "three cancelled": (lambda desk, some: _with_notices(desk, some, StatusValue.CANCELLED), 3, "puts 3 of the 400"),
    "three suspended": (lambda desk, some: _with_notices(desk, some, StatusValue.SUSPENDED), 3, "puts 3 of the 400"),
    "all superseded": (lambda desk, some: _with_notices(desk, some, StatusValue.SUPERSEDED), COUNT, None),
    "all renewed": (_renewed, COUNT, None),
    "three renewed until the day before": (_expired, 3, "puts 3 of the 400"),
    "all once more": (lambda _, some: map_lines(some), COUNT, None),
}


@pytest.mark.parametrize(("lines", "count", "objection"), DELTAS.values(), ids=DELTAS.keys())
def test_a_bundle_that_ends_more_than_a_few_licences_is_taken_only_if_it_is_meant(
    lines: Callable[[Desk, list[Issued]], list[bytes]],
    count: int,
    objection: str | None,
    filled: tuple[Desk, list[Issued]],
) -> None:
    desk, licences = filled
    before = contents(desk)
    delta = list(bundle(desk.world, lines(desk, licences[:count]), sequence=2, follows=1))
    if objection is not None:
        with pytest.raises(BundleRefused, match=f"{objection} licences out of force .* --confirm"):
            desk.load(delta, confirmed=False)
        assert contents(desk) == before
    desk.load(delta, confirmed=objection is not None)
    roll_back(desk.engine, None, AT)
    assert contents(desk) == before


def contents(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Without the memory of what was taken back."""
    return {**desk.contents(), "taken_back": []}


def test_licences_that_are_new_or_older_versions_end_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    world = desk.world
    newest = [world.licence(f"辽CB02410000{number}", version=2) for number in range(4)]
    others = [world.licence(f"辽CB02410001{number}") for number in range(4)]
    older = [world.licence(each.number) for each in newest]
    desk.load(bundle(world, map_lines(newest)), confirmed=False)
    ended = [line_of(each, world.notice(each, StatusValue.REVOKED, version=1)) for each in (*older, *others)]
    assert desk.load(bundle(world, ended, sequence=2, follows=1), confirmed=False).added_notices == 8
    later = [world.notice(each, StatusValue.CANCELLED, issued_at=REGISTERED_AT + 1) for each in older]
    again = [line_of(each, notice) for each, notice in zip(older, later, strict=True)]
    assert desk.load(bundle(world, again, sequence=3, follows=2), confirmed=False).added_notices == 4


def test_what_ended_before_ends_no_more(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    licences = [desk.world.licence(f"辽CB02410000{number}") for number in range(3)]
    ended = _with_notices(desk, licences, StatusValue.REVOKED)
    desk.load(bundle(desk.world, ended), confirmed=False)
    assert desk.load(bundle(desk.world, ended, sequence=2), confirmed=False).added_notices == 0


def test_one_licence_may_end_however_few_an_issuer_has(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    licences = [desk.world.licence(f"辽CB02410000{number}") for number in range(3)]
    desk.load(bundle(desk.world, map_lines(licences)), confirmed=False)
    one, *others = _with_notices(desk, licences, StatusValue.REVOKED)
    assert desk.load(bundle(desk.world, [one], sequence=2, follows=1), confirmed=False).added_notices == 1
    with pytest.raises(BundleRefused, match="puts 2 of the 3 licences out of force"):
        desk.load(bundle(desk.world, others, sequence=3, follows=2), confirmed=False)


def test_a_snapshot_that_leaves_out_a_licence_is_taken_only_if_it_is_meant(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    licences = [desk.world.licence(f"辽CB02410000{number}") for number in range(3)]
    desk.load(bundle(desk.world, map_lines(licences)), confirmed=False)
    theirs = desk.world.licence("吉CB043100001", by=desk.world.jilin)
    desk.load(bundle(desk.world, map_lines([theirs]), key=desk.world.jilin.keys["esp256"]), confirmed=False)
    smaller = list(bundle(desk.world, map_lines([licences[0], licences[0], licences[2]]), sequence=2))
    with pytest.raises(BundleRefused, match="leaves out 1 of the 3 licences .* --confirm"):
        desk.load(smaller, confirmed=False)
    same = list(bundle(desk.world, map_lines(licences), sequence=2))
    desk.load(same, confirmed=False)
    desk.load(list(bundle(desk.world, map_lines(licences[:2]), sequence=3)), confirmed=True)


_times = count(AT - 3600)


@pytest.mark.parametrize(
    ("status", "ended", "is_taken"),
    [
        (StatusValue.REVOKED, 99, True),
        (StatusValue.REVOKED, 100, False),
        (StatusValue.ENDED, 100, False),
        (0x5, 99, True),
        (0x5, 100, False),  # a value outside the table: the licences would be of unknown status
        (StatusValue.SUPERSEDED, COUNT, True),
        (StatusValue.RENEWING, COUNT, True),
    ],
)
def test_a_status_list_that_ends_many_licences_is_taken_only_if_it_is_meant(
    status: StatusValue | int, ended: int, is_taken: bool, filled: tuple[Desk, list[Issued]]
) -> None:
    desk, licences = filled
    desk.load_status(desk.world.liaoning.status_list(next(_times)))
    for each in licences[:ended]:
        desk.world.set_status(each, status)
    newer = desk.world.liaoning.status_list(next(_times))
    desk.world.liaoning.statuses.clear()
    if not is_taken:
        with pytest.raises(StatusListRefused, match=f"puts {ended} entries out of force.* 400 licences .* --confirm"):
            desk.load_status(newer)
    assert desk.load_status(newer, confirmed=not is_taken).is_new


@pytest.mark.parametrize(("entries", "is_taken"), [(302, True), (300, False)])
def test_a_status_list_that_is_much_shorter_is_taken_only_if_it_is_meant(
    entries: int, is_taken: bool, tmp_path: Path
) -> None:
    desk = Desk(tmp_path)
    desk.world.liaoning.next_index = 400
    desk.load_status(desk.world.liaoning.status_list(AT - 3600))
    desk.world.liaoning.next_index = entries
    shorter = desk.world.liaoning.status_list(AT - 1800)
    if not is_taken:
        with pytest.raises(StatusListRefused, match="says nothing any more of 100 entries.* --confirm"):
            desk.load_status(shorter)
    assert desk.load_status(shorter, confirmed=not is_taken).is_new


def test_lists_with_more_room_than_a_country_needs_are_taken_only_if_that_is_meant(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.load_status(roomy_list(0, ROOM // 2))
    desk.load_status(roomy_list(1, ROOM // 2))  # both together have just as much as they may
    third, renewed = roomy_list(2, 2), roomy_list(2, 2, AT + 1)
    with pytest.raises(StatusListRefused, match=f"would have {ROOM + 2} entries; .* 0 licences .* --confirm"):
        desk.load_status(third)
    assert desk.load_status(third, confirmed=True).is_new
    assert desk.load_status(renewed, at=AT + 1).is_new  # no longer than before


def roomy_list(number: int, entries: int, issued_at: int = AT) -> bytes:
    uri = f"{PUBLIC_URL}/statuslists/11210000MB0X123458/{number}"
    signer = key("liaoning-status")
    return sign_status_list(signer, uri, bytes(entries), issued_at=issued_at, ttl=60, expires_at=issued_at + 60)


def test_half_a_percent_of_a_large_register_is_taken_from_a_list() -> None:
    before, after = (list_of(bytes(10_000)), list_of(b"\xbb" * 75 + bytes(9_925)))
    assert objection_to_list(before, after, 30_000) is None
    assert objection_to_list(before, after, 29_999) is not None


def list_of(values: bytes) -> StatusList:
    entries = [value for byte in values for value in (byte & 0xF, byte >> 4)]
    uri = f"{PUBLIC_URL}/11210000MB0X123458/0"
    signed = sign_status_list(key("liaoning-status"), uri, entries, issued_at=AT, ttl=60, expires_at=AT + 60)
    return read_status_list(signed)
