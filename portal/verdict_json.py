"""Answers as JSON values, for the command line and for machines. The words for people are elsewhere."""

from __future__ import annotations

from typing import TypeAlias

from portal.verification.dates import format_timestamp, last_valid_date
from portal.verification.notice import Notice
from portal.verification.presentation import encode_token
from portal.verification.statuses import StatusReading
from portal.verification.verdict import Licence, Verdict
from portal.verifier import Answer, Lookup

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"


def answer_json(answer: Answer) -> dict[str, Json]:
    """`reason`, `outcome`, `attributes` and what is known; a number that the register has adds `entries`.

    A number with one licence has that licence's reason; with several it has none of its own (spec/verdicts.md).
    """
    if isinstance(answer, Verdict):
        return verdict_json(answer)
    return _lookup_json(answer)


def _lookup_json(lookup: Lookup) -> dict[str, Json]:
    entries: list[Json] = [verdict_json(entry) for entry in lookup.entries]
    one = lookup.entries[0] if len(lookup.entries) == 1 else None
    return {
        "reason": one.reason if one else None,
        "outcome": one.outcome if one else "none",
        "attributes": list(one.attributes) if one else [],
        "number": lookup.number,
        "entries": entries,
    }


def verdict_json(verdict: Verdict) -> dict[str, Json]:
    """A verdict with its checks, and the licence where the document is proven."""
    found: dict[str, Json] = {
        "reason": verdict.reason,
        "outcome": verdict.outcome,
        "attributes": list(verdict.attributes),
        "checked_at": format_timestamp(verdict.checked_at),
        "status_as_of": _time(verdict.status_as_of),
        "register_as_of": _time(verdict.register_as_of),
        "trust_list_version": verdict.trust_list_version,
        "checks": [{"name": check.name, "state": check.state} for check in verdict.checks],
    }
    if verdict.other_host is not None:
        found["other_host"] = verdict.other_host
    if verdict.licence:
        found["licence"] = _licence_json(verdict.licence)
    if verdict.entries:
        found["entries"] = [verdict_json(entry) for entry in verdict.entries]
    return found


def _licence_json(licence: Licence) -> dict[str, Json]:
    credential, face = licence.credential, licence.face
    expires = credential.expires_at
    return {
        "type": licence.licence_type.slug,
        "number": credential.number,
        "version": credential.version,
        "holder": credential.holder,
        "uscc": credential.uscc,
        "address": credential.address,
        "valid_from": format_timestamp(credential.not_before),
        "last_valid_date": last_valid_date(expires).isoformat() if expires is not None else None,
        "issued_at": format_timestamp(credential.issued_at),
        "issuer": {"id": licence.issuer.id, "zh": licence.issuer.name_zh, "en": licence.issuer.name_en},
        "key_id": licence.key.key_id.hex(),
        "credential_id": credential.credential_id.hex(),
        "token": encode_token(credential.envelope.encoded),
        "status": _status_json(licence.status),
        "notice": _notice_json(licence.notice),
        "successor": encode_token(licence.successor.envelope.encoded) if licence.successor else None,
        "fields": dict(face.fields) if face and not licence.licence_type.sensitive else None,
    }


def _status_json(status: StatusReading | None) -> Json:
    if status is None:
        return None
    return {
        "value": status.value.name.lower() if status.value is not None else None,
        "list": status.list_number,
        "issued_at": format_timestamp(status.issued_at),
        "freshness": status.freshness,
    }


def _notice_json(notice: Notice | None) -> Json:
    if notice is None:
        return None
    return {
        "effective": notice.effective.isoformat(),
        "decision_number": notice.decision_number,
        "reason": notice.reason,
        "kind": notice.kind,
        "successor_number": notice.successor_number,
    }


def _time(seconds: int | None) -> str | None:
    return None if seconds is None else format_timestamp(seconds)
