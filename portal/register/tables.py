"""The register's tables (SQLAlchemy Core), on SQLite or PostgreSQL, and the two ways to open them.

A portal opens read-only, and goes on reading the old register while a load of any size is under way in one transaction.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    NullPool,
    QueuePool,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    make_url,
    select,
)
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection, IsolationLevel
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from portal.register.sqlite_files import begin_immediately, connect_to_read, connect_to_write, require_same_file
from portal.register.transactions import DatabaseUnusable, writing

SCHEMA_VERSION = "3"
LARGEST_INTEGER = (1 << 63) - 1  # of both databases; a credential's integers may have one bit more
_WAIT_FOR_CONNECTION = 2.0  # seconds

metadata = MetaData()

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

manifests = Table(
    "manifests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("issuer_id", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("follows", BigInteger),
    Column("signed_at", BigInteger, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("cose", LargeBinary, nullable=False),
    UniqueConstraint("issuer_id", "sequence"),
    Index("manifests_by_time", "issuer_id", "signed_at"),
)

# The manifests of bundles that were rolled back: what they brought is gone, but not the fact that they were there.
taken_back = Table(
    "taken_back",
    metadata,
    Column("id", Integer, primary_key=True),
    *(Column(each.name, each.type, nullable=each.nullable) for each in manifests.columns if each.name != "id"),
    Column("taken_back_at", BigInteger, nullable=False),
)

# The leaves of each manifest's Merkle tree, a few hundred to a row. A snapshot repeats records of earlier bundles;
# without its own leaves nobody could prove that such a record is under its root.
leaf_blocks = Table(
    "leaf_blocks",
    metadata,
    Column("manifest_id", ForeignKey("manifests.id"), primary_key=True),
    Column("first_index", Integer, primary_key=True, autoincrement=False),
    Column("hashes", LargeBinary, nullable=False),
)

# A credential is its claims, and another authority may sign the same ones: each has its own record of them.
# `manifest_id` and `leaf_index`: where a record was first taken. `line` is the exact line, which holds the claims.
# `licence_id` is the same for all versions of a licence: of one issuer, type and number.
records = Table(
    "records",
    metadata,
    Column("credential_id", LargeBinary, primary_key=True),
    Column("issuer_id", Text, primary_key=True),
    Column("manifest_id", ForeignKey("manifests.id"), nullable=False),
    Column("leaf_index", Integer, nullable=False),
    Column("type_code", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("number_key", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("holder", Text, nullable=False),
    Column("uscc", Text),
    Column("face_digest", LargeBinary, nullable=False),
    Column("line", LargeBinary, nullable=False),
    Column("licence_id", BigInteger, nullable=False),
    Column("elicence_id", Text),
    Index("records_by_number", "type_code", "number", "version"),
    Index("records_by_number_key", "number_key"),
    Index("records_by_face", "face_digest"),
    Index("records_by_licence", "licence_id", "version"),
    Index("records_by_uscc", "uscc", "type_code", "number"),
    Index("records_by_elicence", "elicence_id"),
)

# What one issuer has of one type, and how many licences that is, whatever the number of versions.
shelves = Table(
    "shelves",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("issuer_id", Text, nullable=False),
    Column("type_code", Integer, nullable=False),
    Column("licences", BigInteger, nullable=False),
    UniqueConstraint("issuer_id", "type_code"),
)

# Every suffix of every holder's name, and so every part of it: the names with a given part are one range of the index,
# those on one shelf one range of the key. PostgreSQL must compare text by its bytes too, or it would be no range.
_Bytewise = Text().with_variant(Text(collation="C"), "postgresql")
name_parts = Table(
    "name_parts",
    metadata,
    Column("gram", _Bytewise, primary_key=True),
    Column("shelf", Integer, primary_key=True, autoincrement=False),
    Column("rest", _Bytewise, primary_key=True),
    Column("licence_id", BigInteger, primary_key=True, autoincrement=False),
    Index("name_parts_anywhere", "gram", "rest", "licence_id"),
    sqlite_with_rowid=False,
)

# Where one transaction gathers parts of names before it sorts them into that table.
staged_parts = Table(
    "staged_parts",
    MetaData(),
    *(Column(each.name, each.type) for each in name_parts.columns),
    prefixes=["TEMPORARY"],
)

notices = Table(
    "notices",
    metadata,
    Column("issuer_id", Text, primary_key=True),
    Column("type_code", Integer, primary_key=True, autoincrement=False),
    Column("number", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("issued_at", BigInteger, primary_key=True, autoincrement=False),
    Column("manifest_id", ForeignKey("manifests.id"), nullable=False),
    Column("cose", LargeBinary, nullable=False),
    Index("notices_by_number", "type_code", "number"),
)

status_lists = Table(
    "status_lists",
    metadata,
    Column("issuer_id", Text, primary_key=True),
    Column("list_number", BigInteger, primary_key=True, autoincrement=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("cwt", LargeBinary, nullable=False),
)


def open_for_writing(url: str) -> Engine:
    """The register's database, with its tables, which are created if missing."""
    address = _read_url(url)
    if address.get_backend_name() == "sqlite":
        path, wait = _sqlite_path(address), _sqlite_timeout(address)
        engine = create_engine(
            "sqlite://", creator=lambda: connect_to_write(path, wait), poolclass=NullPool, hide_parameters=True
        )
        event.listen(engine, "begin", begin_immediately)
    else:
        engine = _create_engine(address, "READ COMMITTED")
    try:
        with writing(engine) as connection:
            metadata.create_all(connection)
            _require_schema_version(connection)
    except DatabaseUnusable:
        engine.dispose()
        raise
    return engine


