"""Whether a lookup costs the same among 1,000,000 licences as among 10,000, in SQLite and in PostgreSQL; the ratio of
the medians is to be below 1.3. `python bench/lookups.py 10000000 sqlite` takes more, in one of the two.

The licences are rows of the register's tables, put there directly and unsigned, and indexed then: judging and storing
so many takes hours (bench/register.py). What is measured is finding one by its number, and by what a credential says.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from register import FIRST, RETAIL, lookups, number_of
from search import PostgreSQL, Row, SQLite, in_each_database
from sqlalchemy import text

from portal.register.tables import open_for_writing, records

ISSUER = "11210000MB0X123458"
TIMES = 3


def record_rows(licences: int) -> Iterator[Row]:
    """In the order of their credential ids, so that the index of these grows at its end."""
    pick = random.Random(20261122)
    for licence in range(licences):
        line = pick.randbytes(900)  # about what a credential and a face take
        credential_id = ((licence << 256) // licences).to_bytes(32, "big")
        number = number_of(licence)
        place = (credential_id, ISSUER, 1, licence)
        claims = (RETAIL, number, number, 1, "沈阳演示大药房", "91210100MA0DEM018W")
        yield (*place, *claims, line[:32], line, licence + 1, None)


def fill(database: SQLite | PostgreSQL, licences: int) -> None:
    engine = open_for_writing(database.url)
    with engine.begin() as connection:
        for index in records.indexes:
            index.drop(connection)
    manifest = (1, ISSUER, 1, "snapshot", None, 1, 1, licences, b"", b"")
    database.fill("manifests", [manifest], len(manifest))
    database.fill("records", record_rows(licences), len(records.columns))
    for index in records.indexes:
        with engine.begin() as connection:
            index.create(connection)
    if isinstance(database, PostgreSQL):  # as its autovacuum does sooner or later
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def measure(few: SQLite | PostgreSQL, many: SQLite | PostgreSQL, licences: int) -> bool:
    """Print what a lookup takes in both; whether the ratio keeps to the limit."""
    fill(few, FIRST)
    started = time.perf_counter()
    fill(many, licences)
    print(
        f"\n{many.name}: {licences:,} licences put in and indexed in {time.perf_counter() - started:,.0f} s", flush=True
    )
    kept = True
    for _ in range(TIMES):
        typed_few, scanned_few = lookups(few.url, FIRST)
        typed, scanned = lookups(many.url, licences)
        ratio = max(typed / typed_few, scanned / scanned_few)
        kept &= ratio < 1.3
        print(
            f"  by number {typed_few:4.0f} and {typed:4.0f} µs, "
            f"by credential {scanned_few:4.0f} and {scanned:4.0f} µs: {ratio:.2f} (below 1.3)",
            flush=True,
        )
    return kept


if __name__ == "__main__":
    in_each_database(measure, registers=2)
