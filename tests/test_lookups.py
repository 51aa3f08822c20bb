"""What may be asked of a whole register: searches, a holder's licences, a history, the coverage. Verdicts, no rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from portal.assemble import Portal, assemble
from portal.authority.faces import FaceExtras
from portal.lookups import PAGE_SIZE, HistoryEntry, SearchQuery, SearchResult
from portal.verification.statuses import StatusValue
from portal.verification.verdict import Reason, Verdict
from portal.verifier import Verifier
from tests.authorities import AT, DAY, REGISTERED_AT
from tests.world import CATALOGUE, World

RETAIL = CATALOGUE.by_slug["drug-distribution-retail"]
ELICENCE = "1.2.156.3005.2.11100000MB0341032Y002.11210000MBDEM0001W.DEMO20260001.001.6"
USCC = "91210100MA0DEM029R"
MANY = 23


class Country:
    """The world of these tests, with a portal over it."""

    def __init__(self, folder: Path) -> None:
        world = self.world = World()
        first = world.licence("辽CB024100001", holder="沈阳旧名大药房", uscc=USCC)
        second = world.licence("辽CB024100001", holder="沈阳新名大药房", uscc=USCC, version=2)
        device = world.licence(
            "辽沈药监械经营许20240001号", slug="device-distribution", holder="沈阳新名大药房", uscc=USCC
        )
        revoked = world.licence("辽CB024100002", holder="吊销大药房", extras=FaceExtras(elicence_id=ELICENCE))
        theirs = world.licence("吉CB043100001", by=world.jilin, holder="长春新名大药房")
        person = world.licence("210000000001", slug="licensed-pharmacist-registration", holder="张新名", uscc=USCC)
        chain = [world.licence(f"辽CB02420{number:04}", holder=f"连锁{number}店") for number in range(MANY)]
        world.take_into_register(first, revoked, theirs, person)
        notices = {
            "suspended": world.notice(first, StatusValue.SUSPENDED, reason="停业", published_until=date(2026, 11, 21)),
            "restored": world.notice(first, StatusValue.IN_FORCE, issued_at=REGISTERED_AT + 60, reason="恢复"),
            "past": world.notice(
                first, StatusValue.SUSPENDED, issued_at=REGISTERED_AT - 60, published_until=date(2026, 11, 20)
            ),
        }
        for notice in notices.values():
            world.take_into_register(first, notices={first.number: notice}, signed_at=REGISTERED_AT + 120)
        world.take_into_register(second, device, *chain, signed_at=REGISTERED_AT + 180)
        world.set_status(revoked, StatusValue.REVOKED)
        self.database = folder / "register.sqlite"
        self.portal: Portal = assemble(world.write(folder).settings, lambda: AT)

    @property
    def verifier(self) -> Verifier:
        return self.portal.verifier


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    country = Country(tmp_path_factory.mktemp("country"))
    yield country
    country.portal.reader.close()


def search(country: Country, text: str, **others: object) -> SearchResult:
    result = country.verifier.search(replace(SearchQuery(text), **others), AT)
    assert isinstance(result, SearchResult)
    return result


def found(result: object) -> list[tuple[str, int, Reason]]:
    assert isinstance(result, SearchResult)
    licences = [(each.licence, each.reason) for each in result.entries]
    return sorted(
        (licence.credential.number, licence.credential.version, reason) for licence, reason in licences if licence
    )


RENAMED = ("辽CB024100001", 2, Reason.IN_FORCE)
DEVICE = ("辽沈药监械经营许20240001号", 1, Reason.IN_FORCE)
THEIRS = ("吉CB043100001", 1, Reason.IN_FORCE)
REVOKED = ("辽CB024100002", 1, Reason.REVOKED)
PERSON = ("210000000001", 1, Reason.IN_FORCE)
SEARCHES = {
    "新名": [THEIRS, RENAMED, DEVICE],
    " 旧名 大药房": [RENAMED],
    "沈阳新名大药房": [RENAMED, DEVICE],
    "ＣＢ024100002": [],
    "辽cb024100002": [REVOKED],
    "辽CB-0241-00002 号": [REVOKED],
    ELICENCE.lower(): [REVOKED],
    USCC: [RENAMED, DEVICE],
    "210000000001": [PERSON],
    "张新名": [],
    "新": [],
    "": [],
    "  ": [],
    "新名\x00": [],
    "新\ud800名": [],
    "新名" * 200: [],
    "%": [],
}


@pytest.mark.parametrize("text", SEARCHES)
def test_a_text_finds_what_it_may_mean_each_with_its_verdict(text: str, country: Country) -> None:
    assert found(search(country, text)) == SEARCHES[text]


FILTERS = {
    "a province": ({"region": "210000"}, [RENAMED, DEVICE]),
    "another province": ({"region": "220000"}, [THEIRS]),
    "a city of nobody": ({"region": "220100"}, []),
    "no region": ({"region": "000000"}, []),
    "a type": ({"type_slug": "device-distribution"}, [DEVICE]),
    "an unknown type": ({"type_slug": "driving-licence"}, []),
    "both": ({"region": "210000", "type_slug": "drug-distribution-retail"}, [RENAMED]),
    "page 0": ({"page": 0}, []),
    "page 2": ({"page": 2}, []),
    "a page that may not be asked for": ({"page": 6}, []),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters_narrow_a_search(name: str, country: Country) -> None:
    filters, expected = FILTERS[name]
    assert found(search(country, "新名", **filters)) == expected


def test_more_than_a_page_is_said_and_not_counted(country: Country) -> None:
    first, second = search(country, "连锁"), search(country, "连锁", page=2)
    assert (len(first.entries), first.more, first.is_whole, first.next_page) == (PAGE_SIZE, True, False, 2)
    assert (len(second.entries), second.more, second.is_whole, second.next_page) == (MANY - 20, False, False, None)
    assert len({number for number, *_ in found(first) + found(second)}) == MANY


def test_after_the_last_page_that_may_be_asked_for_there_is_no_next() -> None:
    assert SearchResult((), more=True, first=60).next_page == 5
    assert SearchResult((), more=True, first=80).next_page is None


def test_a_holder_has_all_licences_but_those_of_persons(country: Country) -> None:
    assert found(country.verifier.holder(USCC, AT)) == [RENAMED, DEVICE]
    assert found(country.verifier.holder("91210100MA0DEM03XX", AT)) == []


def test_a_history_has_every_version_and_the_notices_whose_publication_lasts(country: Country) -> None:
    history = country.verifier.history(RETAIL.code, "辽CB024100001", AT)
    assert all(isinstance(each, HistoryEntry) for each in history)
    assert isinstance(history, tuple)
    told = [(entry.verdict.reason, [notice.reason for notice in entry.notices]) for entry in history]
    assert told == [(Reason.IN_FORCE, []), (Reason.SUPERSEDED, ["恢复", "停业"])]
    later = country.verifier.history(RETAIL.code, "辽CB024100001", AT + DAY)
    assert isinstance(later, tuple)
    assert [notice.reason for notice in later[1].notices] == ["恢复"]
    assert country.verifier.history(RETAIL.code, "辽CB024199999", AT) == ()


def test_coverage_tells_of_every_published_issuer_how_much_and_as_of_when(country: Country) -> None:
    coverage = country.verifier.coverage(AT)
    assert isinstance(coverage, tuple)
    liaoning, jilin = coverage
    counts = {licence_type.slug: count for licence_type, count in liaoning.licences}
    assert counts == {
        "drug-distribution-retail": 2 + MANY,
        "licensed-pharmacist-registration": 1,
        "device-distribution": 1,
    }
    assert (liaoning.bundle_sequence, liaoning.bundle_signed_at) == (5, REGISTERED_AT + 180)
    assert (liaoning.issuer.id, liaoning.status_as_of) == (country.world.liaoning.id, AT - 3600)
    assert [count for _, count in jilin.licences] == [1]


def test_without_a_register_each_question_is_unavailable(tmp_path: Path) -> None:
    country = Country(tmp_path)
    country.database.rename(tmp_path / "away")
    verifier = country.verifier
    answers = [
        verifier.search(SearchQuery("新名"), AT),
        verifier.holder(USCC, AT),
        verifier.history(RETAIL.code, "辽CB024100001", AT),
        verifier.coverage(AT),
    ]
    assert [each.reason for each in answers if isinstance(each, Verdict)] == [Reason.REGISTER_UNAVAILABLE] * 4


TAMPERING = {
    "a name that was never signed": "INSERT INTO name_parts SELECT '假名', shelf, '', licence_id FROM name_parts",
    "a person's name": (
        "INSERT INTO name_parts SELECT '张新', 1, '名', licence_id FROM records WHERE number = '210000000001'"
    ),
    "a person's employer": "UPDATE records SET uscc = '91210100MA0DEM029R' WHERE number = '210000000001'",
    "another's code": "UPDATE records SET uscc = '91210100MA0DEM029R' WHERE number = '辽CB024100002'",
    "a notice about another version": (
        "INSERT INTO notices SELECT issuer_id, type_code, number, 2, issued_at, manifest_id, cose FROM notices"
    ),
}


@pytest.mark.parametrize("name", TAMPERING)
def test_whoever_owns_the_database_can_have_nothing_listed_that_was_not_signed_so(name: str, tmp_path: Path) -> None:
    country = Country(tmp_path)
    with closing(sqlite3.connect(country.database)) as database, database:
        assert database.execute(TAMPERING[name].replace("INSERT", "INSERT OR IGNORE")).rowcount > 0
    assert [found(search(country, text)) for text in ("假名", "张新名")] == [[], []]
    assert found(country.verifier.holder(USCC, AT)) == [RENAMED, DEVICE]
    history = country.verifier.history(RETAIL.code, "辽CB024100001", AT)
    assert isinstance(history, tuple)
    assert [len(entry.notices) for entry in history] == [0, 2]
