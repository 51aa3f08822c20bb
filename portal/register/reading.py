"""The register as the portal reads it: one statement a question, built once; read-only.

A database that is missing, locked, broken or out of reach is an answer, RegisterUnavailable, and is logged when that
begins and when it ends; the next question tries again. Whether what it holds is genuine is not judged here.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Dialect, Select, and_, bindparam, func, select
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from portal.register.searching import find_licences
from portal.register.tables import LARGEST_INTEGER, manifests, notices, open_read_only, records, shelves, status_lists
from portal.sources import Found, StoredBundle, StoredHolding, StoredLicence, StoredNotice, Wanted
from portal.verification import strict_json
from portal.verification.evidence import RegisterUnavailable
from portal.verification.verdict import Registration

_log = logging.getLogger(__name__)

Rows: TypeAlias = Sequence[Sequence[Any]]
Value: TypeAlias = str | int | bytes
ListId: TypeAlias = tuple[str, int]


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


_VERSIONS = (
    _select_licences()
    .where(records.c.type_code == bindparam("type_code"), records.c.number == bindparam("number"))
    .order_by(records.c.version.desc(), records.c.credential_id)
)
_BY_NUMBER = (
    _select_licences()
    .where(records.c.number_key == bindparam("key"))
    .order_by(records.c.type_code, records.c.version.desc(), records.c.credential_id)
)
_OTHER_VERSION = records.alias()
_NEWEST = (
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
_NOTICES = (
    select(notices.c.issuer_id, notices.c.version, notices.c.cose, manifests.c.signed_at)
    .join(manifests, manifests.c.id == notices.c.manifest_id)
    .where(notices.c.type_code == bindparam("type_code"), notices.c.number == bindparam("number"))
    .order_by(notices.c.version.desc(), notices.c.issued_at.desc(), notices.c.issuer_id)
)
_HOLDINGS = select(shelves.c.issuer_id, shelves.c.type_code, shelves.c.licences).order_by(
    shelves.c.issuer_id, shelves.c.type_code
)
_LATER = manifests.alias()
_LAST_BUNDLES = (
    select(manifests.c.issuer_id, manifests.c.sequence, manifests.c.signed_at)
    .where(
        manifests.c.sequence
        == select(func.max(_LATER.c.sequence)).where(_LATER.c.issuer_id == manifests.c.issuer_id).scalar_subquery()
    )
    .order_by(manifests.c.issuer_id)
)
_AS_OF = select(func.max(manifests.c.signed_at)).where(manifests.c.issuer_id == bindparam("issuer_id"))
_FACE = select(records.c.line).where(records.c.face_digest == bindparam("digest"))
_STATUS_MARKS = select(status_lists.c.issuer_id, status_lists.c.list_number, status_lists.c.issued_at)
_STATUS_LIST = select(status_lists.c.cwt).where(
    status_lists.c.issuer_id == bindparam("issuer_id"), status_lists.c.list_number == bindparam("list_number")
)


@dataclass(frozen=True, slots=True)
class _Question:
    """A statement in the words of the database's driver, compiled once: a third of the cost of executing it anew."""

    sql: str
    names: Sequence[str] | None

    @classmethod
    def prepare(cls, statement: Select[Any], dialect: Dialect) -> _Question:
        compiled = statement.compile(dialect=dialect)
        return cls(str(compiled), getattr(compiled, "positiontup", None))

    def bind(self, values: Mapping[str, Value]) -> Mapping[str, Value] | tuple[Value, ...]:
        return values if self.names is None else tuple(values[name] for name in self.names)


