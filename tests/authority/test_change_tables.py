"""Tables of statuses and of notices."""

import json
from datetime import date

import pytest

from portal.authority.change_tables import read_notices, read_statuses
from portal.authority.signing import NoticeClaims
from portal.authority.tables import TableRefused
from portal.verification.notice import NoticeKind
from portal.verification.statuses import StatusValue
from tests.authorities import AT
from tests.world import CATALOGUE

NOTICE = {
    "type": "internet-drug-info",
    "number": "(辽)-经营性-2023-0011",
    "status": "ended",
    "effective": "2026-11-01",
    "kind": "migrated",
    "successor": "(辽)-经营性-2026-0233(备)",
}


def notices(*rows: dict[str, str]) -> tuple[NoticeClaims, ...]:
    return read_notices(json.dumps(rows).encode(), CATALOGUE, AT)


def test_each_index_gets_its_status_and_the_others_are_in_force() -> None:
    table = "状态序号,状态\n3,吊销\n1,suspended\n4,延续审查中\n"
    assert read_statuses(table.encode()) == bytes([0, 2, 0, 0xB, 0xE])


def test_an_empty_table_is_a_list_of_one_licence_in_force() -> None:
    assert read_statuses(b"index,status\n") == b"\0"


@pytest.mark.parametrize("document", [b"", b"\n", "序号,值\n".encode()], ids=["empty", "a line", "other columns"])
def test_an_export_that_failed_is_no_table_by_which_all_licences_are_in_force(document: bytes) -> None:
    with pytest.raises(TableRefused, match="the first line must hold the headings"):
        read_statuses(document)


@pytest.mark.parametrize(
    ("row", "column"),
    [("x,revoked", "index"), ("-1,revoked", "index"), ("134217728,revoked", "index"), ("1,forged", "status")],
)
def test_a_status_that_cannot_be_used_is_named(row: str, column: str) -> None:
    with pytest.raises(TableRefused) as refused:
        read_statuses(f"index,status\n{row}\n".encode())
    assert [problem.column for problem in refused.value.problems] == [column]


def test_an_index_has_one_status() -> None:
    with pytest.raises(TableRefused, match="row 3, index: the index occurs twice \\(see row 2\\)"):
        read_statuses(b"index,status\n1,revoked\n1,in_force\n")


def test_a_row_becomes_a_notice() -> None:
    assert notices(NOTICE, {**NOTICE, "status": "吊销", "kind": "", "reason": "演示", "version": "2"}) == (
        NoticeClaims(
            number="(辽)-经营性-2023-0011",
            type_code=5,
            version=1,
            status=StatusValue.ENDED,
            effective=date(2026, 11, 1),
            issued_at=AT,
            kind=NoticeKind.MIGRATED,
            successor_number="(辽)-经营性-2026-0233(备)",
        ),
        NoticeClaims(
            number="(辽)-经营性-2023-0011",
            type_code=5,
            version=2,
            status=StatusValue.REVOKED,
            effective=date(2026, 11, 1),
            issued_at=AT,
            reason="演示",
            successor_number="(辽)-经营性-2026-0233(备)",
        ),
    )


def test_a_version_has_one_notice_in_a_table() -> None:
    with pytest.raises(TableRefused, match="row 3, number: a second notice about this version \\(see row 1\\)"):
        notices(NOTICE, {**NOTICE, "version": "2"}, {**NOTICE, "version": "1", "effective": "2026-11-02"})


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"status": "gone"}, "status"),
        ({"status": "revoked"}, "kind"),
        ({"kind": "lost"}, "kind"),
        ({"effective": ""}, "effective"),
        ({"published_until": "soon"}, "published_until"),
        ({"type": "药店"}, "type"),
        ({"number": ""}, "number"),
    ],
)
def test_a_notice_that_cannot_be_used_is_named(change: dict[str, str], column: str) -> None:
    with pytest.raises(TableRefused) as refused:
        notices({**NOTICE, **change})
    assert [problem.column for problem in refused.value.problems] == [column]
