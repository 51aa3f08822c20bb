"""What a page shows of a licence's face: labelled rows in the order of the paper form. Pure.

A view of the register, not the original. Of a sensitive type it shows the parties and nothing else. How a face looks
follows from the category of its type; the certificates that go abroad have both languages beside each other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from portal.catalogue.licence_types import Field, LicenceType
from portal.verification.dates import beijing_date
from portal.verification.face import Credit, Face
from portal.verification.trust import Issuer
from portal.verification.verdict import Licence
from portal.web.headings import parts_of_heading
from portal.web.wording import Language, Words, words_for

KEPT_FACES = 1024  # a face never changes; with its HTML each takes about 15 KB
_LETTER = "decision_or_notice"
_LONGEST_SPREAD_LABEL = 8
# A heading of more characters is set smaller. A Chinese character is as wide as two Latin letters or more.
_SIZES = ((8, "short"), (12, "medium"), (24, "long"))
_LATIN_TO_A_CHINESE = 2.4
_COPIES = {"正本": "original", "副本": "duplicate"}


@dataclass(frozen=True, slots=True)
class Text:
    """Words in a known language; what a document says is Chinese, whatever the page's language is."""

    text: str
    language: Language = Language.ZH


@dataclass(frozen=True, slots=True)
class FaceRow:
    """A field of the face. `style` of its label: `spread` to the full width of the column where it is short Chinese."""

    label: str
    value: Text
    style: str = ""
    other_label: str = ""


@dataclass(frozen=True, slots=True)
class FaceLink:
    label: str
    url: str


@dataclass(frozen=True, slots=True, eq=False)  # each is made once and kept, and so known by its identity
class FacePage:
    """A line of the `title` may end after each piece; `qualifier` is what the type's name has in brackets, and which
    copy it is; `letterhead` begins a letter. `issuers` (its name, in English too for readers of English) and `issued`
    stand at the foot, as on paper; `added` is what the issuer published beside the form; `notes` say what is left out,
    and that this is a view. `other` is the second language of a bilingual certificate.
    """

    category: str
    title: tuple[str, ...]
    size: str
    other_title: str
    qualifier: str
    letterhead: str
    rows: tuple[FaceRow, ...]
    issuers: tuple[Text, ...]
    issued: str
    added: tuple[FaceRow, ...]
    links: tuple[FaceLink, ...]
    notes: tuple[str, ...]
    other: Language


@dataclass(frozen=True, slots=True)
class _Source:
    """What a face page is made from: the signed document, of which `claims` are the bytes, the issuer's names and the
    type. What the register and the lists say of the licence has no part in it."""

    claims: bytes
    language: Language
    issuer: Issuer = field(hash=False)
    licence_type: LicenceType = field(hash=False)
    face: Face = field(hash=False)
    licence: Licence = field(compare=False)


def show_face(licence: Licence, words: Words) -> FacePage | None:
    """The face of a proven credential; None where no document is at hand that its signature covers."""
    if licence.face is None:
        return None
    claims = licence.credential.envelope.payload
    return _face_page(_Source(claims, words.language, licence.issuer, licence.licence_type, licence.face, licence))


@lru_cache(maxsize=KEPT_FACES)
def _face_page(source: _Source) -> FacePage:
    licence, face, licence_type, words = source.licence, source.face, source.licence_type, words_for(source.language)
    bilingual = licence_type.is_bilingual
    title, qualifier = _title(licence_type, words)
    is_open = not licence_type.sensitive
    issuers = _issuers(licence, face, words, bilingual)
    return FacePage(
        category=licence_type.category,
        title=parts_of_heading(title) if words.language is Language.ZH else (title,),
        size=_size(title, words),
        other_title=_title(licence_type, words.other)[0] if bilingual else "",
        qualifier=" · ".join(each for each in (qualifier, _copy(face, words) if is_open else "") if each),
        letterhead=issuers[0].text if licence_type.category == _LETTER else "",
        rows=_rows(licence, face, words, bilingual),
        issuers=issuers,
        issued=_issued(licence, face, words, bilingual),
        added=_added(face, words) if is_open else (),
        links=tuple(FaceLink(words.t(f"face.link_{link.rel}"), link.url) for link in face.links) if is_open else (),
        notes=_notes(licence_type, face, words),
        other=words.other.language,
    )


