"""Licences that show what there is: one of every type, a holder of many, and licences with a history.

All are in force, except versions that newer ones replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from portal.demonstration.issuers import CITY_TYPES, HEILONGJIANG, JILIN, LIAONING, SHENYANG_CITY
from portal.demonstration.licences import Draft, NoticeDraft, end_of_term, five_years_from, number_of
from portal.demonstration.places import CHANGCHUN, DALIAN, HARBIN, SHENYANG
from portal.demonstration.types import PLANS
from portal.verification.statuses import StatusValue

_PROVINCES = ((LIAONING, SHENYANG), (JILIN, CHANGCHUN), (HEILONGJIANG, HARBIN), (LIAONING, DALIAN))
# Of one company; the holder's page lists them.
_OF_ONE_HOLDER = (
    "drug-manufacturing",
    "drug-distribution-wholesale",
    "drug-reregistration-notice",
    "drug-export-sales-certificate",
    "device-manufacturing",
    "device-registration",
    "device-distribution",
    "device-class2-distribution-filing",
    "internet-drug-info",
)
_HOLDER = "沈阳北辰健康产业公司（演示）"


def showcase(month: date, serial: int) -> list[Draft]:
    """Drafts with their serial numbers, from `serial` on."""
    one_of_each = [replace(_draft(slug, month, turn), serial=serial + turn) for turn, slug in enumerate(PLANS)]
    party = serial + len(one_of_each)
    of_one = [
        replace(_draft(slug, month, 0), serial=number, holder=_HOLDER, party=party)
        for number, slug in enumerate(_OF_ONE_HOLDER, party)
    ]
    serial = party + len(of_one)
    return [*one_of_each, *of_one, *_changed(month, serial), *_renewed(month, serial + 1), *_widened(month, serial + 2)]


def _draft(slug: str, month: date, turn: int) -> Draft:
    """A licence of a type that has been in force for a while, from one of the provinces in turn."""
    months = PLANS[slug].months
    start = month - timedelta(days=min(9 * months, 400) or 300)
    issuer, city = (SHENYANG_CITY, SHENYANG) if slug in CITY_TYPES else _PROVINCES[turn % len(_PROVINCES)]
    return Draft(issuer, slug, city, 0, start, end_of_term(start, months) if months else None)


def _changed(month: date, serial: int) -> Iterator[Draft]:
    """A pharmacy that moved, then widened its scope, was suspended and is open again."""
    start = month - timedelta(days=900)
    first = Draft(
        SHENYANG_CITY,
        "drug-distribution-retail",
        SHENYANG,
        serial,
        start,
        five_years_from(start),
        status=StatusValue.SUPERSEDED,
        fields={"scope": ["中成药", "化学药", "乙类非处方药"]},
    )
    new_premises = {"business_address": "沈阳市铁西区中山路158号"}
    moved = replace(first, version=2, signed_on=month - timedelta(days=500), fields={**first.fields, **new_premises})
    widened = {**new_premises, "scope": ["中药饮片", "中成药", "化学药", "处方药、甲类非处方药、乙类非处方药"]}
    suspended = NoticeDraft(
        month - timedelta(days=120),
        "沈市监责停〔2026〕演示3号",
        "演示事由：未按规定储存冷藏药品，责令停业整顿。",
        month + timedelta(days=3 * 365),
        status=StatusValue.SUSPENDED,
    )
    restored = NoticeDraft(month - timedelta(days=80), "沈市监复〔2026〕演示3号", "演示事由：整改验收合格，恢复经营。")
    yield first
    yield moved
    yield replace(
        moved,
        version=3,
        status=StatusValue.IN_FORCE,
        signed_on=month - timedelta(days=200),
        fields=widened,
        earlier_notices=(suspended,),
        notice=restored,
        tag="suspended_and_restored",
    )


def _renewed(month: date, serial: int) -> Iterator[Draft]:
    """A renewal: the number stays, the new term begins on the day after the old one."""
    renewed_from = (month - timedelta(days=150)).replace(day=1)
    start = renewed_from.replace(year=renewed_from.year - 5)
    first = Draft(JILIN, "device-manufacturing", CHANGCHUN, serial, start, five_years_from(start))
    renewal = replace(first, version=2, valid_from=renewed_from, valid_until=five_years_from(renewed_from))
    decided = renewed_from - timedelta(days=20)
    yield replace(first, status=StatusValue.SUPERSEDED)
    yield replace(renewal, signed_on=decided, number=number_of(first), tag="renewed")


def _widened(month: date, serial: int) -> Iterator[Draft]:
    """A manufacturer with a further workshop."""
    start = month - timedelta(days=700)
    first = Draft(HEILONGJIANG, "drug-manufacturing", HARBIN, serial, start, five_years_from(start))
    more = {"class_code": "AhzBhzCh", "site_scope": ["片剂", "硬胶囊剂", "颗粒剂", "小容量注射剂"]}
    yield replace(first, status=StatusValue.SUPERSEDED)
    yield replace(first, version=2, signed_on=month - timedelta(days=60), fields=more, tag="scope_widened")
