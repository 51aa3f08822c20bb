"""How long each kind of search takes among 1,000,000 licences, in SQLite and in PostgreSQL: at the 95th percentile at
most 50 ms. `python bench/search.py 100000 sqlite` takes fewer, in one of the two. Building takes most of the time.

The licences are rows of the register's tables, put there directly and unsigned: what is measured is finding them, not
judging what is found. Their names, types and issuers are distributed as a country's could be.
"""

from __future__ import annotations

import itertools
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import holders
import psycopg
from sqlalchemy import text

from portal.catalogue.names import comparable_name
from portal.register.indexing import name_parts_of
from portal.register.reading import RegisterReader
from portal.register.tables import name_parts, open_for_writing, records, shelves
from portal.sources import Found, FoundBy, Wanted
from tests.postgresql_servers import postgresql_server

LIMIT = 50.0  # ms
ROUNDS = 300
PAGE = 20
CATALOGUE = Path(__file__).parent.parent / "portal/catalogue/catalogue.json"
TRADERS = ("医疗器械有限公司", "医药有限公司", "药业有限公司", "商贸有限公司", "健康管理有限公司", "科技有限公司")
MAKERS = (
    "制药有限公司",
    "药业股份有限公司",
    "生物科技有限公司",
    "制药厂",
    "医疗器械股份有限公司",
    "人民医院",
    "食品有限公司",
)
DISTRICTS = "和平沈河铁西皇姑大东浑南于洪苏家屯中山西岗沙河口甘井子旅顺朝阳南关宽城二道绿园道里南岗道外香坊平房"
RETAIL_SHARES = {"device-class2-distribution-filing": 40, "drug-distribution-retail": 30, "device-distribution": 12}
Row = tuple[object, ...]


class Country:
    """31 provinces with their 11 cities each. Provincial bureaus have all types, cities those of their level."""

    def __init__(self, licences: int) -> None:
        self._random = random.Random(20261121)
        catalogue = json.loads(CATALOGUE.read_text())
        self.types = {each["slug"]: each["code"] for each in catalogue["types"]}
        self._rare = [slug for slug in self.types if slug not in RETAIL_SHARES]
        self._places = [
            f"{a}{b}"
            for a, b in itertools.product("沈大鞍抚本丹锦营阜盘铁朝葫长吉四通白松延哈齐牡佳", "阳连山顺溪东州口新锦岭")
        ]
        self._shelves: dict[tuple[str, str], list[int]] = {}
        self.licences = licences
        self._names: list[tuple[int, str]] = []  # of licence 1, 2, …: its shelf and its holder's name
        self.samples: list[tuple[str, str, str]] = []  # name, number, USCC

    def part_rows(self) -> Iterator[Row]:
        for licence_id, (shelf, name) in enumerate(self._names, start=1):
            for gram, rest in name_parts_of(comparable_name(name)):
                yield gram, shelf, rest, licence_id

    def record_rows(self) -> Iterator[Row]:
        for number in range(1, self.licences + 1):
            yield self._record(number)

    def _record(self, licence_id: int) -> Row:
        pick = self._random
        province = pick.randrange(31)
        common = pick.random() < 0.85
        slug = pick.choices(list(RETAIL_SHARES), list(RETAIL_SHARES.values()))[0] if common else pick.choice(self._rare)
        city = pick.randrange(11)
        issuer = f"11{province + 11}{city if common else 99:02}00MB0X{province:02}{city:02}"
        name, uscc = self._name(slug, province * 11 + city), f"9121{licence_id // 3:014}"
        written = f"省{slug[:1].upper()}{licence_id:012}"
        shelf = self._shelves.setdefault((issuer, slug), [len(self._shelves) + 1, 0])
        shelf[1] += 1
        self._names.append((shelf[0], name))
        if licence_id % 997 == 0:
            self.samples.append((name, written, uscc))
        line = pick.randbytes(900)  # about what a credential and a face take
        code = self.types[slug]
        identifier = f"1.2.156.3005.2.11100000MB0341032Y002.{issuer}.{licence_id}.001.X"
        known = (line[:32], issuer, 1, licence_id, code, written, written, 1, name, uscc)
        return (*known, line[32:64], line, licence_id, identifier)

    def _name(self, slug: str, place: int) -> str:
        pick = self._random
        kinds = holders.SHOPS if slug == "drug-distribution-retail" else TRADERS if slug in RETAIL_SHARES else MAKERS
        city = self._places[place % len(self._places)]
        at = pick.randrange(0, len(DISTRICTS) - 1, 2)
        return f"{city}市{DISTRICTS[at : at + 2]}区{holders.brand_of_a_kind(pick, kinds)}"

    def shelf_rows(self) -> list[Row]:
        return [(shelf, issuer, self.types[slug], count) for (issuer, slug), (shelf, count) in self._shelves.items()]