def open_read_only(url: str, patience: float) -> Engine:
    """The register's database as a portal reads it; whether it exists shows only when it is asked.

    `patience`: how many seconds to wait for a server's connection, and for its answer.
    """
    address = _read_url(url)
    if address.get_backend_name() == "sqlite":
        path, wait = _sqlite_path(address), _sqlite_timeout(address)
        engine = create_engine(
            "sqlite://",
            creator=lambda: connect_to_read(path, wait),
            poolclass=QueuePool,
            pool_timeout=_WAIT_FOR_CONNECTION,
            pool_reset_on_return=None,  # a question leaves no transaction open
            hide_parameters=True,  # an outage is logged, and what a visitor looked for is not
        )
        event.listen(engine, "checkout", require_same_file)
    else:
        from portal.register.postgresql_connections import read_patiently  # its driver is a fifth of a start

        engine = _create_engine(address, "AUTOCOMMIT")
        read_patiently(engine, patience)
    _require_schema_version_of_each_connection(engine)
    return engine


def _read_url(url: str) -> URL:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnusable(f"not a database address: {error}") from error
    except ValueError as error:  # its message quotes the supposed port, which may be part of a password
        raise DatabaseUnusable("not a database address: its port is no number") from error
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnusable(f"neither SQLite nor PostgreSQL: {address.render_as_string()}")
    return address


def _sqlite_path(address: URL) -> Path:
    name = address.database
    if not name or name == ":memory:" or name.startswith("file:"):
        raise DatabaseUnusable(f"the path of a file is needed, as in sqlite:///register.sqlite: {address}")
    return Path(name).absolute()


def _sqlite_timeout(address: URL) -> float | None:
    """The parameter of Python's sqlite3: `?timeout=30` waits 30 seconds for a locked database."""
    try:
        return float(str(address.query["timeout"])) if "timeout" in address.query else None
    except ValueError as error:
        raise DatabaseUnusable(f"timeout is a number of seconds: {address}") from error


def _create_engine(address: URL, isolation_level: IsolationLevel) -> Engine:
    if address.drivername.endswith("psycopg") and "connect_timeout" not in address.query:
        # psycopg would wait for minutes.
        address = address.update_query_dict({"connect_timeout": str(int(_WAIT_FOR_CONNECTION))})
    try:
        return create_engine(
            address,
            isolation_level=isolation_level,
            pool_timeout=_WAIT_FOR_CONNECTION,
            pool_reset_on_return=None if isolation_level == "AUTOCOMMIT" else "rollback",
            hide_parameters=True,
        )
    except (ImportError, ArgumentError) as error:
        raise DatabaseUnusable(f"{address.drivername}: {error}") from error


def _require_schema_version(connection: Connection) -> None:
    found = connection.scalar(select(meta.c.value).where(meta.c.key == "schema_version"))
    if found is None:
        connection.execute(insert(meta).values(key="schema_version", value=SCHEMA_VERSION))
    elif found != SCHEMA_VERSION:
        raise DatabaseUnusable(_another_schema(found))


def _require_schema_version_of_each_connection(engine: Engine) -> None:
    """Have a register of another release fail as one that is out of reach: its rows may mean something else."""
    errors = engine.dialect.loaded_dbapi

    def require(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        try:
            cursor = connection.cursor()
            cursor.execute("SELECT value FROM meta WHERE key = 'schema_version'")
            found = cursor.fetchone()
            cursor.close()
            if found != (SCHEMA_VERSION,):
                raise errors.DatabaseError(_another_schema(found[0] if found else "unknown"))
        except errors.Error:
            connection.close()
            raise

    event.listen(engine, "connect", require)


def _another_schema(found: str) -> str:
    advice = "load all bundles and status lists into a new one"
    return f"the register has schema version {found}, this release has {SCHEMA_VERSION}: {advice}"
