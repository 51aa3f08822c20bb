"""Drafts of licences, and the licences that the demonstration's authorities make of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from stdnum.cn import uscc
from stdnum.iso7064 import mod_37_36

from portal.authority.bundles import record_line
from portal.authority.faces import FaceExtras, FieldValue, build_face
from portal.authority.signing import LicenceClaims, NoticeClaims, sign_credential, sign_notice
from portal.authority.signing_keys import SigningKey
from portal.authority.tables import first_second, first_second_after
from portal.catalogue.licence_types import Catalogue, Field, LicenceType
from portal.demonstration.issuers import IssuerPlan
from portal.demonstration.places import City, address, exporter_name, holder_name, masked_code, masked_person, person
from portal.demonstration.type_plans import EXPORTER, LAST_DAY
from portal.demonstration.types import PLANS
from portal.verification.notice import NoticeKind
from portal.verification.statuses import StatusValue

_GRADED = ("drug-distribution-retail", "drug-distribution-wholesale", "drug-manufacturing", "device-distribution")
_SELLING = ("drug-distribution-retail", "drug-distribution-chain-hq", "device-distribution", "internet-drug-info")
_HOURS_TO_SIGN = 9 * 3600  # of the day on which a licence begins


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A notice; `status` if it differs from the licence's present one, as in an earlier notice."""

    effective: date
    decision_number: str | None = None
    reason: str | None = None
    published_until: date | None = None
    kind: NoticeKind | None = None
    successor_number: str | None = None
    status: StatusValue | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A licence to be made, signed on its first day unless `signed_on` says otherwise. `tag` names it for the samples.

    `number` and `holder` replace what follows from type, city and serial number, `fields` what the type's plan says.
    `party` replaces the serial number in what tells whose licence it is, and where.
    """

    issuer: IssuerPlan
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
    earlier_notices: tuple[NoticeDraft, ...] = ()
    registered: bool = True
    signed_on: date | None = None
    number: str | None = None
    holder: str | None = None
    party: int | None = None
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    tag: str | None = None

    @property
    def whose(self) -> int:
        return self.serial if self.party is None else self.party


@dataclass(frozen=True, slots=True)
class MadeLicence:
    draft: Draft
    claims: LicenceClaims
    credential: bytes
    face: bytes
    notices: tuple[bytes, ...]
    algorithm_name: str

    @property
    def lines(self) -> list[bytes]:
        """The licence as a register takes it: once, or once with each of its notices."""
        return [record_line(self.credential, self.face, notice) for notice in self.notices or (None,)]


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
        extras=_extras(draft, licence_type.code),
    )
    claims = replace(claims, face_digest=hashlib.sha256(face).digest())
    told = [*draft.earlier_notices, *([draft.notice] if draft.notice else [])]
    notices = tuple(sign_notice(status_key, _notice(draft, each, claims)) for each in told)
    return MadeLicence(draft, claims, sign_credential(key, claims), face, notices, key.algorithm.name)


def _claims(draft: Draft, licence_type: LicenceType, status_index: int) -> LicenceClaims:
    plan = PLANS[draft.slug]
    return LicenceClaims(
        number=draft.number or number_of(draft),
        type_code=licence_type.code,
        holder=draft.holder or (holder_name(draft.city, draft.whose, plan.kind) if plan.kind else person(draft.whose)),
        version=draft.version,
        not_before=first_second(draft.valid_from),
        issued_at=first_second(draft.signed_on or draft.valid_from) + _HOURS_TO_SIGN,
        face_digest=bytes(32),
        status_index=status_index,
        expires_at=first_second_after(draft.valid_until) if draft.valid_until else None,
        uscc=_uscc(draft) if plan.kind else None,
        address=_premises(draft),
        status_list=draft.status_list,
    )


def number_of(draft: Draft) -> str:
    number = PLANS[draft.slug].number(draft.city, draft.valid_from.year, draft.serial)
    return number.replace(LAST_DAY, f"{draft.valid_until:%y%m%d}") if draft.valid_until else number


def _premises(draft: Draft) -> str:
    """The first of the addresses that the draft changes, or the holder's."""
    changed = (draft.fields.get(key) for key in ("business_address", "site", "address"))
    return next((each for each in changed if isinstance(each, str)), address(draft.city, draft.whose))


