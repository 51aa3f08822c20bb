"""What a portal asks the register: each question is one statement, built and compiled once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Dialect, Select, and_, bindparam, func, select

from portal.register.tables import manifests, notices, records, shelves, status_lists

Value: TypeAlias = str | int | bytes


def _select_licences() -> Select[Any]:
    """Each record with the manifest that first took it, its newest notice, and when its issuer last signed a bundle."""
    licence = ("issuer_id", "type_code", "number", "version")
    any_notice, any_manifest, brought_notice = notices.alias(), manifests.alias(), manifests.alias()
    newest = select(func.max(any_notice.c.issued_at)).where(*(any_notice.c[key] == records.c[key] for key in licence))
    as_of = select(func.max(any_manifest.c.signed_at)).where(any_manifest.c.issuer_id == records.c.issuer_id)
    return (
        select(
            records.c.credential_id,
            records.c.type_code,
            records.c.version,
            records.c.issuer_id,
            records.c.line,
            notices.c.cose,
            brought_notice.c.signed_at.label("notice_signed_at"),
            manifests.c.sequence,
            manifests.c.signed_at,
            manifests.c.taken_at,
            as_of.scalar_subquery(),
        )
        .join_from(records, manifests, records.c.manifest_id == manifests.c.id)
        .outerjoin(
            notices,
            and_(
                *(notices.c[key] == records.c[key] for key in licence), notices.c.issued_at == newest.scalar_subquery()
            ),
        )
        .outerjoin(brought_notice, brought_notice.c.id == notices.c.manifest_id)
    )


VERSIONS = (
    _select_licences()
    .where(records.c.type_code == bindparam("type_code"), records.c.number == bindparam("number"))
    .order_by(records.c.version.desc(), records.c.credential_id, records.c.issuer_id)
)
BY_NUMBER = (
    _select_licences()
    .where(records.c.number_key == bindparam("key"))
    .order_by(records.c.type_code, records.c.version.desc(), records.c.credential_id, records.c.issuer_id)
)
_OTHER_VERSION = records.alias()
NEWEST = (
    _select_licences()
    .add_columns(records.c.licence_id)
    .where(
        records.c.licence_id.in_(bindparam("licence_ids", expanding=True)),
        records.c.version
        == select(func.max(_OTHER_VERSION.c.version))
        .where(_OTHER_VERSION.c.licence_id == records.c.licence_id)
        .scalar_subquery(),
    )
)
NOTICES = (
    select(notices.c.issuer_id, notices.c.version, notices.c.cose, manifests.c.signed_at)
    .join(manifests, manifests.c.id == notices.c.manifest_id)
    .where(notices.c.type_code == bindparam("type_code"), notices.c.number == bindparam("number"))
    .order_by(notices.c.version.desc(), notices.c.issued_at.desc(), notices.c.issuer_id)
)
LICENCE_COUNTS = select(shelves.c.issuer_id, shelves.c.type_code, shelves.c.licences).order_by(
    shelves.c.issuer_id, shelves.c.type_code
)
# From one issuer to the next: asked for each issuer's highest sequence, both databases would read all manifests.
_NEXT, _LATER = manifests.alias(), manifests.alias()
_FIRST_ISSUER = select(func.min(manifests.c.issuer_id).label("id")).cte("issuers", recursive=True)
_ISSUERS = _FIRST_ISSUER.union_all(
    select(select(func.min(_NEXT.c.issuer_id)).where(_NEXT.c.issuer_id > _FIRST_ISSUER.c.id).scalar_subquery()).where(
        _FIRST_ISSUER.c.id.is_not(None)
    )
)
_LAST = select(func.max(_LATER.c.sequence)).where(_LATER.c.issuer_id == _ISSUERS.c.id).scalar_subquery()
LAST_BUNDLES = (
    select(manifests.c.issuer_id, manifests.c.sequence, manifests.c.signed_at)
    .join_from(_ISSUERS, manifests, and_(manifests.c.issuer_id == _ISSUERS.c.id, manifests.c.sequence == _LAST))
    .order_by(manifests.c.issuer_id)
)
AS_OF = select(func.max(manifests.c.signed_at)).where(manifests.c.issuer_id == bindparam("issuer_id"))
FACE = select(records.c.line).where(records.c.face_digest == bindparam("digest"))
STATUS_MARKS = select(status_lists.c.issuer_id, status_lists.c.list_number, status_lists.c.issued_at)
STATUS_LIST = select(status_lists.c.cwt).where(
    status_lists.c.issuer_id == bindparam("issuer_id"), status_lists.c.list_number == bindparam("list_number")
)


@dataclass(frozen=True, slots=True)
class Question:
    """A statement in the SQL of the database's driver, compiled once: executing it takes a third of the time."""

    sql: str
    names: Sequence[str] | None

    @classmethod
    def prepare(cls, statement: Select[Any], dialect: Dialect) -> Question:
        compiled = statement.compile(dialect=dialect)
        return cls(str(compiled), getattr(compiled, "positiontup", None))

    def bind(self, values: Mapping[str, Value]) -> Mapping[str, Value] | tuple[Value, ...]:
        return values if self.names is None else tuple(values[name] for name in self.names)
