"""A whole small world for tests, made by the issuing bench: a root, two authorities with keys of every kind, licences,
registers and status lists. Nothing is imitated: `write` puts files in place and loads the real register.

    world = World()
    licence = world.licence(number="辽CB024100123")
    world.take_into_register(licence)
    world.set_status(licence, StatusValue.REVOKED)
    settings = world.write(tmp_path).settings  # and assemble(settings, lambda: AT) is a portal that says so
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypedDict, Unpack

from portal.authority.bundles import record_line
from portal.authority.faces import NO_EXTRAS, FaceExtras, FieldValue, build_face
from portal.authority.signing import LicenceClaims, NoticeClaims, sign_credential, sign_notice
from portal.authority.trust_lists import make_root, make_trust_list, sign_trust_list
from portal.catalogue.licence_types import Catalogue, LicenceType
from portal.register.importing import load_bundle, load_status_list
from portal.register.tables import open_for_writing
from portal.settings import Settings
from portal.verification.dates import last_valid_date, parse_timestamp
from portal.verification.envelope import Credential, read_credential
from portal.verification.notice import NoticeKind
from portal.verification.presentation import encode_token
from portal.verification.statuses import StatusValue
from portal.verification.trust import TrustList, read_root, read_trust_list
from tests.authorities import AT, DAY, PUBLIC_URL, REGISTERED_AT, SIGNED_AT, Authority, jilin, key, liaoning

IN_FORCE_FROM = parse_timestamp("2025-12-31T16:00:00Z")
IN_FORCE_UNTIL = parse_timestamp("2029-12-31T16:00:00Z")
CATALOGUE = Catalogue.parse((Path(__file__).parent.parent / "portal/catalogue/catalogue.json").read_bytes())


@dataclass(frozen=True, slots=True)
class Issued:
    """A licence as its authority signed it; `text` is what its QR code says."""

    authority: Authority
    claims: LicenceClaims
    face: bytes
    encoded: bytes

    @property
    def token(self) -> str:
        return encode_token(self.encoded)

    @property
    def text(self) -> str:
        return f"{PUBLIC_URL}/v/{self.token}"

    @property
    def number(self) -> str:
        return self.claims.number

    @property
    def credential(self) -> Credential:
        return read_credential(self.encoded)


class Differences(TypedDict, total=False):
    """How a licence's claims differ from the usual ones."""

    holder: str
    version: int
    not_before: int
    issued_at: int
    face_digest: bytes
    status_index: int
    expires_at: int | None
    uscc: str | None
    address: str | None
    status_list: int


class NoticeDetails(TypedDict, total=False):
    version: int
    effective: date
    issued_at: int
    decision_number: str | None
    reason: str | None
    published_until: date | None
    kind: NoticeKind | None
    successor_number: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """Where a world was put, and the settings under which a portal serves it."""

    folder: Path
    environment: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        return Settings.from_environment(self.environment)