class SQLite:
    """Names are put in as SQLite has sorted them: one by one in any order takes several times as long."""

    def __init__(self, url: str) -> None:
        self.name, self.url = "SQLite", url
        self._engine = open_for_writing(url)

    def fill(self, table: str, rows: Iterable[Row], columns: int) -> None:
        marks = ", ".join("?" * columns)
        with self._engine.begin() as connection:
            connection.connection.cursor().executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608

    def fill_names(self, rows: Iterable[Row]) -> None:
        self.fill_staged(rows)
        with self._engine.begin() as connection:
            connection.execute(text("DROP INDEX name_parts_anywhere"))
            connection.execute(
                text("INSERT INTO name_parts SELECT * FROM staged ORDER BY gram, shelf, rest, licence_id")
            )
            connection.execute(text("DROP TABLE staged"))
            next(iter(name_parts.indexes)).create(connection)

    def fill_staged(self, rows: Iterable[Row]) -> None:
        with self._engine.begin() as connection:
            connection.execute(text("CREATE TABLE staged (gram TEXT, shelf INTEGER, rest TEXT, licence_id INTEGER)"))
        self.fill("staged", rows, 4)


class PostgreSQL:
    """Names are copied in before there is an index."""

    def __init__(self, url: str) -> None:
        self.name, self.url = "PostgreSQL", url
        open_for_writing(url).dispose()

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True)

    def fill(self, table: str, rows: Iterable[Row], columns: int) -> None:
        with self._connect() as connection, connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def fill_names(self, rows: Iterable[Row]) -> None:
        with self._connect() as connection:
            connection.execute("ALTER TABLE name_parts DROP CONSTRAINT name_parts_pkey")
            connection.execute("DROP INDEX name_parts_anywhere")
        self.fill("name_parts", rows, 4)
        with self._connect() as connection:
            connection.execute("ALTER TABLE name_parts ADD PRIMARY KEY (gram, shelf, rest, licence_id)")
            connection.execute("CREATE INDEX name_parts_anywhere ON name_parts (gram, rest, licence_id)")
            connection.execute("VACUUM ANALYZE")


def build(database: SQLite | PostgreSQL, licences: int) -> Country:
    country = Country(licences)
    manifest = (1, "1", 1, "snapshot", None, 1, 1, licences, b"", b"")
    database.fill("manifests", [manifest], len(manifest))
    database.fill("records", country.record_rows(), len(records.columns))
    database.fill("shelves", country.shelf_rows(), len(shelves.columns))
    database.fill_names(country.part_rows())
    return country


