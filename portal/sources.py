"""What the verifier asks of a register and of the published keys, and the values that they answer with.

Unavailable is an answer, not an exception; a bug is an exception. No answer is trusted: the verifier proves it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from portal.verification.evidence import RegisterUnavailable
from portal.verification.evidence_file import Proof
from portal.verification.statuses import StatusList
from portal.verification.trust import Root, TrustList
from portal.verification.trust_history import History
from portal.verification.verdict import Registration


@dataclass(frozen=True, slots=True)
class StoredLicence:
    """One version of a licence as the register keeps it: signed bytes, and under which manifest they were taken.

    `register_as_of` is when the issuer last signed a bundle that was taken (seconds, UTC). `notice_signed_at` is when
    the manifest that brought the notice was signed: it may be a later one than the licence's.
    """

    credential_id: bytes
    type_code: int
    version: int
    issuer_id: str
    line: bytes
    notice: bytes | None
    notice_signed_at: int | None
    registration: Registration
    register_as_of: int


@dataclass(frozen=True, slots=True)
class StoredNotice:
    """A notice about one version of a licence; `registered_at` is when the manifest that brought it was signed."""

    issuer_id: str
    version: int
    notice: bytes
    registered_at: int


@dataclass(frozen=True, slots=True)
class LicenceCount:
    """How many licences of a type the register has of an issuer; the versions of one count once."""

    issuer_id: str
    type_code: int
    licences: int


@dataclass(frozen=True, slots=True)
class StoredBundle:
    """The last bundle that was taken from an issuer: its sequence and when it was signed (seconds, UTC)."""

    issuer_id: str
    sequence: int
    signed_at: int


class FoundBy(StrEnum):
    """What is known of a licence that is looked for. Persons are found neither by NAME nor by USCC."""

    NUMBER = "number"
    ELICENCE = "elicence"
    USCC = "uscc"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Licences to look for. `key` is in its comparable form, and of a name only a part; a filter of None is no filter.

    Of what is found, in a stable order, the first `first` are skipped and at most `count` returned.
    """

    by: FoundBy
    key: str
    first: int
    count: int
    issuer_ids: Collection[str] | None = None
    type_code: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The newest version of each licence found; `more` if there are others after these."""

    licences: tuple[StoredLicence, ...]
    more: bool


class Register(Protocol):
    """What the register answers."""

    def versions(self, type_code: int, number: str) -> tuple[StoredLicence, ...] | RegisterUnavailable:
        """All versions of the licence with this number of this type, the highest first."""

    def by_number(self, key: str) -> tuple[StoredLicence, ...] | RegisterUnavailable:
        """All licences whose number has this lookup key: by type, then the highest version first."""

    def as_of(self, issuer_id: str) -> int | None | RegisterUnavailable:
        """When the issuer last signed a bundle that was taken; None if none was."""

    def face(self, digest: bytes) -> bytes | None | RegisterUnavailable:
        """The face document with this SHA-256."""

    def inclusion(self, issuer_id: str, credential_id: bytes) -> Proof | None | RegisterUnavailable:
        """The proof that the issuer registered this credential, in the bundle that first brought it, if any."""

    def search(self, wanted: Wanted) -> Found | RegisterUnavailable:
        """The licences that are wanted."""

    def notices(self, type_code: int, number: str) -> tuple[StoredNotice, ...] | RegisterUnavailable:
        """All notices ever taken about the licence with this number of this type, the latest first."""

    def licence_counts(self) -> tuple[LicenceCount, ...] | RegisterUnavailable:
        """What the register has, by issuer and type."""

    def last_bundles(self) -> tuple[StoredBundle, ...] | RegisterUnavailable:
        """The last bundle of each issuer."""


class Published(Protocol):
    """The published keys and status lists as last accepted; a newer list is taken within seconds."""

    @property
    def root(self) -> Root: ...

    def trust_list(self, at: int) -> TrustList: ...

    def status_list(self, issuer_id: str, number: int, at: int) -> StatusList | None: ...

    def status_lists(self, at: int) -> tuple[StatusList, ...]: ...

    def clock_is_behind(self, at: int) -> int:
        """How many seconds after `at` something was signed, if that proves the clock wrong; else 0."""

    def history(self, at: int) -> History: ...

    def past_file(self, name: str) -> bytes | None:
        """A file of the history by its name: the log, a list, a root, or their signatures."""

    @property
    def refused(self) -> int:
        """How many trust and status lists were refused since the start."""
