"""Evidence → Verdict (spec/verdicts.md). Pure and total: the first objection decides, and none means `in_force`.

Unknown is never green and never red. A verdict on a document without proof holds no claim of that document.
"""

from __future__ import annotations

from dataclasses import replace

from portal.verification.checks import checks_with_proof, checks_without_proof
from portal.verification.dates import beijing_date, last_valid_date
from portal.verification.evidence import Evidence, InRegister, RegisterUnavailable
from portal.verification.notice import Notice
from portal.verification.presentation import BrokenCode, OtherCode
from portal.verification.rules import ON_AUTHENTICITY, ON_FORCE, Rule, claims_mismatch, current_notice, live_status
from portal.verification.statuses import Freshness, StatusValue
from portal.verification.verdict import Attribute, Licence, Reason, Verdict

EXPIRES_SOON_DAYS = 30


def decide(evidence: Evidence) -> Verdict:
    """The verdict on a well-formed credential."""
    objection = _first(ON_AUTHENTICITY, evidence)
    if objection is not None:
        return _without_proof(objection, evidence)
    reason = _first(ON_FORCE, evidence) or Reason.IN_FORCE
    return _with_proof(reason, evidence)


def decide_broken(code: BrokenCode, at: int) -> Verdict:
    """The verdict on a text that begins like our code and breaks its format."""
    return Verdict(
        Reason.MALFORMED,
        checked_at=at,
        attributes=_foreign_host(code.other_host),
        checks=checks_without_proof(Reason.MALFORMED),
        other_host=code.other_host,
    )


def decide_other(code: OtherCode, at: int) -> Verdict:
    """The verdict on a text that is no code of ours: it is shown as text, never opened."""
    return Verdict(Reason.NOT_A_LICENCE_CODE, checked_at=at, other_host=code.host, text=code.text)


def objection_to_genuineness(evidence: Evidence) -> Reason | None:
    """The first objection to a credential's being genuine and agreeing with its face (rows 7 to 13)."""
    return _first((*ON_AUTHENTICITY, claims_mismatch), evidence)


def _first(rules: tuple[Rule, ...], evidence: Evidence) -> Reason | None:
    for rule in rules:
        reason = rule(evidence)
        if reason is not None:
            return reason
    return None


def _without_proof(reason: Reason, evidence: Evidence) -> Verdict:
    signer = evidence.signer if evidence.signer and evidence.signer.signature_holds else None
    return Verdict(
        reason,
        checked_at=evidence.at,
        attributes=_foreign_host(evidence.other_host),
        checks=checks_without_proof(reason),
        trust_list_version=evidence.trust_list.version,
        key_hint=evidence.credential.envelope.key_id.hex(),
        signer=(signer.issuer, signer.key) if signer and reason is not Reason.TRUST_LIST_UNUSABLE else None,
        other_host=evidence.other_host,
    )


def _with_proof(reason: Reason, evidence: Evidence) -> Verdict:
    attributes = _attributes(evidence) if reason is Reason.IN_FORCE else ()
    register = evidence.register
    licence = _licence(evidence, reason)
    return Verdict(
        reason,
        checked_at=evidence.at,
        attributes=attributes + _foreign_host(evidence.other_host),
        checks=checks_with_proof(evidence, reason),
        licence=licence,
        trust_list_version=evidence.trust_list.version,
        status_as_of=evidence.status.issued_at if evidence.status else None,
        register_as_of=None if isinstance(register, RegisterUnavailable) else register.as_of,
        key_hint=evidence.credential.envelope.key_id.hex(),
        signer=(licence.issuer, licence.key),
        other_host=evidence.other_host,
    )


def _licence(evidence: Evidence, reason: Reason) -> Licence:
    signer, licence_type, register = evidence.signer, evidence.licence_type, evidence.register
    if signer is None or licence_type is None:
        raise AssertionError("rows 8 and 11 have objected to evidence without a signer or a type")
    taken = register if isinstance(register, InRegister) else None
    face = taken.face if taken else None
    if reason is Reason.CLAIMS_MISMATCH and face and face.digest != evidence.credential.face_digest:
        face = None  # another document than the one that was signed may say anything: it is no part of a verdict
    return Licence(
        credential=evidence.credential,
        licence_type=licence_type,
        issuer=signer.issuer,
        key=signer.key,
        face=face,
        registration=taken.registration if taken else None,
        status=evidence.status,
        notice=_as_published(current_notice(evidence), evidence.at),
        successor=None if isinstance(register, RegisterUnavailable) else register.successor,
    )


def _as_published(notice: Notice | None, at: int) -> Notice | None:
    """After its last day of publication a notice keeps the status and loses reason and decision number (spec §7)."""
    if notice is None or notice.is_published(at):
        return notice
    return replace(notice, decision_number=None, reason=None)


def _attributes(evidence: Evidence) -> tuple[Attribute, ...]:
    found = {
        Attribute.EXPIRES_SOON: _expires_soon(evidence),
        Attribute.RENEWING: live_status(evidence) is StatusValue.RENEWING,
        Attribute.STATUS_AGEING: evidence.status is not None and evidence.status.freshness is Freshness.AGEING,
    }
    return tuple(attribute for attribute, holds in found.items() if holds)


def _expires_soon(evidence: Evidence) -> bool:
    expires = evidence.credential.expires_at
    if expires is None:
        return False
    days_left = (last_valid_date(expires) - beijing_date(evidence.at)).days
    return 0 <= days_left <= EXPIRES_SOON_DAYS


def _foreign_host(other_host: str | None) -> tuple[Attribute, ...]:
    return (Attribute.FOREIGN_HOST,) if other_host is not None else ()