class World:
    """The authorities of a country, their root and what they signed. Mutable: a test says what is different."""

    def __init__(self, catalogue: Catalogue = CATALOGUE) -> None:
        self.catalogue = catalogue
        self.root_keys = [key(f"root-{number}", "Ed25519") for number in range(3)]
        self.root = make_root(2, self.root_keys)
        self.liaoning, self.jilin = liaoning(), jilin()
        self.authorities = [self.liaoning, self.jilin]
        self.version = 7
        self.issued_at, self.expires_at = AT - DAY, AT + 90 * DAY

    def licence(
        self,
        number: str = "辽CB024100123",
        *,
        by: Authority | None = None,
        key: str | None = None,
        slug: str = "drug-distribution-retail",
        fields: Mapping[str, FieldValue] | None = None,
        extras: FaceExtras = NO_EXTRAS,
        face: bytes | None = None,
        **differences: Unpack[Differences],
    ) -> Issued:
        """A licence signed by key `key` of authority `by`; it is not yet in the register."""
        authority = by or self.liaoning
        licence_type = self.catalogue.by_slug[slug]
        claims = replace(_USUAL, number=number, type_code=licence_type.code, **differences)
        if "status_index" not in differences:
            claims = replace(claims, status_index=authority.take_index())
        if face is None:
            face = _face(claims, licence_type, authority.id, fields or {}, extras)
        if "face_digest" not in differences:
            claims = replace(claims, face_digest=hashlib.sha256(face).digest())
        return Issued(authority, claims, face, sign_credential(authority.key(key), claims))

    def take_into_register(
        self, *licences: Issued, notices: Mapping[str, bytes] | None = None, signed_at: int = REGISTERED_AT
    ) -> None:
        """One bundle for each authority concerned, in the order of the calls; `notices` are by licence number."""
        by_authority: dict[Authority, list[bytes]] = {}
        for each in licences:
            line = record_line(each.encoded, each.face, (notices or {}).get(each.number))
            by_authority.setdefault(each.authority, []).append(line)
        for authority, records in by_authority.items():
            authority.sign_bundle(records, signed_at)

    def set_status(self, licence: Issued, value: StatusValue | int) -> None:
        licence.authority.statuses[licence.claims.status_index] = int(value)

    def notice(self, licence: Issued, status: StatusValue, **details: Unpack[NoticeDetails]) -> bytes:
        """A notice about a licence, by its authority's own status key."""
        claims = NoticeClaims(
            licence.number, licence.claims.type_code, licence.claims.version, status, date(2026, 11, 1), REGISTERED_AT
        )
        return sign_notice(licence.authority.status_key, replace(claims, **details))

    @property
    def trust_list_document(self) -> bytes:
        entries = [authority.entry for authority in self.authorities]
        return make_trust_list(self.version, self.issued_at, self.expires_at, entries)

    @property
    def trust_list(self) -> TrustList:
        document = self.trust_list_document
        return read_trust_list(document, sign_trust_list(document, self.root_keys[:2]), read_root(self.root))

    def write_keys(self, folder: Path) -> None:
        """Put root, trust list and signatures into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        trust_list = self.trust_list
        (folder / "root.json").write_bytes(self.root)
        (folder / "trust-list.json").write_bytes(trust_list.document)
        (folder / "trust-list.json.sig").write_bytes(trust_list.signatures)

    def write(self, folder: Path) -> Written:
        """Publish the keys and load all bundles and status lists, as an operator would."""
        self.write_keys(folder / "keys")
        database_url = f"sqlite:///{folder / 'register.sqlite'}"
        _load_register(database_url, self.authorities, self.trust_list, self.catalogue)
        environment = {
            "PORTAL_PUBLIC_URL": PUBLIC_URL,
            "PORTAL_ROOT_SHA256": hashlib.sha256(self.root).hexdigest(),
            "PORTAL_KEYS_DIR": str(folder / "keys"),
            "PORTAL_DATABASE_URL": database_url,
        }
        return Written(folder, environment)


_USUAL = LicenceClaims(
    number="",
    type_code=0,
    holder="沈阳和平演示大药房（演示）",
    version=1,
    not_before=IN_FORCE_FROM,
    issued_at=SIGNED_AT,
    face_digest=bytes(32),
    status_index=0,
    expires_at=IN_FORCE_UNTIL,
    uscc="91210100MA0DEM018W",
    address="沈阳市和平区演示路18号",
)


def _face(
    claims: LicenceClaims,
    licence_type: LicenceType,
    issuer_id: str,
    fields: Mapping[str, FieldValue],
    extras: FaceExtras,
) -> bytes:
    usual = {
        "holder_name": claims.holder,
        "uscc": claims.uscc or "",
        "expiry_date": last_valid_date(claims.expires_at).isoformat() if claims.expires_at else "",
        "issuer": "演示发证机关",
    }
    shown = {key: value for key, value in usual.items() if licence_type.field(key)}
    return build_face(
        licence_type,
        number=claims.number,
        version=claims.version,
        issuer_id=issuer_id,
        fields={**shown, **fields},
        extras=extras,
    )


def _load_register(
    database_url: str, authorities: Sequence[Authority], trust_list: TrustList, catalogue: Catalogue
) -> None:
    engine = open_for_writing(database_url)
    for authority in authorities:
        for bundle in authority.bundles:
            load_bundle(engine, bundle, trust_list, catalogue, AT)
        if authority.publishes_status:
            load_status_list(engine, authority.status_list(), trust_list, AT)
    engine.dispose()
