"""Status notices (spec §7): the details of a change of status, signed with a key of use `status`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.verification.dates import beijing_date, days_since_1970
from portal.verification.envelope import Malformed, Members, Sign1, read_payload, read_sign1

CONTENT_TYPE = "application/licence-notice+cwt"
_SUB, _IAT, _NOTICE = 2, 6, -65538


class NoticeKind(StrEnum):
    """What status 0xF means for this licence."""

    VOID = "void"
    FILING_REMOVED = "filing_removed"
    MIGRATED = "migrated"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about one version of a licence. `decision_number` and `reason` have a last day of publication."""

    envelope: Sign1
    number: str
    issued_at: int
    type_code: int
    version: int
    status: int
    effective: date
    decision_number: str | None
    reason: str | None
    published_until: date | None
    kind: NoticeKind | None
    successor_number: str | None

    def is_published(self, at: int) -> bool:
        """Whether reason and decision number may still be shown at `at`."""
        return self.published_until is None or beijing_date(at) <= self.published_until


def read_notice(encoded: bytes) -> Notice:
    """Read a notice; Malformed if it breaks the format."""
    envelope = read_sign1(encoded, CONTENT_TYPE)
    claims = read_payload(envelope, "notice")
    body = Members(claims.take(_NOTICE), "notice")
    notice = Notice(
        envelope=envelope,
        number=claims.text(_SUB, 64),
        issued_at=claims.time(_IAT),
        type_code=body.unsigned(1),
        version=body.unsigned(2, least=1),
        status=body.unsigned(3),
        effective=_day(body, 4),
        decision_number=body.optional_text(5, 200),
        reason=body.optional_text(6, 2000),
        published_until=_day(body, 7) if body.has(7) else None,
        kind=_kind(body),
        successor_number=body.optional_text(9, 64),
    )
    claims.require_empty()
    body.require_empty()
    return notice


def _day(body: Members, key: int) -> date:
    day = days_since_1970(body.integer(key))
    if day is None:
        raise Malformed(f"notice: {key} is outside the calendar")
    return day


def _kind(body: Members) -> NoticeKind | None:
    text = body.optional_text(8, 20)
    try:
        return NoticeKind(text) if text is not None else None
    except ValueError as error:
        raise Malformed(f"notice: unknown kind {text!r}") from error
