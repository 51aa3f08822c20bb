"""Drafts of licences, and the licences that the demonstration's authorities make of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta

from stdnum.cn import uscc
from stdnum.iso7064 import mod_37_36

from portal.authority.bundles import record_line
from portal.authority.faces import FaceExtras, FieldValue, build_face
from portal.authority.signing import LicenceClaims, NoticeClaims, sign_credential, sign_notice
from portal.authority.signing_keys import SigningKey
from portal.authority.tables import first_second, first_second_after
from portal.catalogue.licence_types import Catalogue, LicenceType
from portal.demonstration.issuers import Issuer
from portal.demonstration.places import City, address, holder_name, masked_person, person
from portal.demonstration.types import PLANS
from portal.verification.notice import NoticeKind
from portal.verification.statuses import StatusValue

_HOURS_TO_SIGN = 9 * 3600  # of the day on which a licence begins


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    effective: date
    decision_number: str | None = None
    reason: str | None = None
    published_until: date | None = None
    kind: NoticeKind | None = None
    successor_number: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A licence to be made, signed on its first day unless `signed_on` says otherwise. `tag` names it for the samples.

    `number` and `holder` replace what follows from type, city and serial number.
    """

    issuer: Issuer
    slug: str
    city: City
    serial: int
    valid_from: date
    valid_until: date | None
    version: int = 1
    key: str = "main"
    status: int = StatusValue.IN_FORCE
    status_list: int = 0
    notice: NoticeDraft | None = None
    registered: bool = True
    signed_on: date | None = None
    number: str | None = None
    holder: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class MadeLicence:
    draft: Draft
    claims: LicenceClaims
    credential: bytes
    face: bytes
    notice: bytes | None
    algorithm_name: str

    @property
    def line(self) -> bytes:
        return record_line(self.credential, self.face, self.notice)


def make_licence(
    draft: Draft, status_index: int, catalogue: Catalogue, key: SigningKey, status_key: SigningKey
) -> MadeLicence:
    licence_type = catalogue.by_slug[draft.slug]
    claims = _claims(draft, licence_type, status_index)
    face = build_face(
        licence_type,
        number=claims.number,
        version=claims.version,
        issuer_id=draft.issuer.id,
        fields=_fields(draft, claims, licence_type),
        extras=_extras(draft),
    )
    claims = replace(claims, face_digest=hashlib.sha256(face).digest())
    notice = sign_notice(status_key, _notice(draft, draft.notice, claims)) if draft.notice else None
    return MadeLicence(draft, claims, sign_credential(key, claims), face, notice, key.algorithm.name)


def _claims(draft: Draft, licence_type: LicenceType, status_index: int) -> LicenceClaims:
    plan = PLANS[draft.slug]
    return LicenceClaims(
        number=draft.number or plan.number(draft.city, draft.valid_from.year, draft.serial),
        type_code=licence_type.code,
        holder=draft.holder or holder_name(draft.city, draft.serial, plan.kind),
        version=draft.version,
        not_before=first_second(draft.valid_from),
        issued_at=first_second(draft.signed_on or draft.valid_from) + _HOURS_TO_SIGN,
        face_digest=bytes(32),
        status_index=status_index,
        expires_at=first_second_after(draft.valid_until) if draft.valid_until else None,
        uscc=_uscc(draft),
        address=address(draft.city, draft.serial),
        status_list=draft.status_list,
    )


def _uscc(draft: Draft) -> str:
    first = f"91{draft.city.region}MA0DE{draft.serial:04d}"
    return first + uscc.calc_check_digit(first)


def _fields(draft: Draft, claims: LicenceClaims, licence_type: LicenceType) -> dict[str, FieldValue]:
    """What the demonstration knows, cut down to the fields that the type has."""
    serial, place = draft.serial, claims.address or ""
    known: dict[str, FieldValue] = {
        "holder_name": claims.holder,
        "uscc": claims.uscc or "",
        "legal_rep": person(serial),
        "issuer": draft.issuer.name_zh,
        "issue_date": draft.valid_from.isoformat(),
        "effective_date": draft.valid_from.isoformat(),
        "expiry_date": draft.valid_until.isoformat() if draft.valid_until else "",
        "supervisor": f"{draft.city.name}市市场监督管理局（演示）",
        "report_phone": "12315",
        **dict.fromkeys(("address", "business_address", "site"), place),
        "warehouse_address": address(draft.city, serial + 5),
        **{field.key: masked_person(serial + field.order) for field in licence_type.fields if field.public == "mask"},
        **PLANS[draft.slug].fields,
    }
    return {key: value for key, value in known.items() if licence_type.field(key)}


def _extras(draft: Draft) -> FaceExtras:
    latitude, longitude = draft.city.location
    retail = draft.slug == "drug-distribution-retail"
    return FaceExtras(
        elicence_id=_elicence_id(draft),
        copy="正本" if draft.serial % 2 else "副本",
        sites=("https://shop.example.com",) if retail and draft.serial % 5 == 0 else (),
        location=(round(latitude + draft.serial % 50 / 1000, 4), round(longitude + draft.serial % 70 / 1000, 4)),
        credit={"grade": "A", "by": draft.issuer.name_zh, "as_of": draft.valid_from.isoformat()} if retail else None,
        links=(("traceability", "https://trace.example.com/demo"),) if retail and draft.serial % 3 == 0 else (),
    )


def _elicence_id(draft: Draft) -> str:
    """GB/T 36904: type, issuer, serial, version and a check character over all four."""
    kind = f"11100000MB0341032Y{list(PLANS).index(draft.slug) + 1:03d}"
    parts = (kind, draft.issuer.id, f"DEMO{draft.city.region}{draft.serial:05d}", f"{draft.version:03d}")
    return ".".join(("1.2.156.3005.2", *parts, mod_37_36.calc_check_digit("".join(parts))))


def _notice(draft: Draft, notice: NoticeDraft, claims: LicenceClaims) -> NoticeClaims:
    return NoticeClaims(
        number=claims.number,
        type_code=claims.type_code,
        version=claims.version,
        status=StatusValue(draft.status),
        effective=notice.effective,
        issued_at=first_second(notice.effective),
        decision_number=notice.decision_number,
        reason=notice.reason,
        published_until=notice.published_until,
        kind=notice.kind,
        successor_number=notice.successor_number,
    )


def five_years_from(day: date) -> date:
    """The last day of a term of five years."""
    return day.replace(year=day.year + 5, day=min(day.day, 28)) - timedelta(days=1)
