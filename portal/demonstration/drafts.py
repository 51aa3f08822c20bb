"""The licences of the demonstration: one for each thing that can be said of a licence, and many ordinary ones.

Ordinary dates count from the first of the month, so that a code printed yesterday is still known today.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from portal.demonstration.issuers import (
    COMPROMISED_DAYS_AGO,
    HEILONGJIANG,
    JILIN,
    LIAONING,
    RETIRED_DAYS_AGO,
    SHENYANG_CITY,
    IssuerPlan,
)
from portal.demonstration.licences import Draft, NoticeDraft, five_years_from
from portal.demonstration.places import CHANGCHUN, DALIAN, DAQING, HARBIN, JILIN_CITY, SHENYANG, City
from portal.demonstration.showcase import showcase
from portal.verification.notice import NoticeKind
from portal.verification.statuses import StatusValue

TOTAL = 600
AGEING_LIST, STALE_LIST, UNPUBLISHED_LIST = 1, 2, 3
_FIRST_ORDINARY_SERIAL = 200
_RETAIL, _WHOLESALE, _FILING = (
    "drug-distribution-retail",
    "drug-distribution-wholesale",
    "device-class2-distribution-filing",
)


def all_drafts(today: date) -> list[Draft]:
    telling = [replace(draft, serial=serial) for serial, draft in enumerate(_telling(today), start=1)]
    telling += _pairs(today.replace(day=1), len(telling) + 1)
    telling += showcase(today.replace(day=1), max(draft.serial for draft in telling) + 1)
    registered = sum(draft.registered for draft in telling)
    return telling + list(_ordinary(today.replace(day=1), TOTAL - registered))


def _telling(today: date) -> Iterator[Draft]:
    """Drafts that each show one thing. Only the dates that decide a verdict are near today."""
    month = today.replace(day=1)
    start = month - timedelta(days=400)
    retail = Draft(SHENYANG_CITY, _RETAIL, SHENYANG, 0, start, five_years_from(start))
    province = Draft(LIAONING, "device-manufacturing", DALIAN, 0, start, five_years_from(start))
    yield replace(retail, tag="in_force")
    yield replace(province, slug=_WHOLESALE, key="sm2", tag="sm2")
    yield replace(province, issuer=JILIN, slug="drug-manufacturing", city=CHANGCHUN, tag="ed25519")
    yield replace(retail, slug=_FILING, valid_until=None, tag="no_expiry")
    yield replace(retail, holder='<script>alert("演示")</script><b>大药房</b>', tag="hostile_name")
    yield from _of_ended_keys(province, month)
    yield from _near_their_dates(retail, today)
    yield from _ended(retail, province, month)
    yield replace(province, issuer=JILIN, city=JILIN_CITY, status_list=AGEING_LIST, tag="status_ageing")
    at_stale_list = replace(province, issuer=HEILONGJIANG, city=HARBIN, status_list=STALE_LIST)
    yield replace(at_stale_list, tag="status_stale")
    yield replace(at_stale_list, status=StatusValue.REVOKED, tag="revoked_stale")
    yield replace(at_stale_list, status_list=UNPUBLISHED_LIST, tag="status_missing")
    yield replace(retail, tag="face_changed")
    yield from _never_registered(retail, province, month)


def _of_ended_keys(province: Draft, month: date) -> Iterator[Draft]:
    early = month - timedelta(days=RETIRED_DAYS_AGO + 400)
    signed_early = replace(province, valid_from=early, valid_until=five_years_from(early))
    yield replace(signed_early, key="retired", tag="retired_in_term")
    yield replace(signed_early, slug="cosmetics-manufacturing", key="compromised", tag="compromised_registered_before")


def _near_their_dates(retail: Draft, today: date) -> Iterator[Draft]:
    long_ago = today - timedelta(days=5 * 365 - 30)
    ending = replace(retail, valid_from=long_ago)
    yield replace(ending, valid_until=today + timedelta(days=14), tag="expires_soon")
    yield replace(ending, valid_until=today, tag="expires_today")
    past = today - timedelta(days=20)
    yield replace(ending, valid_until=past, status=StatusValue.RENEWING, tag="renewing")
    yield replace(ending, valid_until=past, tag="expired")
    coming = today + timedelta(days=10)
    signed_on = today - timedelta(days=3)
    yield replace(retail, valid_from=coming, valid_until=five_years_from(coming), signed_on=signed_on, tag="not_yet")


def _ended(retail: Draft, province: Draft, month: date) -> Iterator[Draft]:
    day = month - timedelta(days=90)
    plain = NoticeDraft(day)
    penalty = NoticeDraft(
        day, "沈市监罚〔2026〕演示1号", "演示事由：从非法渠道购进药品，情节严重。", day + timedelta(days=3 * 365)
    )
    no_longer_told = replace(penalty, effective=day - timedelta(days=300), published_until=day)
    migrated = NoticeDraft(day, kind=NoticeKind.MIGRATED, successor_number="(辽)-经营性-2026-0007(备)")
    yield replace(retail, status=StatusValue.REVOKED, notice=penalty, tag="revoked")
    yield replace(retail, status=StatusValue.REVOKED, notice=no_longer_told, tag="revoked_after_publication")
    yield replace(retail, status=StatusValue.RESCINDED, notice=plain, tag="rescinded")
    yield replace(province, status=StatusValue.WITHDRAWN, notice=plain, tag="withdrawn")
    yield replace(retail, status=StatusValue.CANCELLED, notice=plain, tag="cancelled")
    yield replace(retail, status=StatusValue.SUSPENDED, notice=penalty, tag="suspended")
    yield replace(province, status=StatusValue.ENDED, notice=replace(plain, kind=NoticeKind.VOID), tag="void")
    removed = replace(plain, kind=NoticeKind.FILING_REMOVED)
    filing = replace(retail, slug=_FILING, valid_until=None)
    yield replace(filing, status=StatusValue.ENDED, notice=removed, tag="filing_removed")
    website = replace(province, slug="internet-drug-info", city=SHENYANG)
    yield replace(website, status=StatusValue.ENDED, notice=migrated, tag="migrated")
    yield replace(website, number=migrated.successor_number, valid_until=None)


def _never_registered(retail: Draft, province: Draft, month: date) -> Iterator[Draft]:
    """Genuine or not, no register took them."""
    retail, province = replace(retail, registered=False), replace(province, registered=False)
    late = month - timedelta(days=RETIRED_DAYS_AGO - 100)
    back_dated = month - timedelta(days=COMPROMISED_DAYS_AGO + 100)
    yield replace(retail, tag="not_in_register")
    yield replace(retail, key="stranger", tag="key_unknown")
    yield replace(province, key="retired", signed_on=late, tag="retired_after_term")
    yield replace(province, key="status", tag="status_key_signs_licence")
    yield replace(province, issuer=JILIN, tag="other_province")
    yield replace(province, issuer=SHENYANG_CITY, slug="drug-manufacturing", tag="other_type")
    yield replace(province, key="compromised", signed_on=back_dated, tag="compromised_not_registered")


def _pairs(month: date, serial: int) -> list[Draft]:
    """Two versions of one licence, and two licences of one number."""
    start = month - timedelta(days=700)
    changed = month - timedelta(days=100)
    old = Draft(SHENYANG_CITY, _RETAIL, SHENYANG, serial, start, five_years_from(start), tag="older_version")
    new = replace(old, version=2, signed_on=changed, tag="newer_version")
    made = Draft(LIAONING, "drug-manufacturing", SHENYANG, serial + 1, start, five_years_from(start), tag="same_number")
    return [old, new, made, replace(made, slug="drug-export-sales-certificate", tag="same_number_too")]


_ORDINARY: tuple[tuple[IssuerPlan, City, tuple[str, ...]], ...] = (
    (SHENYANG_CITY, SHENYANG, (_RETAIL, "device-distribution", _FILING)),
    (LIAONING, DALIAN, (_WHOLESALE, "drug-distribution-chain-hq", "drug-manufacturing", "device-manufacturing")),
    (LIAONING, SHENYANG, ("cosmetics-manufacturing", "hospital-preparation-licence", "internet-drug-info")),
    (JILIN, CHANGCHUN, (_RETAIL, _WHOLESALE, "drug-manufacturing")),
    (JILIN, JILIN_CITY, ("device-distribution", _FILING, "cosmetics-manufacturing")),
    (HEILONGJIANG, HARBIN, (_RETAIL, "drug-manufacturing", "device-manufacturing")),
    (HEILONGJIANG, DAQING, (_RETAIL, "drug-distribution-chain-hq", "hospital-preparation-licence")),
)
# Of every 60 ordinary licences these are not in force.
_ORDINARY_STATUSES = {
    11: StatusValue.CANCELLED,
    23: StatusValue.SUSPENDED,
    37: StatusValue.REVOKED,
    41: StatusValue.RENEWING,
    53: StatusValue.WITHDRAWN,
}


def _ordinary(month: date, count: int) -> Iterator[Draft]:
    for serial in range(_FIRST_ORDINARY_SERIAL, _FIRST_ORDINARY_SERIAL + count):
        issuer, city, slugs = _ORDINARY[serial % len(_ORDINARY)]
        slug = slugs[serial // len(_ORDINARY) % len(slugs)]
        start = month - timedelta(days=2000 if serial % 40 == 3 else 60 + serial * 37 % 1600)
        until = None if slug == _FILING else five_years_from(start)
        yield Draft(issuer, slug, city, serial, start, until, status=_ORDINARY_STATUSES.get(serial % 60, 0))