def _uscc(draft: Draft) -> str:
    first = f"91{draft.city.region}MA0DE{draft.whose:04d}"
    return first + uscc.calc_check_digit(first)


def _fields(draft: Draft, claims: LicenceClaims, licence_type: LicenceType) -> dict[str, FieldValue]:
    """What the demonstration knows, cut down to the fields that the type has."""
    serial, place = draft.whose, claims.address or ""
    masked = {each.key: _masked(draft, each) for each in licence_type.fields if each.public == "mask"}
    known: dict[str, FieldValue] = {
        **dict.fromkeys(("holder_name", "name"), claims.holder),
        **dict.fromkeys(("uscc", "org_code"), claims.uscc or ""),
        "legal_rep": person(serial),
        "region": f"{draft.city.name}市",
        "issuer": draft.issuer.name_zh,
        "issue_date": draft.valid_from.isoformat(),
        "effective_date": draft.valid_from.isoformat(),
        "expiry_date": draft.valid_until.isoformat() if draft.valid_until else "",
        "supervisor": f"{draft.city.name}市市场监督管理局（演示）",
        "report_phone": "12315",
        **dict.fromkeys(("address", "business_address", "site", "dept_address"), place),
        "warehouse_address": address(draft.city, serial + 5),
        **masked,
        **{key: _for_holder(value, draft) for key, value in PLANS[draft.slug].fields.items()},
        **draft.fields,
    }
    return {key: value for key, value in known.items() if licence_type.field(key)}


def _masked(draft: Draft, masked: Field) -> str:
    return (
        masked_person(draft.whose + masked.order) if masked.kind == "person" else masked_code(draft.city, draft.whose)
    )


def _for_holder(value: FieldValue, draft: Draft) -> FieldValue:
    if isinstance(value, str):
        return value
    exporter = exporter_name(draft.city, draft.whose)
    return [line.replace(EXPORTER, exporter) for line in value]


def _extras(draft: Draft, type_code: int) -> FaceExtras:
    latitude, longitude = draft.city.location
    graded, in_shops = draft.slug in _GRADED, draft.slug in _SELLING and draft.serial % 5 == 0
    grade = {"grade": "AAB"[draft.serial % 3], "by": draft.issuer.name_zh, "as_of": draft.valid_from.isoformat()}
    links = (("traceability", "https://trace.example.com/demo"), ("credit", "https://credit.example.com/demo"))
    return FaceExtras(
        elicence_id=_elicence_id(draft, type_code),
        copy="正本" if draft.serial % 2 else "副本",
        sites=(f"https://shop{draft.whose}.example.com",) if in_shops else (),
        location=(round(latitude + draft.serial % 50 / 1000, 4), round(longitude + draft.serial % 70 / 1000, 4)),
        credit=grade if graded else None,
        links=links[: draft.serial % 3] if graded else (),
    )


def _elicence_id(draft: Draft, type_code: int) -> str:
    """GB/T 36904: type, issuer, serial, version and a check character over all four."""
    kind = f"11100000MB0341032Y{type_code:03d}"
    parts = (kind, draft.issuer.id, f"DEMO{draft.city.region}{draft.serial:05d}", f"{draft.version:03d}")
    return ".".join(("1.2.156.3005.2", *parts, mod_37_36.calc_check_digit("".join(parts))))


def _notice(draft: Draft, notice: NoticeDraft, claims: LicenceClaims) -> NoticeClaims:
    return NoticeClaims(
        number=claims.number,
        type_code=claims.type_code,
        version=claims.version,
        status=StatusValue(draft.status) if notice.status is None else notice.status,
        effective=notice.effective,
        issued_at=first_second(notice.effective),
        decision_number=notice.decision_number,
        reason=notice.reason,
        published_until=notice.published_until,
        kind=notice.kind,
        successor_number=notice.successor_number,
    )


def end_of_term(day: date, months: int) -> date:
    """The last day of a term of so many months."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1, day=min(day.day, 28)) - timedelta(days=1)


def five_years_from(day: date) -> date:
    return end_of_term(day, 60)
