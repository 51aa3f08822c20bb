"""A verdict for every reason of the specification, decided from real evidence: what the pages and words must cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from portal.verification.decide import decide, decide_broken, decide_other
from portal.verification.evidence import InRegister, NotInRegister, RegisterUnavailable
from portal.verification.face import read_face
from portal.verification.notice import NoticeKind, read_notice
from portal.verification.presentation import BrokenCode, OtherCode
from portal.verification.statuses import StatusValue
from portal.verification.verdict import Reason, Verdict
from tests.authorities import AT, DAY, REGISTERED_AT
from tests.verification.evidences import REGISTRATION, evidence_for, status
from tests.world import Issued, World

WORLD = World()
LICENCE = WORLD.licence()
LAST_SECOND_OF_TODAY = AT + DAY // 2  # it is noon in Beijing


def verdict_on(issued: Issued = LICENCE, **changes: Any) -> Verdict:
    return decide(evidence_for(WORLD, issued, **changes))


def with_claims(**differences: Any) -> Verdict:
    return verdict_on(WORLD.licence(**differences))


def with_status(value: StatusValue | None, issued: Issued = LICENCE, **times: int) -> Verdict:
    return verdict_on(issued, status=status(value, **times))


def with_notice(value: StatusValue, **details: Any) -> Verdict:
    notice = read_notice(WORLD.notice(LICENCE, value, **details))
    register = InRegister(REGISTRATION, read_face(LICENCE.face), notice, as_of=REGISTERED_AT)
    return verdict_on(status=status(value), register=register)


def ending_in(days: int) -> Verdict:
    return with_claims(expires_at=LAST_SECOND_OF_TODAY + days * DAY)


def forged() -> Verdict:
    signer = evidence_for(WORLD, LICENCE).signer
    assert signer is not None
    return verdict_on(signer=signer._replace(signature_holds=False))


def of_every_status(issued: Issued = LICENCE) -> list[Verdict]:
    """Verdicts on one licence whatever its list says, fresh, ageing, stale or missing."""
    times: tuple[dict[str, int], ...] = ({}, {"ttl": 30}, {"signed": AT - 3 * DAY})
    read = [with_status(value, issued, **each) for value in (*StatusValue, None) for each in times]
    return [*read, verdict_on(issued, status=None)]


NEWER = WORLD.licence(version=2)
OTHER_FACE = read_face(WORLD.licence("辽CB024100777").face)

OF_REASON: Mapping[Reason, Verdict] = {
    Reason.UNREADABLE_IMAGE: Verdict(Reason.UNREADABLE_IMAGE, AT),
    Reason.NO_CODE_FOUND: Verdict(Reason.NO_CODE_FOUND, AT),
    Reason.SEVERAL_CODES: Verdict(Reason.SEVERAL_CODES, AT, entries=(verdict_on(), with_status(StatusValue.REVOKED))),
    Reason.NOT_A_LICENCE_CODE: decide_other(OtherCode("https://evil.example/pay", "evil.example"), AT),
    Reason.NOT_FOUND: Verdict(Reason.NOT_FOUND, AT, text="辽CB024109999"),
    Reason.MALFORMED: decide_broken(BrokenCode(None), AT),
    Reason.TRUST_LIST_UNUSABLE: verdict_on(trust_list=replace(WORLD.trust_list, expires_at=AT)),
    Reason.KEY_UNKNOWN: with_claims(key="unpublished"),
    Reason.SIGNATURE_INVALID: forged(),
    Reason.KEY_NOT_IN_TERM: with_claims(key="status"),
    Reason.OUT_OF_SCOPE: with_claims(number="吉CB024100123"),
    Reason.KEY_COMPROMISED: verdict_on(WORLD.licence(key="compromised"), register=NotInRegister(as_of=REGISTERED_AT)),
    Reason.CLAIMS_MISMATCH: verdict_on(register=InRegister(REGISTRATION, OTHER_FACE, as_of=REGISTERED_AT)),
    Reason.REVOKED: with_notice(StatusValue.REVOKED, decision_number="演示罚〔2026〕1号", reason="演示原因"),
    Reason.RESCINDED: with_status(StatusValue.RESCINDED),
    Reason.WITHDRAWN: with_status(StatusValue.WITHDRAWN),
    Reason.CANCELLED: with_status(StatusValue.CANCELLED),
    Reason.VOID: with_status(StatusValue.ENDED),
    Reason.FILING_REMOVED: with_notice(StatusValue.ENDED, kind=NoticeKind.FILING_REMOVED),
    Reason.SUSPENDED: with_status(StatusValue.SUSPENDED),
    Reason.SUPERSEDED: verdict_on(register=InRegister(REGISTRATION, read_face(LICENCE.face), None, NEWER.credential)),
    Reason.MIGRATED: with_notice(
        StatusValue.ENDED, kind=NoticeKind.MIGRATED, successor_number="辽备2026-0007", effective=date(2026, 2, 1)
    ),
    Reason.EXPIRED: ending_in(-3),
    Reason.NOT_YET_IN_FORCE: with_claims(not_before=LAST_SECOND_OF_TODAY + DAY),
    Reason.REGISTER_UNAVAILABLE: verdict_on(register=RegisterUnavailable()),
    Reason.NOT_IN_REGISTER: verdict_on(register=NotInRegister(as_of=REGISTERED_AT)),
    Reason.STATUS_UNKNOWN: with_status(StatusValue.IN_FORCE, signed=AT - 3 * DAY),
    Reason.IN_FORCE: verdict_on(),
}
"""One verdict of each reason."""

IN_FORCE_VARIANTS: Mapping[str, Verdict] = {
    "without a fixed end": with_claims(expires_at=None),
    "ends today": ending_in(0),
    "ends tomorrow": ending_in(1),
    "ends in 14 days": ending_in(14),
    "renewing": with_status(StatusValue.RENEWING),
    "renewing and ending soon": with_status(StatusValue.RENEWING, WORLD.licence(expires_at=AT + 9 * DAY)),
    "old status": with_status(StatusValue.IN_FORCE, ttl=30),
}
LOOKUP_UNAVAILABLE = Verdict(Reason.REGISTER_UNAVAILABLE, AT, text="辽CB024100123")
EVERY: tuple[Verdict, ...] = (*OF_REASON.values(), *IN_FORCE_VARIANTS.values(), LOOKUP_UNAVAILABLE)
