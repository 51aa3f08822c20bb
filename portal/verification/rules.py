"""The rules of spec/verdicts.md, one function a row: each objects with a reason, or not at all.

`ON_AUTHENTICITY` and `ON_FORCE` hold them in the order of the table, in which `decide` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from portal.catalogue.numbers import normalise
from portal.verification.envelope import Credential
from portal.verification.evidence import Evidence, InRegister, NotInRegister, RegisterUnavailable
from portal.verification.face import disagreement
from portal.verification.notice import Notice, NoticeKind
from portal.verification.statuses import Freshness, StatusValue
from portal.verification.trust import KeyState, Use
from portal.verification.verdict import Reason

_FINAL: Mapping[StatusValue, Reason] = MappingProxyType(
    {
        StatusValue.REVOKED: Reason.REVOKED,
        StatusValue.RESCINDED: Reason.RESCINDED,
        StatusValue.WITHDRAWN: Reason.WITHDRAWN,
        StatusValue.CANCELLED: Reason.CANCELLED,
    }
)


def _trust_list_unusable(evidence: Evidence) -> Reason | None:
    return None if evidence.trust_list.is_usable(evidence.at) else Reason.TRUST_LIST_UNUSABLE


def _key_unknown(evidence: Evidence) -> Reason | None:
    return Reason.KEY_UNKNOWN if evidence.signer is None else None


def _signature_invalid(evidence: Evidence) -> Reason | None:
    signer = evidence.signer
    return None if signer and signer.signature_holds else Reason.SIGNATURE_INVALID


def _key_not_in_term(evidence: Evidence) -> Reason | None:
    signer = evidence.signer
    if signer and Use.LICENCE in signer.key.uses and signer.key.is_in_term(evidence.credential.issued_at, evidence.at):
        return None
    return Reason.KEY_NOT_IN_TERM


def _out_of_scope(evidence: Evidence) -> Reason | None:
    signer, licence_type = evidence.signer, evidence.licence_type
    if not signer or not licence_type or not signer.key.may_sign_type(licence_type.slug):
        return Reason.OUT_OF_SCOPE
    first = normalise(evidence.credential.number).lstrip("(")[:1]
    foreign = first in evidence.provinces and first not in signer.issuer.provinces
    return Reason.OUT_OF_SCOPE if foreign else None


def _key_compromised(evidence: Evidence) -> Reason | None:
    signer, register = evidence.signer, evidence.register
    if signer is None or signer.key.state is not KeyState.COMPROMISED:
        return None
    # The time inside the credential is the thief's to choose; the manifest shows what was registered before the theft.
    before = isinstance(register, InRegister) and register.registration.manifest_signed_at < signer.key.since
    return None if before else Reason.KEY_COMPROMISED


def claims_mismatch(evidence: Evidence) -> Reason | None:
    register, licence_type = evidence.register, evidence.licence_type
    if not isinstance(register, InRegister):
        return None
    face = register.face
    if face is None or licence_type is None or face.digest != evidence.credential.face_digest:
        return Reason.CLAIMS_MISMATCH
    return Reason.CLAIMS_MISMATCH if disagreement(face, evidence.credential, licence_type) else None


def _ended_by_status(evidence: Evidence) -> Reason | None:
    value = evidence.status.value if evidence.status else None
    if value is None:
        return None
    if value is StatusValue.ENDED:
        kind = _kind_of_end(evidence)
        return {NoticeKind.VOID: Reason.VOID, NoticeKind.FILING_REMOVED: Reason.FILING_REMOVED}.get(kind)
    return _FINAL.get(value)


def _kind_of_end(evidence: Evidence) -> NoticeKind:
    """What status 0xF means: its notice says; without one it counts as void (spec §6)."""
    notice = current_notice(evidence)
    return notice.kind if notice and notice.kind else NoticeKind.VOID


def current_notice(evidence: Evidence) -> Notice | None:
    """The notice about the status that the list now shows; a notice about an earlier status is history."""
    register, status = evidence.register, evidence.status
    notice = register.notice if isinstance(register, InRegister) else None
    if notice is None or status is None or status.value != notice.status:
        return None
    return notice


def live_status(evidence: Evidence) -> StatusValue | None:
    """The status unless its list is stale: a stale list can condemn but cannot clear, suspend or excuse."""
    status = evidence.status
    return None if status is None or status.freshness is Freshness.STALE else status.value


def _suspended(evidence: Evidence) -> Reason | None:
    return Reason.SUSPENDED if live_status(evidence) is StatusValue.SUSPENDED else None


def _superseded(evidence: Evidence) -> Reason | None:
    if live_status(evidence) is StatusValue.SUPERSEDED or _successor(evidence) is not None:
        return Reason.SUPERSEDED
    return None


def _successor(evidence: Evidence) -> Credential | None:
    register = evidence.register
    return None if isinstance(register, RegisterUnavailable) else register.successor


def _migrated(evidence: Evidence) -> Reason | None:
    ended = live_status(evidence) is StatusValue.ENDED
    return Reason.MIGRATED if ended and _kind_of_end(evidence) is NoticeKind.MIGRATED else None


def _expired(evidence: Evidence) -> Reason | None:
    expires = evidence.credential.expires_at
    if expires is None or evidence.at < expires or live_status(evidence) is StatusValue.RENEWING:
        return None
    return Reason.EXPIRED


def _not_yet_in_force(evidence: Evidence) -> Reason | None:
    return Reason.NOT_YET_IN_FORCE if evidence.at < evidence.credential.not_before else None


def _register_unavailable(evidence: Evidence) -> Reason | None:
    return Reason.REGISTER_UNAVAILABLE if isinstance(evidence.register, RegisterUnavailable) else None


def _not_in_register(evidence: Evidence) -> Reason | None:
    return Reason.NOT_IN_REGISTER if isinstance(evidence.register, NotInRegister) else None


def _status_unknown(evidence: Evidence) -> Reason | None:
    clear = live_status(evidence) in (StatusValue.IN_FORCE, StatusValue.RENEWING)
    return None if clear else Reason.STATUS_UNKNOWN


Rule: TypeAlias = Callable[[Evidence], Reason | None]
ON_AUTHENTICITY: tuple[Rule, ...] = (
    _trust_list_unusable,
    _key_unknown,
    _signature_invalid,
    _key_not_in_term,
    _out_of_scope,
    _key_compromised,
)
ON_FORCE: tuple[Rule, ...] = (
    claims_mismatch,
    _ended_by_status,
    _suspended,
    _superseded,
    _migrated,
    _expired,
    _not_yet_in_force,
    _register_unavailable,
    _not_in_register,
    _status_unknown,
)
