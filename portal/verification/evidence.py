"""What a verdict rests on, as values: gathered by `portal.gathering`, or from a document by `recheck`; then `decide`.

What is made for every record of a bundle is a NamedTuple: made in a third of the time of a frozen dataclass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from portal.catalogue.licence_types import Catalogue, LicenceType
from portal.verification.envelope import Credential
from portal.verification.face import Face
from portal.verification.notice import Notice
from portal.verification.statuses import StatusReading
from portal.verification.trust import Issuer, IssuerKey, TrustList
from portal.verification.verdict import Registration


@dataclass(frozen=True, slots=True)
class RegisterUnavailable:
    """The register could not be read."""


class NotInRegister(NamedTuple):
    """The register was read and does not have this credential; it may have a higher version of the licence.

    `as_of` is when the issuer last signed a bundle that the register took (seconds, UTC).
    """

    successor: Credential | None = None
    as_of: int | None = None


class InRegister(NamedTuple):
    """The register has this credential. `face` is None where its stored bytes are no face document."""

    registration: Registration
    face: Face | None
    notice: Notice | None = None
    successor: Credential | None = None
    as_of: int | None = None


RegisterEvidence: TypeAlias = RegisterUnavailable | NotInRegister | InRegister


class Signer(NamedTuple):
    """Whose key a credential names, and whether the signature holds under it."""

    issuer: Issuer
    key: IssuerKey
    signature_holds: bool


class Evidence(NamedTuple):
    """All that a verdict on a well-formed credential rests on, gathered as of one time `at` (seconds, UTC).

    `signer` is None where no published key has the credential's key id; `licence_type` where the catalogue lacks the
    type; `status` where the issuer has no list here.
    """

    credential: Credential
    at: int
    trust_list: TrustList
    signer: Signer | None
    licence_type: LicenceType | None
    provinces: frozenset[str]
    register: RegisterEvidence
    status: StatusReading | None
    other_host: str | None = None

    @classmethod
    def on(
        cls,
        credential: Credential,
        signer: Signer | None,
        register: RegisterEvidence,
        trust_list: TrustList,
        catalogue: Catalogue,
        at: int,
        status: StatusReading | None = None,
        other_host: str | None = None,
    ) -> Evidence:
        """The evidence on `credential`, with what the catalogue knows of its type."""
        licence_type = catalogue.by_code.get(credential.type_code)
        provinces = catalogue.provinces
        return cls(credential, at, trust_list, signer, licence_type, provinces, register, status, other_host)
