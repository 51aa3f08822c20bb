"""What a page shows of a licence's face: labelled rows in the order of the paper form. Pure.

A view of the register, not the original. Of a sensitive type it shows the parties and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.catalogue.licence_types import Field, LicenceType
from portal.verification.face import Credit, Face
from portal.verification.verdict import Licence
from portal.web.wording import Words

_NOT_TEXT = frozenset(("image", "qr", "file", "table"))
_PARTIES = frozenset(("holder_name", "uscc"))
_AT_THE_FOOT = frozenset(("issuer", "issue_date"))
_LONGEST_SPREAD_LABEL = 8


@dataclass(frozen=True, slots=True)
class Row:
    """A field of the face; `spread` where its short Chinese label is set to the full width of the column."""

    label: str
    value: str
    masked: bool = False

    @property
    def spread(self) -> bool:
        return not self.label.isascii() and len(self.label) <= _LONGEST_SPREAD_LABEL


@dataclass(frozen=True, slots=True)
class FaceLink:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class FacePage:
    """`qualifier` is what the type's name has in brackets; `issuer` and `issued` stand at the foot, as on paper."""

    title: str
    qualifier: str
    rows: tuple[Row, ...]
    issuer: str
    issued: str
    parties_only: bool
    links: tuple[FaceLink, ...] = ()


def show_face(licence: Licence, words: Words) -> FacePage | None:
    """The face of a proven credential; None where no document is at hand that its signature covers."""
    face, licence_type = licence.face, licence.licence_type
    if face is None or face.digest != licence.credential.face_digest:
        return None
    name, _, qualifier = words.type_name(licence_type).replace("（", " (").replace("）", ")").partition(" (")
    open_to_all = not licence_type.sensitive
    return FacePage(
        title=name,
        qualifier=qualifier.removesuffix(")"),
        rows=_rows(licence, face, words) + (_additional_rows(face, words) if open_to_all else ()),
        issuer=face.fields.get("issuer") or words.issuer_name(licence.issuer),
        issued=_written_date(face.fields.get("issue_date", ""), words) or words.day_of(licence.credential.issued_at),
        parties_only=licence_type.sensitive,
        links=tuple(FaceLink(words.t(f"face.link_{link.rel}"), link.url) for link in face.links) if open_to_all else (),
    )


def _rows(licence: Licence, face: Face, words: Words) -> tuple[Row, ...]:
    values = _values(licence, face)
    shown = (field for field in licence.licence_type.fields if values.get(field.key))
    return tuple(_row(field, values[field.key], words) for field in shown if _is_shown(field, licence.licence_type))


def _values(licence: Licence, face: Face) -> dict[str, str]:
    """The face's fields, and those that it may leave out because the credential has them."""
    credential = licence.credential
    values = {"holder_name": credential.holder, "uscc": credential.uscc or "", **face.fields}
    number_field = licence.licence_type.number_field
    if number_field is not None:
        values[number_field] = credential.number
    return values


def _is_shown(field: Field, licence_type: LicenceType) -> bool:
    if field.public == "hide" or field.kind in _NOT_TEXT or field.key in _AT_THE_FOOT:
        return False
    return not licence_type.sensitive or field.key in _PARTIES or field.kind == "licence_no"


def _row(field: Field, value: str, words: Words) -> Row:
    written = _written_date(value, words) if field.kind == "date" else value
    return Row(words.field_label(field), written, masked=field.public == "mask")


def _written_date(value: str, words: Words) -> str:
    """A date as people write it; what is no ISO date stays as it came."""
    try:
        return words.date(date.fromisoformat(value))
    except ValueError:
        return value


def credit_grade(credit: Credit, words: Words) -> str:
    return words.t("face.credit_value", grade=credit.grade, by=credit.by, as_of=_written_date(credit.as_of, words))


def _additional_rows(face: Face, words: Words) -> tuple[Row, ...]:
    rows = (
        Row(words.t("face.copy"), face.copy or ""),
        Row(words.t("face.sites"), "\n".join(face.sites)),
        Row(words.t("face.credit"), credit_grade(face.credit, words) if face.credit else ""),
        Row(words.t("face.elicence_id"), face.elicence_id or ""),
    )
    return tuple(row for row in rows if row.value)
