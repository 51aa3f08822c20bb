"""What can come out of a verification (spec/verdicts.md): a reason, its outcome, attributes and the checks behind it.

The outcome follows from the reason by one table; nothing sets both. A verdict holds only what may be shown: from
a verdict without proof (reasons up to `key_compromised`) there is no licence in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from portal.catalogue.licence_types import LicenceType
from portal.verification.envelope import Credential
from portal.verification.face import Face
from portal.verification.notice import Notice
from portal.verification.statuses import StatusReading
from portal.verification.trust import Issuer, IssuerKey


class Outcome(StrEnum):
    VALID = "valid"
    CAUTION = "caution"
    INVALID = "invalid"
    UNKNOWN = "unknown"
    NONE = "none"


class Reason(StrEnum):
    """In the order of the table in spec/verdicts.md: the first that applies is the verdict."""

    UNREADABLE_IMAGE = "unreadable_image"
    NO_CODE_FOUND = "no_code_found"
    SEVERAL_CODES = "several_codes"
    NOT_A_LICENCE_CODE = "not_a_licence_code"
    NOT_FOUND = "not_found"
    MALFORMED = "malformed"
    TRUST_LIST_UNUSABLE = "trust_list_unusable"
    KEY_UNKNOWN = "key_unknown"
    SIGNATURE_INVALID = "signature_invalid"
    KEY_NOT_IN_TERM = "key_not_in_term"
    OUT_OF_SCOPE = "out_of_scope"
    KEY_COMPROMISED = "key_compromised"
    CLAIMS_MISMATCH = "claims_mismatch"
    REVOKED = "revoked"
    RESCINDED = "rescinded"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    VOID = "void"
    FILING_REMOVED = "filing_removed"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    MIGRATED = "migrated"
    EXPIRED = "expired"
    NOT_YET_IN_FORCE = "not_yet_in_force"
    REGISTER_UNAVAILABLE = "register_unavailable"
    NOT_IN_REGISTER = "not_in_register"
    STATUS_UNKNOWN = "status_unknown"
    IN_FORCE = "in_force"


_OUTCOMES: Mapping[Outcome, tuple[Reason, ...]] = {
    Outcome.NONE: (
        Reason.UNREADABLE_IMAGE,
        Reason.NO_CODE_FOUND,
        Reason.SEVERAL_CODES,
        Reason.NOT_A_LICENCE_CODE,
        Reason.NOT_FOUND,
    ),
    Outcome.INVALID: (
        Reason.MALFORMED,
        Reason.KEY_UNKNOWN,
        Reason.SIGNATURE_INVALID,
        Reason.KEY_NOT_IN_TERM,
        Reason.OUT_OF_SCOPE,
        Reason.KEY_COMPROMISED,
        Reason.CLAIMS_MISMATCH,
        Reason.REVOKED,
        Reason.RESCINDED,
        Reason.WITHDRAWN,
        Reason.CANCELLED,
        Reason.VOID,
        Reason.FILING_REMOVED,
        Reason.SUSPENDED,
        Reason.EXPIRED,
    ),
    Outcome.CAUTION: (Reason.SUPERSEDED, Reason.MIGRATED, Reason.NOT_YET_IN_FORCE, Reason.NOT_IN_REGISTER),
    Outcome.UNKNOWN: (Reason.TRUST_LIST_UNUSABLE, Reason.REGISTER_UNAVAILABLE, Reason.STATUS_UNKNOWN),
    Outcome.VALID: (Reason.IN_FORCE,),
}
OUTCOME_OF: Mapping[Reason, Outcome] = MappingProxyType(
    {reason: outcome for outcome, reasons in _OUTCOMES.items() for reason in reasons}
)


class Attribute(StrEnum):
    """Adds a sentence to a verdict and never improves it. All but FOREIGN_HOST occur with `in_force` alone."""

    EXPIRES_SOON = "expires_soon"
    RENEWING = "renewing"
    STATUS_AGEING = "status_ageing"
    FOREIGN_HOST = "foreign_host"


class CheckName(StrEnum):
    READ = "read"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    SCOPE = "scope"
    REGISTER = "register"
    STATUS = "status"
    DATES = "dates"


class CheckState(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Check:
    name: CheckName
    state: CheckState


@dataclass(frozen=True, slots=True)
class Registration:
    """That the issuer's register took this credential: under which manifest, signed when, received when (seconds)."""

    manifest_sequence: int
    manifest_signed_at: int
    taken_at: int


class Licence(NamedTuple):
    """The facts of a proven credential, and what the register and the issuer say of it. Safe to show.

    `face` is the document that the credential's signature covers; None where it is not at hand.
    """

    credential: Credential
    licence_type: LicenceType
    issuer: Issuer
    key: IssuerKey
    face: Face | None = None
    registration: Registration | None = None
    status: StatusReading | None = None
    notice: Notice | None = None
    successor: Credential | None = None


class Verdict(NamedTuple):
    """The answer to one presentation, as of `checked_at` (seconds since 1970, UTC).

    `licence` is set from `claims_mismatch` on; `key_hint` is the unproven key id of a well-formed code; `other_host` is
    the host that a code names when it is not this portal's, as text, never to be opened; `text` is what was typed or
    read when it is no licence code; `entries` are the verdicts to choose from under `several_codes`.
    """

    reason: Reason
    checked_at: int
    attributes: tuple[Attribute, ...] = ()
    checks: tuple[Check, ...] = ()
    licence: Licence | None = None
    trust_list_version: int | None = None
    status_as_of: int | None = None
    register_as_of: int | None = None
    key_hint: str | None = None
    signer: tuple[Issuer, IssuerKey] | None = None
    other_host: str | None = None
    text: str | None = None
    entries: tuple[Verdict, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return OUTCOME_OF[self.reason]
