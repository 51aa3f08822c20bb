"""A country for the pages about more than one licence: a company with many, a licence with a history, a chain of shops,
a person, and a neighbouring authority with a portal of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from portal.authority.faces import FaceExtras
from portal.verification.dates import parse_timestamp
from portal.verification.statuses import StatusValue
from tests.authorities import REGISTERED_AT
from tests.world import IN_FORCE_UNTIL, Issued, World, Written

COMPANY = "91210100MA0DEM0291"
COMPANY_NAME = "沈阳北辰健康公司（演示）"
CHANGED = "辽CB024100001"
ENDED = "辽CB024100002"
REVOKED = "辽沈药监械经营许20240001号"
SECRET = "辽药监演示〔2026〕1号"
MISLABELLED = "辽AA024100789"
PHARMACIST = "211220100035"
ELICENCE = "1.2.156.3005.2.11100000MB0341032Y002.11210000MBDEM0001W.DEMO20260001.001.6"
CHAIN = 21
NEIGHBOUR = "https://yz.jl.example.gov.cn"
HOSTILE = "<b>坏</b>名店"


@dataclass(frozen=True, slots=True)
class Country:
    """`versions` are those of CHANGED, the first first."""

    written: Written
    versions: tuple[Issued, ...]
    wholesaler: Issued


def country(folder: Path) -> Country:
    world = World()
    world.jilin.portal = NEIGHBOUR
    versions = _history(world)
    wholesaler = _company(world)
    ended = world.licence(ENDED, holder="到期大药房", expires_at=parse_timestamp("2026-11-10T16:00:00Z"))
    mislabelled = world.licence(MISLABELLED, holder=HOSTILE)
    chain = [world.licence(f"辽CB02420{number:04}", holder=f"连锁{number}店") for number in range(CHAIN)]
    theirs = world.licence("吉CB431100001", by=world.jilin, holder="长春北辰药房", uscc=None)
    world.take_into_register(ended, mislabelled, theirs, *chain, signed_at=REGISTERED_AT + 60)
    return Country(world.write(folder), versions, wholesaler)


def _company(world: World) -> Issued:
    """In force, revoked, of a sensitive type, and a person who works there."""
    wholesaler = world.licence(
        "辽AA024100001",
        slug="drug-distribution-wholesale",
        holder=COMPANY_NAME,
        uscc=COMPANY,
        extras=FaceExtras(
            elicence_id=ELICENCE,
            sites=("https://shop.example.com/北辰", "http://old.example.com"),
            credit={"grade": "A", "by": "辽宁省药品监督管理局", "as_of": "2026-06-30"},
            links=(("traceability", "https://trace.example.gov.cn/1"), ("credit", "https://credit.example.gov.cn/1")),
        ),
    )
    earlier_grade = {"grade": "B", "by": "辽宁省药品监督管理局", "as_of": "2025-06-30"}
    revoked = world.licence(
        REVOKED,
        slug="device-distribution",
        holder="沈阳北辰旧名公司（演示）",
        uscc=COMPANY,
        issued_at=parse_timestamp("2026-02-01T00:00:00Z"),
        extras=FaceExtras(sites=("https://closed.example.com",), credit=earlier_grade),
    )
    secret = world.licence(
        SECRET,
        slug="narcotic-regional-purchase-decision",
        holder=COMPANY_NAME,
        uscc=COMPANY,
        extras=FaceExtras(sites=("https://secret.example.com",)),
    )
    person = world.licence(PHARMACIST, slug="licensed-pharmacist-registration", holder="张北辰", uscc=COMPANY)
    world.set_status(revoked, StatusValue.REVOKED)
    world.take_into_register(wholesaler, revoked, secret, person)
    return wholesaler


def _history(world: World) -> tuple[Issued, ...]:
    """Issued, moved and suspended and restored, re-issued, renewed."""
    old = {"business_address": "沈阳市和平区旧街1号", "scope": ["中成药"]}
    new = {"business_address": "沈阳市和平区新街2号", "scope": ["中成药"], "legal_rep": "王某"}
    start = parse_timestamp("2026-02-01T00:00:00Z")
    versions = tuple(
        world.licence(
            CHANGED,
            holder="沈阳变迁大药房",
            version=version,
            issued_at=start + version * 30 * 86400,
            expires_at=expires,
            fields=fields,
            uscc=None,
        )
        for version, fields, expires in (
            (1, old, IN_FORCE_UNTIL),
            (2, new, IN_FORCE_UNTIL),
            (3, new, IN_FORCE_UNTIL),
            (4, new, IN_FORCE_UNTIL + 366 * 86400),
        )
    )
    second = versions[1]
    notices = (
        world.notice(
            second,
            StatusValue.SUSPENDED,
            effective=date(2026, 4, 10),
            decision_number="沈责停〔2026〕1号",
            reason="演示停业原因",
            published_until=date(2026, 11, 21),
        ),
        world.notice(second, StatusValue.IN_FORCE, effective=date(2026, 4, 20), issued_at=REGISTERED_AT + 1),
    )
    world.take_into_register(*versions)
    for notice in notices:
        world.take_into_register(second, notices={CHANGED: notice}, signed_at=REGISTERED_AT + 30)
    return versions
