"""The register as the portal reads it: one statement a question, read-only.

A database that is missing, locked, broken or out of reach is an answer, RegisterUnavailable; an outage is logged when
it begins and when it ends. After a slow failure all questions are answered so at once, for a second at a time. Whether
what the register holds is genuine is not judged here.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection, PoolProxiedConnection
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from portal.register import questions
from portal.register.pausing import PATIENCE, Pause
from portal.register.proving import InclusionReader
from portal.register.questions import Question, Value
from portal.register.searching import find_licences
from portal.register.sqlite_files import reads_what_is_there
from portal.register.tables import LARGEST_INTEGER, open_read_only
from portal.sources import Found, LicenceCount, StoredBundle, StoredLicence, StoredNotice, Wanted
from portal.verification import strict_json
from portal.verification.evidence import RegisterUnavailable
from portal.verification.evidence_file import Proof
from portal.verification.statuses import ListId
from portal.verification.verdict import Registration

_log = logging.getLogger(__name__)

_PATIENCE_OF_SEARCHES = 2.0  # seconds; no verdict waits for them
_NUL = "\0"  # PostgreSQL stores no text with it, and its driver refuses the question: that is no outage

Rows: TypeAlias = Sequence[Sequence[Any]]
_T = TypeVar("_T")


class RegisterReader:
    """Satisfies sources.Register and published.watching.StatusSource, for the database at an SQLAlchemy URL.

    `patience`: how many seconds a question may wait for a server; only a search may wait for longer.
    """

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self._engine = open_read_only(url, patience)
        self._searching = open_read_only(url, _PATIENCE_OF_SEARCHES)
        self._driver = self._engine.dialect.loaded_dbapi
        self._resting: list[PoolProxiedConnection] = []
        self._available = True
        self._pause = Pause(patience)
        self._inclusions = InclusionReader()
        dialect = self._engine.dialect
        self._versions = Question.prepare(questions.VERSIONS, dialect)
        self._by_number = Question.prepare(questions.BY_NUMBER, dialect)
        self._as_of = Question.prepare(questions.AS_OF, dialect)
        self._face = Question.prepare(questions.FACE, dialect)
        self._status_marks = Question.prepare(questions.STATUS_MARKS, dialect)
        self._status_list = Question.prepare(questions.STATUS_LIST, dialect)
        self._notices = Question.prepare(questions.NOTICES, dialect)
        self._licence_counts = Question.prepare(questions.LICENCE_COUNTS, dialect)
        self._last_bundles = Question.prepare(questions.LAST_BUNDLES, dialect)

    def versions(self, type_code: int, number: str) -> tuple[StoredLicence, ...] | RegisterUnavailable:
        """All versions of the licence with this number of this type, the highest first."""
        if type_code > LARGEST_INTEGER or _NUL in number:
            return ()
        return _licences(self._ask(self._versions, type_code=type_code, number=number))

    def by_number(self, key: str) -> tuple[StoredLicence, ...] | RegisterUnavailable:
        """All licences whose number has this lookup key: by type, then the highest version first."""
        if _NUL in key:
            return ()
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

    def inclusion(self, issuer_id: str, credential_id: bytes) -> Proof | None | RegisterUnavailable:
        """The proof that the issuer registered this credential; None where there is none."""
        return self._search(lambda connection: self._inclusions.find(connection, issuer_id, credential_id))

    def search(self, wanted: Wanted) -> Found | RegisterUnavailable:
        """The licences that are wanted."""
        if _NUL in wanted.key:
            return Found((), more=False)
        return self._search(lambda connection: _found(connection, wanted))

    def notices(self, type_code: int, number: str) -> tuple[StoredNotice, ...] | RegisterUnavailable:
        """All notices ever taken about the licence with this number of this type, by version, the latest first."""
        if type_code > LARGEST_INTEGER or _NUL in number:
            return ()
        rows = self._ask(self._notices, type_code=type_code, number=number)
        if isinstance(rows, RegisterUnavailable):
            return rows
        return tuple(StoredNotice(issuer, version, _blob(cose), at) for issuer, version, cose, at in rows)

    def licence_counts(self) -> tuple[LicenceCount, ...] | RegisterUnavailable:
        """What the register has, by issuer and type."""
        rows = self._ask(self._licence_counts)
        return rows if isinstance(rows, RegisterUnavailable) else tuple(LicenceCount(*row) for row in rows)

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
        self._resting = []
        self._engine.dispose()
        self._searching.dispose()

    def _search(self, look: Callable[[Connection], _T]) -> _T | RegisterUnavailable:
        """What `look` finds. A search that takes too long is given up, and does not start a pause for others."""
        if self._pause.holds():
            return RegisterUnavailable()

        def ask() -> _T:
            with self._searching.connect() as connection:
                return look(connection)

        try:
            found = self._asked(ask)
        except (DBAPIError, NoFreeConnection, InvalidRequestError) as error:
            return self._note_outage(error)
        self._note_answer()
        return found

    def _ask(self, question: Question, **values: Value) -> Rows | RegisterUnavailable:
        """Through the driver's own cursor: 32 µs, where executing the same statement with SQLAlchemy Core took 82."""
        if self._pause.holds():
            return RegisterUnavailable()
        started = monotonic()
        try:
            rows = self._asked(lambda: self._rows(question, values))
        except (self._driver.Error, NoFreeConnection, InvalidRequestError) as error:
            self._pause.begin_after(monotonic() - started)
            return self._note_outage(error)
        self._note_answer()
        return rows

    def _asked(self, ask: Callable[[], _T]) -> _T:
        """What `ask` gives; once more, by a new connection, where it fails at once: the old one may have been cut."""
        started = monotonic()
        try:
            return ask()
        except (self._driver.Error, DBAPIError):
            if not self._available or self._pause.is_slow(monotonic() - started):
                raise
        self.close()
        return ask()

    def _rows(self, question: Question, values: Mapping[str, Value]) -> Rows:
        resting = self._resting  # a failure puts another list in its place
        connection = self._connection(resting)
        cursor = connection.cursor()
        cursor.execute(question.sql, question.bind(values))
        rows: Rows = cursor.fetchall()
        cursor.close()
        resting.append(connection)
        return rows

    def _connection(self, resting: list[PoolProxiedConnection]) -> PoolProxiedConnection:
        """A resting one, or one from the pool: returning and taking it there costs as much as the question itself."""
        with suppress(IndexError):
            while True:
                connection = resting.pop()
                if reads_what_is_there(connection.dbapi_connection):
                    return connection
                connection.invalidate()
        return self._engine.raw_connection()

    def _note_answer(self) -> None:
        self._pause.end()
        if not self._available:
            self._available = True
            _log.warning("the register can be read again")

    def _note_outage(self, error: Exception) -> RegisterUnavailable:
        self.close()  # the other connections lead to the same place: the next question opens a new one
        if self._available:
            self._available = False
            _log.error("the register cannot be read: %s", " ".join(str(error).split()))
        return RegisterUnavailable()


def _found(connection: Connection, wanted: Wanted) -> Found:
    licence_ids = find_licences(connection, wanted)
    rows = connection.execute(questions.NEWEST, {"licence_ids": licence_ids[: wanted.count]}).all()
    newest = {row.licence_id: _licence(*row[:-1]) for row in rows}
    found = tuple(newest[each] for each in licence_ids[: wanted.count] if each in newest)
    return Found(found, more=len(licence_ids) > wanted.count)


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
    """Some drivers return a view of a blob; SQLite returns text if somebody wrote text there."""
    return value.encode("utf-8") if isinstance(value, str) else bytes(value)


def _face_document(line: bytes) -> bytes:
    """The face in a stored line; empty, with an alarm in the log, if the bytes are no longer a record."""
    try:
        return strict_json.parse(line, "stored record").text("face").encode("utf-8")
    except strict_json.Unexpected as error:
        _log.error("integrity: %s", error)
        return b""
