"""What is found in a register, in SQLite and in PostgreSQL: by number, identifier, code or part of a name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.authority.faces import FaceExtras
from portal.register.indexing import name_parts_of
from portal.register.reading import RegisterReader
from portal.sources import Found, FoundBy, LicenceCount, Wanted
from portal.verification.bundle import read_record
from portal.verification.statuses import StatusValue
from tests.authorities import REGISTERED_AT
from tests.register.desk import RETAIL, Desk, bundle, desk_over, line_of
from tests.world import CATALOGUE

PHARMACIST = CATALOGUE.by_slug["licensed-pharmacist-registration"].code
DEVICES = CATALOGUE.by_slug["device-distribution"].code
ELICENCE = "1.2.156.3005.2.11100000MB0341032Y002.11210000MBDEM0001W.DEMO20260001.001.6"
OF_CHAIN = "91210100MA0DEM018W"
OTHER_CODE = "91220000MA0DEM029X"
NAMES = {
    "辽CB024100001": "沈阳和平大药房（演示）",
    "辽CB024100002": "沈阳沈河大药房有限公司",
    "辽CB024100003": "沈阳和平大药房第2分店",
    "辽CB024100004": "ＡＢＣ Pharma 100%_健康",
    "辽CB024100005": "药房药房连锁",
    "辽CB024100006": "市" * 130,
}


def fill(desk: Desk) -> None:
    """Two authorities' licences; one was renamed, one renewed, and one belongs to a person."""
    world, (liaoning, jilin) = desk.world, (desk.world.liaoning, desk.world.jilin)
    shops = [world.licence(number, holder=name) for number, name in NAMES.items()]
    shops += [
        world.licence("辽CB024100007", holder="旧名大药房"),
        world.licence("辽CB024100007", holder="新名大药店", version=2),
        world.licence("辽CB024100008", holder="续期大药店"),
        world.licence("辽CB024100008", holder="续期大药店", version=2),
        world.licence("辽沈药监械经营许20240001号", slug="device-distribution", holder="沈阳和平器械", uscc=OTHER_CODE),
        world.licence("辽CB024100009", holder="有标识大堂", extras=FaceExtras(elicence_id=ELICENCE)),
        world.licence("210000000001", slug="licensed-pharmacist-registration", holder="张和平"),
    ]
    desk.load(bundle(world, [line_of(each) for each in shops]))
    theirs = world.licence("吉CB043100001", by=jilin, holder="长春和平大药房", uscc=OTHER_CODE)
    desk.load(bundle(world, [line_of(theirs)], key=jilin.keys["esp256"]))
    assert liaoning.id < jilin.id


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk_over(request, tmp_path_factory.mktemp("register")) as desk:
        fill(desk)
        yield desk


@pytest.fixture(scope="module")
def reader(desk: Desk) -> Iterator[RegisterReader]:
    reader = desk.reader()
    yield reader
    reader.close()


def numbers(found: object) -> list[tuple[str, int]]:
    """Number and version of what was found."""
    assert isinstance(found, Found)
    credentials = [read_record(each.line).credential for each in found.licences]
    return [(each.number, each.version) for each in credentials]


def by_name(reader: RegisterReader, part: str, count: int = 20) -> set[str]:
    return {number for number, _ in numbers(reader.search(Wanted(FoundBy.NAME, part, 0, count)))}