class RegisterReader:
    """Satisfies verifier.Register and published.StatusSource, for the database at an SQLAlchemy URL."""

    def __init__(self, url: str) -> None:
        self._engine = open_read_only(url)
        self._driver = self._engine.dialect.loaded_dbapi
        self._available = True
        dialect = self._engine.dialect
        self._versions = _Question.prepare(_VERSIONS, dialect)
        self._by_number = _Question.prepare(_BY_NUMBER, dialect)
        self._as_of = _Question.prepare(_AS_OF, dialect)
        self._face = _Question.prepare(_FACE, dialect)
        self._status_marks = _Question.prepare(_STATUS_MARKS, dialect)
        self._status_list = _Question.prepare(_STATUS_LIST, dialect)
        self._notices = _Question.prepare(_NOTICES, dialect)
        self._holdings = _Question.prepare(_HOLDINGS, dialect)
        self._last_bundles = _Question.prepare(_LAST_BUNDLES, dialect)

    def versions(self, type_code: int, number: str) -> tuple[StoredLicence, ...] | RegisterUnavailable:
        """All versions of the licence with this number of this type, the highest first."""
        if type_code > LARGEST_INTEGER:
            return ()
        return _licences(self._ask(self._versions, type_code=type_code, number=number))

    def by_number(self, key: str) -> tuple[StoredLicence, ...] | RegisterUnavailable:
        """All licences whose number has this lookup key: by type, then the highest version first."""
        return _licences(self._ask(self._by_number, key=key))

    def as_of(self, issuer_id: str) -> int | None | RegisterUnavailable:
        """When the issuer last signed a bundle that was taken; None if none was."""
        rows = self._ask(self._as_of, issuer_id=issuer_id)
        if isinstance(rows, RegisterUnavailable):
            return rows
        signed_at: int | None = rows[0][0]
        return signed_at

    def face(self, digest: bytes) -> bytes | None | RegisterUnavailable:
        """The face document with this SHA-256."""
        rows = self._ask(self._face, digest=digest)
        if isinstance(rows, RegisterUnavailable):
            return rows
        documents = (_face_document(_blob(line)) for (line,) in rows)
        return next((each for each in documents if hashlib.sha256(each).digest() == digest), None)

    def search(self, wanted: Wanted) -> Found | RegisterUnavailable:
        """The licences that are wanted."""
        try:
            with self._engine.connect() as connection:
                licence_ids = find_licences(connection, wanted)
                rows = connection.execute(_NEWEST, {"licence_ids": licence_ids[: wanted.count]}).all()
        except (DBAPIError, NoFreeConnection, InvalidRequestError) as error:
            return self._unavailable(error)
        self._is_available()
        newest = {row.licence_id: _licence(*row[:-1]) for row in rows}
        found = tuple(newest[each] for each in licence_ids[: wanted.count] if each in newest)
        return Found(found, more=len(licence_ids) > wanted.count)

    def notices(self, type_code: int, number: str) -> tuple[StoredNotice, ...] | RegisterUnavailable:
        """All notices ever taken about the licence with this number of this type, by version, the latest first."""
        if type_code > LARGEST_INTEGER:
            return ()
        rows = self._ask(self._notices, type_code=type_code, number=number)
        if isinstance(rows, RegisterUnavailable):
            return rows
        return tuple(StoredNotice(issuer, version, _blob(cose), at) for issuer, version, cose, at in rows)

    def holdings(self) -> tuple[StoredHolding, ...] | RegisterUnavailable:
        """What the register has, by issuer and type."""
        rows = self._ask(self._holdings)
        return rows if isinstance(rows, RegisterUnavailable) else tuple(StoredHolding(*row) for row in rows)

    def last_bundles(self) -> tuple[StoredBundle, ...] | RegisterUnavailable:
        """The last bundle of each issuer."""
        rows = self._ask(self._last_bundles)
        return rows if isinstance(rows, RegisterUnavailable) else tuple(StoredBundle(*row) for row in rows)

    def status_marks(self) -> Mapping[ListId, int] | RegisterUnavailable:
        """When each status list was issued: another time is another list."""
        rows = self._ask(self._status_marks)
        if isinstance(rows, RegisterUnavailable):
            return rows
        return {(issuer_id, list_number): issued_at for issuer_id, list_number, issued_at in rows}

    def stored_status_list(self, issuer_id: str, list_number: int) -> bytes | None | RegisterUnavailable:
        """A status list as it was loaded."""
        rows = self._ask(self._status_list, issuer_id=issuer_id, list_number=list_number)
        if isinstance(rows, RegisterUnavailable):
            return rows
        return _blob(rows[0][0]) if rows else None

    def close(self) -> None:
        self._engine.dispose()

    def _ask(self, question: _Question, **values: Value) -> Rows | RegisterUnavailable:
        """By way of the driver's own cursor: measured 32 µs where a Core execution of the same statement took 82."""
        try:
            connection = self._engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(question.sql, question.bind(values))
                rows: Rows = cursor.fetchall()
                cursor.close()
            finally:
                connection.close()
        except (self._driver.Error, NoFreeConnection, InvalidRequestError) as error:
            return self._unavailable(error)
        self._is_available()
        return rows

    def _is_available(self) -> None:
        if not self._available:
            self._available = True
            _log.warning("the register can be read again")

    def _unavailable(self, error: Exception) -> RegisterUnavailable:
        self._engine.dispose()  # the other connections are to the same place: the next question begins with a new one
        if self._available:
            self._available = False
            _log.error("the register cannot be read: %s", " ".join(str(error).split()))
        return RegisterUnavailable()


def _licences(rows: Rows | RegisterUnavailable) -> tuple[StoredLicence, ...] | RegisterUnavailable:
    if isinstance(rows, RegisterUnavailable):
        return rows
    return tuple([_licence(*row) for row in rows])


def _licence(
    credential_id: bytes,
    type_code: int,
    version: int,
    issuer_id: str,
    line: bytes,
    notice: bytes | None,
    notice_signed_at: int | None,
    sequence: int,
    signed_at: int,
    taken_at: int,
    as_of: int,
) -> StoredLicence:
    return StoredLicence(
        _blob(credential_id),
        type_code,
        version,
        issuer_id,
        _blob(line),
        None if notice is None else _blob(notice),
        notice_signed_at,
        Registration(sequence, signed_at, taken_at),
        as_of,
    )


def _blob(value: bytes | memoryview | str) -> bytes:
    """Some drivers give a view of a blob; SQLite gives text where somebody wrote text into its place."""
    return value.encode("utf-8") if isinstance(value, str) else bytes(value)


def _face_document(line: bytes) -> bytes:
    """The face in a stored line; nothing, and an alarm in the log, where the bytes are no record any more."""
    try:
        return strict_json.parse(line, "stored record").text("face").encode("utf-8")
    except (strict_json.Unexpected, UnicodeEncodeError) as error:
        _log.error("integrity: %s", error)
        return b""