def _title(licence_type: LicenceType, words: Words) -> tuple[str, str]:
    """The type's name, and what it has in brackets."""
    name, _, qualifier = words.type_name(licence_type).replace("（", " (").replace("）", ")").partition(" (")
    return name, qualifier.removesuffix(")")


def _size(title: str, words: Words) -> str:
    length = len(title) if words.language is Language.ZH else len(title) / _LATIN_TO_A_CHINESE
    return next((size for most, size in _SIZES if length <= most), "very-long")


def _copy(face: Face, words: Words) -> str:
    known = _COPIES.get(face.copy or "")
    return words.t(f"face.copy_{known}") if known else face.copy or ""


def _issuers(licence: Licence, face: Face, words: Words, bilingual: bool) -> tuple[Text, ...]:
    """As the face names it; in English by the published list of authorities as well."""
    chinese = Text(face.fields.get("issuer") or licence.issuer.name_zh)
    english = Text(licence.issuer.name_en, Language.EN)
    if words.language is Language.EN:
        return (english, chinese)
    return (chinese, english) if bilingual else (chinese,)


def _issued(licence: Licence, face: Face, words: Words, bilingual: bool) -> str:
    stated = face.fields.get("issue_date", "")
    return _written_date(stated or beijing_date(licence.credential.issued_at).isoformat(), words, bilingual)


def _rows(licence: Licence, face: Face, words: Words, bilingual: bool) -> tuple[FaceRow, ...]:
    values = _values(licence, face)
    shown = (field for field in licence.licence_type.fields if values.get(field.key))
    return tuple(
        _row(field, values[field.key], words, bilingual) for field in shown if _is_shown(field, licence.licence_type)
    )


def _values(licence: Licence, face: Face) -> dict[str, str]:
    """The face's fields, and those that it may leave out because the credential has them."""
    credential = licence.credential
    holder_field, number_field = licence.licence_type.holder_field, licence.licence_type.number_field
    values = {holder_field: credential.holder, "uscc": credential.uscc or "", **face.fields}
    if number_field is not None:
        values[number_field] = credential.number
    return values


def _is_shown(field: Field, licence_type: LicenceType) -> bool:
    is_party = field.key in (licence_type.holder_field, "uscc")
    is_open = not licence_type.sensitive or is_party or field.kind == "licence_no"
    return field.is_in_a_row and is_open


def _row(field: Field, value: str, words: Words, bilingual: bool) -> FaceRow:
    label = words.field_label(field)
    return FaceRow(
        label,
        _value(field, value, words, bilingual),
        style="spread" if _can_be_spread(label) and not bilingual else "",
        other_label=words.other.field_label(field) if bilingual else "",
    )


def _can_be_spread(label: str) -> bool:
    return not label.isascii() and len(label) <= _LONGEST_SPREAD_LABEL


def _value(field: Field, value: str, words: Words, bilingual: bool) -> Text:
    """A field as it stands in the document; dates, and usual values of a short list, in the reader's language."""
    if field.kind == "date":
        return Text(_written_date(value, words, bilingual), words.language)
    if field.kind == "enum" and words.has(f"value.{value}"):
        return Text(words.t(f"value.{value}"), words.language)
    return Text(value)


def _written_date(value: str, words: Words, bilingual: bool) -> str:
    """A date as people write it; what is no ISO date stays as it came."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{words.date(day)}\n{words.other.date(day)}" if bilingual else words.date(day)


def credit_grade(credit: Credit, words: Words) -> str:
    as_of = _written_date(credit.as_of, words, bilingual=False)
    return words.t("face.credit_value", grade=credit.grade, by=credit.by, as_of=as_of)


def _added(face: Face, words: Words) -> tuple[FaceRow, ...]:
    rows = (
        FaceRow(words.t("face.sites"), Text("\n".join(face.sites))),
        FaceRow(words.t("face.credit"), Text(credit_grade(face.credit, words) if face.credit else "")),
        FaceRow(words.t("face.elicence_id"), Text(face.elicence_id or "")),
    )
    return tuple(row for row in rows if row.value.text)


def _notes(licence_type: LicenceType, face: Face, words: Words) -> tuple[str, ...]:
    masked = any(field.public == "mask" and face.fields.get(field.key) for field in licence_type.fields)
    notes = (
        words.t("face.masked") if masked and not licence_type.sensitive else "",
        words.t("face.sensitive") if licence_type.sensitive else "",
        words.t("face.view"),
    )
    return tuple(note for note in notes if note)
