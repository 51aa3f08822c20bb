"""The seven checks that a verdict shows, in order: what passed, what failed, what could not be known."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from portal.verification.evidence import Evidence, InRegister, RegisterUnavailable
from portal.verification.rules import live_status
from portal.verification.statuses import FINAL_STATUSES, StatusValue
from portal.verification.verdict import Check, CheckName, CheckState, Reason

_PASSED, _FAILED = CheckState.PASSED, CheckState.FAILED
_UNKNOWN, _NOT_APPLICABLE = CheckState.UNKNOWN, CheckState.NOT_APPLICABLE

# read, signature, issuer, scope: after a failure the later ones say nothing about an unproven document.
_AUTHENTICITY: Mapping[Reason, tuple[CheckState, CheckState, CheckState, CheckState]] = MappingProxyType(
    {
        Reason.MALFORMED: (_FAILED, _NOT_APPLICABLE, _NOT_APPLICABLE, _NOT_APPLICABLE),
        Reason.TRUST_LIST_UNUSABLE: (_PASSED, _UNKNOWN, _UNKNOWN, _UNKNOWN),
        Reason.KEY_UNKNOWN: (_PASSED, _UNKNOWN, _FAILED, _NOT_APPLICABLE),
        Reason.SIGNATURE_INVALID: (_PASSED, _FAILED, _NOT_APPLICABLE, _NOT_APPLICABLE),
        Reason.KEY_NOT_IN_TERM: (_PASSED, _PASSED, _FAILED, _NOT_APPLICABLE),
        Reason.OUT_OF_SCOPE: (_PASSED, _PASSED, _PASSED, _FAILED),
        Reason.KEY_COMPROMISED: (_PASSED, _PASSED, _FAILED, _PASSED),
    }
)
_GENUINE = (_PASSED, _PASSED, _PASSED, _PASSED)


def checks_without_proof(reason: Reason) -> tuple[Check, ...]:
    """The checks behind a verdict on a document that is not proven genuine."""
    return _named((*_AUTHENTICITY[reason], _NOT_APPLICABLE, _NOT_APPLICABLE, _NOT_APPLICABLE))


def checks_with_proof(evidence: Evidence, reason: Reason) -> tuple[Check, ...]:
    """The checks behind a verdict on a genuine document."""
    return _named((*_GENUINE, _register(evidence, reason), _status(evidence), _dates(evidence)))


@lru_cache(maxsize=256)
def _named(states: tuple[CheckState, ...]) -> tuple[Check, ...]:
    return tuple(Check(name, state) for name, state in zip(CheckName, states, strict=True))


def _register(evidence: Evidence, reason: Reason) -> CheckState:
    if isinstance(evidence.register, RegisterUnavailable):
        return _UNKNOWN
    taken = isinstance(evidence.register, InRegister) and evidence.register.successor is None
    return _PASSED if taken and reason is not Reason.CLAIMS_MISMATCH else _FAILED


def _status(evidence: Evidence) -> CheckState:
    live = live_status(evidence)
    if live in (StatusValue.IN_FORCE, StatusValue.RENEWING):
        return _PASSED
    value = evidence.status.value if evidence.status else None
    # A stale list proves an end, and nothing else.
    ended = value in FINAL_STATUSES or live in (StatusValue.SUSPENDED, StatusValue.SUPERSEDED)
    return _FAILED if ended else _UNKNOWN


def _dates(evidence: Evidence) -> CheckState:
    credential = evidence.credential
    if evidence.at < credential.not_before:
        return _FAILED
    if credential.expires_at is None:
        return _NOT_APPLICABLE
    within = evidence.at < credential.expires_at or live_status(evidence) is StatusValue.RENEWING
    return _PASSED if within else _FAILED
