"""Tables of licences → claims and faces, ready to be signed: one licence a row, in the columns of COLUMNS.

Every other column is a field of the licence's face, by its key or by its Chinese name in the catalogue. Holder, credit
code and last day stand in the claims and are put on the face from there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from stdnum.cn import uscc as uscc_numbers

from portal.authority.faces import FaceExtras, FaceRefused, FieldValue, build_face
from portal.authority.signing import LicenceClaims
from portal.authority.tables import Row, Unique, first_second, first_second_after, read_rows
from portal.catalogue.licence_types import Catalogue, LicenceType
from portal.catalogue.numbers import matched, normalise
from portal.verification.dates import LATEST, beijing_date, last_valid_date

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "type": "类型",
        "number": "编号",
        "version": "版本",
        "holder": "持证主体",
        "uscc": "统一社会信用代码",
        "premises": "场所地址",
        "valid_from": "有效期自",
        "valid_until": "有效期至",
        "status_index": "状态序号",
        "status_list": "状态列表",
        "copy": "正副本",
        "elicence_id": "电子证照标识",
    }
)
# Other systems write this day for "no end". A licence valid through it would end outside the calendar.
_BEYOND_EVERY_TERM = beijing_date(LATEST)


@dataclass(frozen=True, slots=True)
class UnsignedLicence:
    claims: LicenceClaims
    face: bytes


def read_licences(document: bytes, catalogue: Catalogue, issuer_id: str, issued_at: int) -> tuple[UnsignedLicence, ...]:
    """All licences of a table; TableRefused with every problem, by row and column, if there is one."""
    types = {name: each for each in catalogue.by_slug.values() for name in (each.slug, each.zh)}
    return read_rows(
        document,
        COLUMNS,
        lambda row: _read_licence(row, types, issuer_id, issued_at),
        # Two licences at one index would share their status for ever.
        Unique(_place, "status_index", "状态序号重复", "the index is taken"),
        Unique(_document, "number", "编号重复", "the same licence again"),
    )


def _place(licence: UnsignedLicence) -> Hashable:
    return licence.claims.status_list, licence.claims.status_index


def _document(licence: UnsignedLicence) -> Hashable:
    """What tells one document from all others: a licence has an original and a duplicate, with the same number."""
    claims = licence.claims
    return claims.type_code, claims.number, claims.version, json.loads(licence.face).get("copy")


def _read_licence(row: Row, types: Mapping[str, LicenceType], issuer_id: str, issued_at: int) -> UnsignedLicence:
    licence_type = row.choice("type", types, next(iter(types.values())))
    not_before, expires_at = first_second(row.required_day("valid_from")), _expires_at(row, licence_type)
    if expires_at is not None and expires_at <= not_before:
        row.note("valid_until", "早于有效期自", "before valid_from")
    claims = LicenceClaims(
        number=_number(row, licence_type),
        type_code=licence_type.code,
        holder=row.text("holder", 200),
        version=row.whole_number("version", least=1, otherwise=1),
        not_before=not_before,
        issued_at=issued_at,
        face_digest=bytes(32),
        status_index=row.whole_number("status_index"),
        expires_at=expires_at,
        uscc=_uscc(row),
        address=row.optional_text("premises", 300),
        status_list=row.whole_number("status_list", otherwise=0),
    )
    face = b"" if row.problems else _face(row, claims, licence_type, issuer_id)
    return UnsignedLicence(replace(claims, face_digest=hashlib.sha256(face).digest()), face)


def _number(row: Row, licence_type: LicenceType) -> str:
    number = row.text("number", 64)
    forms = licence_type.number_formats if row.is_sound("type") else ()
    if not row.is_sound("number") or not forms or any(matched(form, number) for form in forms):
        return number
    written = normalise(number)
    if any(matched(form, written) for form in forms):
        # A licence is known by its number as signed: its next version, typed otherwise, would be another licence.
        row.note("number", f"应写成 {written}", f"is written {written}")
    else:
        example = forms[0].example
        row.note("number", f"不符合{licence_type.zh}的编号格式,例如 {example}", f"not of the form of {example}")
    return number


def _uscc(row: Row) -> str | None:
    uscc = row.optional_text("uscc", 18)
    if uscc and not uscc_numbers.is_valid(uscc):
        row.note("uscc", "长度或校验码不对", "its length or check digit is wrong")
    return uscc


def _expires_at(row: Row, licence_type: LicenceType) -> int | None:
    last_day = row.day("valid_until")
    if not row.is_sound("type"):
        return None
    if last_day is None and licence_type.expires and not row.has("valid_until"):
        row.note("valid_until", "此类证照有有效期,必填", "licences of this type expire: must be filled in")
    if last_day is not None and licence_type.expires is False:
        row.note("valid_until", "此类证照没有有效期,应留空", "licences of this type do not expire: must be empty")
    elif last_day is not None and last_day >= _BEYOND_EVERY_TERM:
        row.note("valid_until", f"应早于 {_BEYOND_EVERY_TERM}", f"must be before {_BEYOND_EVERY_TERM}")
    return first_second_after(last_day) if last_day and row.is_sound("valid_until") else None


def _face(row: Row, claims: LicenceClaims, licence_type: LicenceType, issuer_id: str) -> bytes:
    extras = FaceExtras(elicence_id=row.optional_text("elicence_id", 120), copy=row.optional_text("copy", 10))
    fields = {**_fields_from(claims, licence_type), **_typed_fields(row, claims, licence_type)}
    try:
        return build_face(
            licence_type,
            number=claims.number,
            version=claims.version,
            issuer_id=issuer_id,
            fields=fields,
            extras=extras,
        )
    except FaceRefused as error:
        row.note(error.key or "-", error.zh, error.en)
        return b""


def _fields_from(claims: LicenceClaims, licence_type: LicenceType) -> dict[str, FieldValue]:
    known = _claimed(claims, licence_type).items()
    return {key: value for key, (_, value) in known if value and licence_type.field(key)}


def _claimed(claims: LicenceClaims, licence_type: LicenceType) -> dict[str, tuple[str, str | None]]:
    """The fields of a face that the claims fix: the column that each of them comes from, and its value."""
    last_day = last_valid_date(claims.expires_at).isoformat() if claims.expires_at else ""
    return {
        licence_type.holder_field: ("holder", claims.holder),
        "uscc": ("uscc", claims.uscc),
        "expiry_date": ("valid_until", last_day),
    }


def _typed_fields(row: Row, claims: LicenceClaims, licence_type: LicenceType) -> dict[str, FieldValue]:
    """The fields that have columns of their own. A register would refuse any that contradicts the claims."""
    names = {field.zh: field.key for field in licence_type.fields}
    claimed = _claimed(claims, licence_type)
    if licence_type.number_field:
        claimed[licence_type.number_field] = ("number", claims.number)
    typed: dict[str, FieldValue] = {}
    for name, cell in row.cells.items():
        if name in COLUMNS or not cell:
            continue
        key, value = names.get(name, name), _value(cell)
        column, claim = claimed.get(key, ("", None))
        if key in typed:
            row.note(key, "这一字段有两列", "two columns give it")
        elif value and claim is not None and value != claim and licence_type.field(key):
            row.note(key, f"与{COLUMNS[column]}不一致", f"differs from {column}")
        typed[key] = value
    return typed


def _value(cell: object) -> FieldValue:
    return [str(line) for line in cell] if isinstance(cell, list) else str(cell).strip()
