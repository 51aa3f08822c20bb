"""Face documents (spec §4) as an authority makes them: compact JSON in the catalogue's order, or a refusal.

A face is public by construction: hidden fields are refused, and so are unmasked values that should be masked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.catalogue.licence_types import Field, LicenceType
from portal.verification.face import read_face
from portal.verification.strict_json import Unexpected

FieldValue = str | Sequence[str]
_MASKS = frozenset("*＊")


class FaceRefused(ValueError):
    """A face that may not be published, and why, in both languages; `key` is the field at fault, if there is one."""

    def __init__(self, en: str, zh: str, key: str | None = None) -> None:
        super().__init__(f"{key}: {en}" if key else en)
        self.en, self.zh, self.key = en, zh, key


@dataclass(frozen=True, slots=True)
class FaceExtras:
    """What a face may have besides its fields; `location` is latitude and longitude, `links` are (rel, url)."""

    elicence_id: str | None = None
    copy: str | None = None
    sites: Sequence[str] = ()
    location: tuple[float, float] | None = None
    credit: Mapping[str, str] | None = None
    links: Sequence[tuple[str, str]] = ()


NO_EXTRAS = FaceExtras()


def build_face(
    licence_type: LicenceType,
    *,
    number: str,
    version: int,
    issuer_id: str,
    fields: Mapping[str, FieldValue],
    extras: FaceExtras = NO_EXTRAS,
) -> bytes:
    """The exact bytes of a face document, as they are hashed, stored and served."""
    for key in fields:
        _require_public(key, licence_type.field(key), fields[key])
    document = {
        "type": licence_type.slug,
        "number": number,
        "version": version,
        "issuer": issuer_id,
        "elicence_id": extras.elicence_id,
        "copy": extras.copy,
        "fields": {each.key: _json(fields[each.key]) for each in licence_type.fields if fields.get(each.key)},
        "sites": list(extras.sites) or None,
        "location": dict(zip(("lat", "lon"), extras.location, strict=True)) if extras.location else None,
        "credit": dict(extras.credit) if extras.credit else None,
        "links": [{"rel": rel, "url": url} for rel, url in extras.links] or None,
    }
    present = {key: value for key, value in document.items() if value is not None}
    return _read_back(json.dumps(present, ensure_ascii=False, separators=(",", ":")).encode())


def _json(value: FieldValue) -> str | list[str]:
    return value if isinstance(value, str) else list(value)


def _require_public(key: str, known: Field | None, value: FieldValue) -> None:
    if known is None:
        raise FaceRefused("this type of licence has no such field", "此类证照没有这个字段", key)
    if known.public == "hide":
        raise FaceRefused("must not be published", f"{known.zh}不得公开", key)
    if known.public == "mask" and value and not _MASKS.intersection("".join(value)):
        raise FaceRefused("must arrive masked, such as 王*", f"{known.zh}须先脱敏,例如 王*", key)


def _read_back(document: bytes) -> bytes:
    try:
        read_face(document)
    except Unexpected as error:
        raise FaceRefused(str(error), f"证照面内容不合格式:{error}") from error
    return document