def searches(country: Country) -> dict[str, list[Wanted]]:
    """Of each kind some hundred different searches."""
    pick = random.Random(7)
    samples = [pick.choice(country.samples) for _ in range(ROUNDS)]
    issuers = sorted({row[1] for row in country.shelf_rows()}, key=str)
    provinces = [[each for each in issuers if str(each)[2:4] == str(code)] for code in range(11, 42)]
    codes = list(country.types.values())

    def names(parts: Sequence[str], page: int = 0, **narrowed: object) -> list[Wanted]:
        return [Wanted(FoundBy.NAME, part, page * PAGE, PAGE, **narrowed) for part in parts]  # type: ignore[arg-type]

    def middle(name: str) -> str:
        start = pick.randrange(5, len(name) - 4)
        return name[start : start + pick.choice((2, 3, 4, 5))]

    common = ["药房", "有限", "公司", "有限公司", "大药房", "医药", "药业", "市和", "器械有限", "连锁"] * (ROUNDS // 10)
    absent = ["大药业", "公司药房", "药店有限", "区和平大药房连锁医院", "市市", "ab", "有限公司有限", "房有店"] * (
        ROUNDS // 8
    )
    rare_type = country.types["device-clinical-trial-filing"]
    filtered = [(part, pick.choice(codes), pick.choice(provinces)) for part in common + absent]
    return {
        "number": [Wanted(FoundBy.NUMBER, number, 0, PAGE) for _, number, _ in samples],
        "holder's code": [Wanted(FoundBy.USCC, uscc, 0, PAGE) for _, _, uscc in samples],
        "whole name": names([comparable_name(name) for name, _, _ in samples]),
        "part of a name": names([middle(name) for name, _, _ in samples]),
        "common part": names(common),
        "common part, fifth page": names(common, page=4),
        "no such name": names(absent),
        "common part, rare type": names(common, type_code=rare_type),
        "no such name, one type": names(absent, type_code=country.types["drug-distribution-retail"]),
        "part, one province": [w for p, _, i in filtered for w in names([p], issuer_ids=i)],
        "part, one type, one province": [w for p, c, i in filtered for w in names([p], type_code=c, issuer_ids=i)],
    }


def measure(database: SQLite | PostgreSQL, licences: int) -> bool:
    """Print the times of all kinds of searches; whether all keep to the limit."""
    country = build(database, licences)
    reader = RegisterReader(database.url)
    print(f"\n{database.name}: {licences:,} licences on {len(country.shelf_rows()):,} shelves, ms a search")
    print(f"  {'':34s}{'p50':>8s}{'p95':>8s}{'max':>8s}   at most {LIMIT:.0f} at p95")
    kept = True
    for kind, wanted in searches(country).items():
        times = [timed(reader, each) for each in wanted]
        p95 = statistics.quantiles(times, n=20)[-1]
        kept &= p95 <= LIMIT
        mark = "ok" if p95 <= LIMIT else "ABOVE"
        print(f"  {kind:34s}{statistics.median(times):8.2f}{p95:8.2f}{max(times):8.2f}   {mark}", flush=True)
    reader.close()
    return kept


def timed(reader: RegisterReader, wanted: Wanted) -> float:
    start = time.perf_counter()
    found = reader.search(wanted)
    spent = (time.perf_counter() - start) * 1000
    assert isinstance(found, Found)
    return spent


@contextmanager
def empty(database: str) -> Iterator[SQLite | PostgreSQL]:
    """A register in which nothing is yet."""
    if database == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield SQLite(f"sqlite:///{folder}/register.sqlite")
    else:
        with postgresql_server(shared_buffers="1GB", max_wal_size="8GB", maintenance_work_mem="1GB") as server:
            yield PostgreSQL(server.url)


def in_each_database(measure: Callable[..., bool], registers: int) -> None:
    """`measure` so many empty registers, as the command line says; exit status 1 where it did not keep to its limit."""
    licences = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    kept = True
    for database in sys.argv[2:] or ["sqlite", "postgresql"]:
        with ExitStack() as stack:
            made = [stack.enter_context(empty(database)) for _ in range(registers)]
            kept &= measure(*made, licences)
    sys.exit(not kept)


if __name__ == "__main__":
    in_each_database(measure, registers=1)
