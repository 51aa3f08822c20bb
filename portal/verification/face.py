"""Face documents (spec §4): exact bytes → Face, what a face may hold, and whether it agrees with the claims."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from unicodedata import normalize

from portal.catalogue.licence_types import LicenceType
from portal.verification import strict_json
from portal.verification.dates import last_valid_date
from portal.verification.envelope import Credential
from portal.verification.strict_cbor import FORBIDDEN_CHARACTERS

MAX_FACE_BYTES = 32 * 1024
_DEEPEST_FIELD = 16
_MEMBERS = frozenset(
    ("type", "number", "version", "issuer", "elicence_id", "copy", "fields", "sites", "location", "credit", "links"),
)
_LINK_KINDS = frozenset(("traceability", "credit", "notice"))
_LINE_BREAKS = frozenset("\n\r\t")
# A web address up to its path, by a rule of our own: what the library refuses changes from one Python to the next.
_ADDRESS = re.compile(r" *(https?)://([^/?#]+)", re.ASCII | re.IGNORECASE)
_WITH_BRACKETS = re.compile(r"(?:[^\[\]]*@)?\[[0-9A-Fa-f:.]+\](?::[0-9]*)?")
_BLANK = re.compile(r"[^\S ]")


@dataclass(frozen=True, slots=True)
class Credit:
    grade: str
    by: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Link:
    rel: str
    url: str


class Face(NamedTuple):
    """A licence's face as its issuer published it. `fields` maps the catalogue's keys to text for people."""

    document: bytes
    type_slug: str
    number: str
    version: int
    issuer_id: str
    elicence_id: str | None
    copy: str | None
    fields: Mapping[str, str]
    sites: tuple[str, ...]
    location: tuple[float, float] | None
    credit: Credit | None
    links: tuple[Link, ...]

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.document).digest()


def read_face(document: bytes) -> Face:
    """Read a face document; strict_json.Unexpected if it is not of the form of §4."""
    if len(document) > MAX_FACE_BYTES:
        raise strict_json.Unexpected(f"face: more than {MAX_FACE_BYTES} bytes")
    raw = strict_json.parse(document, "face")
    raw.require_only(_MEMBERS)
    fields = raw.object("fields")
    return Face(
        document=document,
        type_slug=raw.text("type"),
        number=raw.text("number"),
        version=raw.integer("version"),
        issuer_id=_as_text(raw.text("issuer")),
        elicence_id=_as_text(raw.text("elicence_id")) if raw.has("elicence_id") else None,
        copy=_as_text(raw.text("copy")) if raw.has("copy") else None,
        fields={key: _as_text(value) for key, value in fields.items()},
        sites=tuple(_require_web_address(raw, site) for site in raw.texts("sites")) if raw.has("sites") else (),
        location=_read_location(raw.object("location")) if raw.has("location") else None,
        credit=_read_credit(raw.object("credit")) if raw.has("credit") else None,
        links=tuple(_read_link(link) for link in raw.objects("links")) if raw.has("links") else (),
    )


def _as_text(value: object, depth: int = 0) -> str:
    """A field's value for people: lists a line each. Invisible and reordering characters become visible marks."""
    if depth > _DEEPEST_FIELD:
        raise strict_json.Unexpected(f"face: a field deeper than {_DEEPEST_FIELD} lists")
    if isinstance(value, str) and value.isprintable():  # nearly every value, and there is nothing invisible in it
        return value
    if isinstance(value, list):
        return "\n".join(_as_text(each, depth + 1) for each in value)
    if isinstance(value, dict):
        return " · ".join(_as_text(each, depth + 1) for each in value.values())
    text = "" if value is None else str(value)
    return FORBIDDEN_CHARACTERS.sub(lambda found: found[0] if found[0] in _LINE_BREAKS else "\ufffd", text)


def _require_web_address(raw: strict_json.Object, address: str) -> str:
    if _scheme_of(address) is None:
        raw.refuse(f"not a web address: {address[:60]!r}")
    return address


def _read_link(raw: strict_json.Object) -> Link:
    rel, url = raw.text("rel"), raw.text("url")
    if rel not in _LINK_KINDS or _scheme_of(url) != "https":
        raw.refuse("not a known kind of link, or not https")
    return Link(rel, url)


def _scheme_of(address: str) -> str | None:
    """`https` or `http`; None for what is no web address, or has characters in it that cannot be seen."""
    found = _ADDRESS.match(address)
    if not found or FORBIDDEN_CHARACTERS.search(address) or _BLANK.search(address):
        return None
    scheme, host = found.groups()
    if ("[" in host or "]" in host) and not _WITH_BRACKETS.fullmatch(host):
        return None
    # A character that another stands for, such as a wide slash, would end the host elsewhere than it seems to.
    hidden = normalize("NFKC", re.sub("[@:]", "", host))
    return None if re.search("[/?#@:]", hidden) else scheme.lower()


def _read_location(raw: strict_json.Object) -> tuple[float, float]:
    latitude, longitude = raw.number("lat"), raw.number("lon")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raw.refuse("no place on earth")
    return latitude, longitude


def _read_credit(raw: strict_json.Object) -> Credit:
    return Credit(*(_as_text(raw.text(key)) for key in ("grade", "by", "as_of")))


def forbidden_field(face: Face, licence_type: LicenceType) -> str | None:
    """The first field that must not be public: the type does not have it, or the catalogue hides it (spec §4)."""
    if face.fields.keys() <= licence_type.shown:
        return None
    return next(key for key in face.fields if key not in licence_type.shown)


def disagreement(face: Face, credential: Credential, licence_type: LicenceType) -> str | None:
    """The name of what stands in both a face and its credential and differs; None where they agree (spec §4)."""
    expires = credential.expires_at
    last_day = None if expires is None else last_valid_date(expires).isoformat()
    on_face = face.fields
    # A face that ends and a credential that does not contradict each other, although the date stands in one alone.
    if last_day is None and on_face.get("expiry_date"):
        return "expiry_date"
    identity: tuple[tuple[str, object, object], ...] = (
        ("type", face.type_slug, licence_type.slug),
        ("number", face.number, credential.number),
        ("version", face.version, credential.version),
    )
    fields: tuple[tuple[str, object, object], ...] = (
        (licence_type.holder_field, on_face.get(licence_type.holder_field), credential.holder),
        ("uscc", on_face.get("uscc"), credential.uscc),
        ("expiry_date", on_face.get("expiry_date"), last_day),
        ("number field", on_face.get(licence_type.number_field or ""), credential.number),
    )
    for name, shown, claimed in identity:
        if shown != claimed:
            return name
    for name, shown, claimed in fields:
        if shown != claimed and shown and claimed:  # a field may be left out, or left empty
            return name
    return None
