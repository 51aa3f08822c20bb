"""Licences on paper: a record and its type → an A4 page as PDF, with the fields in the order of the paper form, the QR
code, and beside it in words how to check without the code.

What is printed is the public face: what the public sees masked is masked here, and what it may not see is not here. No
emblem and no seal is drawn; the seal's place stays free.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.authority.qr_codes import QrCode, qr_code
from portal.catalogue.licence_types import Field, LicenceType
from portal.verification.bundle import Record
from portal.verification.face import disagreement
from portal.web.wording import Language, Words, words_for

_DEMONSTRATION = "演示"


class PrintRefused(ValueError):
    """A licence that cannot be printed as it should be; the message is one line, in both languages."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is on a printed licence. `words` are the paper's: one for each of its languages."""

    words: tuple[Words, ...]
    titles: tuple[str, ...]
    qualifier: str
    copy: str
    rows: tuple[tuple[str, str], ...]
    issuer: str
    issued: str
    number: str
    address: str
    code: QrCode
    demonstration: bool


def make_sheet(
    record: Record,
    licence_type: LicenceType,
    *,
    public_url: str,
    issuer_name: str | None = None,
    demonstration: bool = False,
) -> Sheet:
    """What to print; PrintRefused if the signature does not cover the face, or nothing says who issued the licence.

    `issuer_name` is for faces that do not name the authority. What calls itself a demonstration is marked as one.
    """
    credential, face = record.credential, record.face
    if face.digest != credential.face_digest or disagreement(face, credential, licence_type):
        raise PrintRefused(f"{credential.number}: 证照面不是签名所指的 · its face is not the one that was signed")
    issuer = face.fields.get("issuer") or issuer_name
    if not issuer:
        raise PrintRefused(
            f"{credential.number}: 证照面没有发证机关名称,须另行给出 · its face does not name the authority: name it "
            "(--issuer-name)"
        )
    both = licence_type.is_bilingual
    words = tuple(words_for(language) for language in (Language if both else (Language.ZH,)))
    title, _, qualifier = licence_type.zh.removesuffix("）").partition("（")
    issued = _written_date(face.fields.get("issue_date", ""), words) or _day(credential.issued_at, words)
    return Sheet(
        words=words,
        titles=(title, licence_type.en) if both else (title,),
        qualifier=qualifier,
        copy=face.copy or "",
        rows=_rows(record, licence_type, words),
        issuer=issuer,
        issued=issued,
        number=credential.number,
        address=public_url,
        code=qr_code(public_url, credential.envelope.encoded),
        demonstration=demonstration or _DEMONSTRATION in issuer + credential.holder,
    )


def _rows(record: Record, licence_type: LicenceType, words: tuple[Words, ...]) -> tuple[tuple[str, str], ...]:
    shown = (field for field in licence_type.fields if field.is_in_a_row)
    rows = ((_label(field, words), _value(field, record, licence_type, words)) for field in shown)
    elicence = ("\n".join(each.t("face.elicence_id") for each in words), record.face.elicence_id or "")
    return tuple((label, value) for label, value in (*rows, elicence) if value)


def _label(field: Field, words: tuple[Words, ...]) -> str:
    return "\n".join(each.field_label(field) for each in words)


def _value(field: Field, record: Record, licence_type: LicenceType, words: tuple[Words, ...]) -> str:
    credential = record.credential
    if field.key == licence_type.number_field:
        return credential.number
    # What the face may leave out because the credential has it.
    claimed = {licence_type.holder_field: credential.holder, "uscc": credential.uscc}.get(field.key)
    value = record.face.fields.get(field.key) or claimed or ""
    return _written_date(value, words) if field.kind == "date" else value


def _written_date(value: str, words: tuple[Words, ...]) -> str:
    """A date as people write it; what is not an ISO date stays as it is."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return " · ".join(each.date(day) for each in words)


def _day(seconds: int, words: tuple[Words, ...]) -> str:
    return " · ".join(each.day_of(seconds) for each in words)