PARTS = {
    "和平": {"辽CB024100001", "辽CB024100003", "吉CB043100001", "辽沈药监械经营许20240001号"},
    "和平大药房": {"辽CB024100001", "辽CB024100003", "吉CB043100001"},
    "沈阳和平大药房(演示)": {"辽CB024100001"},
    "演示)": {"辽CB024100001"},
    "2分": {"辽CB024100003"},
    "abcpharma": {"辽CB024100004"},
    "0%_健": {"辽CB024100004"},
    "%%": set(),
    "__": set(),
    "0健": set(),
    "药房": {"辽CB024100001", "辽CB024100002", "辽CB024100003", "辽CB024100005", "辽CB024100007", "吉CB043100001"},
    "药房药房": {"辽CB024100005"},
    "市" * 33: {"辽CB024100006"},
    "市" * 130: {"辽CB024100006"},
    "旧名": {"辽CB024100007"},
    "新名": {"辽CB024100007"},
    "张和平": set(),
    "'; DROP TABLE records": set(),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_licence_is_found_by_every_part_of_every_name_it_had(part: str, reader: RegisterReader) -> None:
    assert by_name(reader, part) == PARTS[part]


def test_the_newest_version_is_what_is_found_and_once(reader: RegisterReader) -> None:
    assert numbers(reader.search(Wanted(FoundBy.NAME, "旧名", 0, 20))) == [("辽CB024100007", 2)]
    assert numbers(reader.search(Wanted(FoundBy.NAME, "续期", 0, 20))) == [("辽CB024100008", 2)]
    assert numbers(reader.search(Wanted(FoundBy.NUMBER, "辽CB024100008", 0, 20))) == [("辽CB024100008", 2)]


FILTERS = [
    ("和平", None, DEVICES, {"辽沈药监械经营许20240001号"}),
    ("和平", {"11220000MB1X54321H"}, None, {"吉CB043100001"}),
    ("和平", {"11210000MB0X123458"}, RETAIL, {"辽CB024100001", "辽CB024100003"}),
    ("和平", {"11220000MB1X54321H"}, DEVICES, set()),
    ("和平", set(), None, set()),
    (
        "大药房",
        {"11210000MB0X123458", "11220000MB1X54321H"},
        RETAIL,
        PARTS["和平大药房"] | {"辽CB024100002", "辽CB024100007"},
    ),
]


@pytest.mark.parametrize(("part", "issuer_ids", "type_code", "expected"), FILTERS)
def test_filters_leave_out_other_issuers_and_types(
    part: str, issuer_ids: set[str] | None, type_code: int | None, expected: set[str], reader: RegisterReader
) -> None:
    found = reader.search(Wanted(FoundBy.NAME, part, 0, 20, issuer_ids, type_code))
    assert {number for number, _ in numbers(found)} == expected


@pytest.mark.parametrize("type_code", [None, RETAIL], ids=["anywhere", "on shelves"])
def test_pages_follow_each_other_without_gap_or_repetition(type_code: int | None, reader: RegisterReader) -> None:
    whole = reader.search(Wanted(FoundBy.NAME, "药房", 0, 20, None, type_code))
    pages = [reader.search(Wanted(FoundBy.NAME, "药房", first, 2, None, type_code)) for first in (0, 2, 4, 6)]
    assert [each.more for each in pages if isinstance(each, Found)] == [True, True, False, False]
    assert [number for page in pages for number in numbers(page)] == numbers(whole)
    assert len(numbers(whole)) == 6


def test_a_holders_code_finds_the_licences_but_no_persons_of_an_employer(reader: RegisterReader) -> None:
    found = numbers(reader.search(Wanted(FoundBy.USCC, OTHER_CODE, 0, 20)))
    assert found == [("吉CB043100001", 1), ("辽沈药监械经营许20240001号", 1)]
    everything = numbers(reader.search(Wanted(FoundBy.USCC, OF_CHAIN, 0, 100)))
    assert len(everything) == 9
    assert "210000000001" not in {number for number, _ in everything}


def test_a_person_is_found_by_the_number_of_the_registration(reader: RegisterReader) -> None:
    assert numbers(reader.search(Wanted(FoundBy.NUMBER, "210000000001", 0, 20))) == [("210000000001", 1)]


def test_an_identifier_finds_its_licence(reader: RegisterReader) -> None:
    assert numbers(reader.search(Wanted(FoundBy.ELICENCE, ELICENCE, 0, 20))) == [("辽CB024100009", 1)]
    assert numbers(reader.search(Wanted(FoundBy.ELICENCE, ELICENCE[:-1] + "7", 0, 20))) == []


def test_licences_are_counted_and_not_their_versions(desk: Desk, reader: RegisterReader) -> None:
    liaoning, jilin = desk.world.liaoning.id, desk.world.jilin.id
    assert reader.licence_counts() == (
        LicenceCount(liaoning, RETAIL, 9),
        LicenceCount(liaoning, PHARMACIST, 1),
        LicenceCount(liaoning, DEVICES, 1),
        LicenceCount(jilin, RETAIL, 1),
    )


def test_a_snapshot_that_repeats_records_indexes_nothing_twice(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    first = desk.world.licence("辽CB024100001")
    renewed = desk.world.licence("辽CB024100001", version=2)
    desk.load(bundle(desk.world, [line_of(first)]))
    before = desk.contents()
    notice = desk.world.notice(first, StatusValue.SUSPENDED)
    desk.load(bundle(desk.world, [line_of(first, notice), line_of(renewed)], sequence=2))
    after = desk.contents()
    assert (after["name_parts"], after["shelves"]) == (before["name_parts"], before["shelves"])
    assert len(after["records"]) == 2
    (stored,) = desk.reader().notices(RETAIL, "辽CB024100001") or [None]  # type: ignore[misc]
    assert stored is not None
    assert (stored.version, stored.notice, stored.registered_at) == (1, notice, REGISTERED_AT)


def test_a_name_has_as_many_parts_as_characters_but_one_and_none_is_long() -> None:
    assert name_parts_of("药房") == {("药房", "")}
    assert name_parts_of("大药房") == {("大药", "房"), ("药房", "")}
    assert name_parts_of("药") == frozenset()
    assert max(len(gram + rest) for gram, rest in name_parts_of("".join(map(chr, range(0x4E00, 0x4EC8))))) == 32
