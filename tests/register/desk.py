"""A register being filled: the desk at which the tests of this folder work."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.authority.bundles import record_line, sign_bundle
from portal.authority.signing_keys import SigningKey
from portal.register.importing import Loaded, LoadedStatusList, Progress, load_bundle, load_status_list
from portal.register.reading import RegisterReader
from portal.register.tables import metadata, open_for_writing
from portal.sources import FoundBy, Wanted
from tests.authorities import AT, REGISTERED_AT
from tests.postgresql_servers import PostgreSQLServer
from tests.world import CATALOGUE, Issued, World

RETAIL = 3  # the type code of drug-distribution-retail


class Desk:
    """A world and a register; `load` takes lines into it under the world's trust list as it is at that moment."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.world = World()
        self.database = folder / "register.sqlite"
        self.url = url or f"sqlite:///{self.database}?timeout=0"
        self.engine = open_for_writing(self.url)

    def load(
        self,
        lines: Iterable[bytes],
        *,
        at: int = AT,
        confirmed: bool = True,
        max_errors: int = 20,
        progress: Progress | None = None,
    ) -> Loaded:
        """What is meant, unless a test says that nobody has confirmed it."""
        return load_bundle(
            self.engine,
            lines,
            self.world.trust_list,
            CATALOGUE,
            at,
            confirmed=confirmed,
            max_errors=max_errors,
            progress=progress,
        )

    def load_status(self, encoded: bytes, *, at: int = AT, confirmed: bool = False) -> LoadedStatusList:
        return load_status_list(self.engine, encoded, self.world.trust_list, at, confirmed=confirmed)

    def reader(self) -> RegisterReader:
        """One that waits for a server on a busy machine; how long a portal waits is not for this desk to test."""
        return RegisterReader(self.url, patience=10)

    def contents(self) -> dict[str, list[tuple[Any, ...]]]:
        """All rows of all tables."""
        with self.engine.connect() as connection:
            return {
                table.name: sorted(tuple(row) for row in connection.execute(select(table)))
                for table in metadata.sorted_tables
            }


@contextmanager
def desk_in(server: PostgreSQLServer, folder: Path) -> Iterator[Desk]:
    """A desk over an empty register in PostgreSQL."""
    server.empty()
    desk = Desk(folder, server.url)
    yield desk
    desk.engine.dispose()


@contextmanager
def desk_over(request: pytest.FixtureRequest, folder: Path) -> Iterator[Desk]:
    """A desk over the database that the parameter of a fixture names: sqlite or postgresql."""
    if request.param == "sqlite":
        yield Desk(folder)
        return
    with desk_in(request.getfixturevalue("server"), folder) as desk:
        yield desk


def line_of(licence: Issued, notice: bytes | None = None) -> bytes:
    return record_line(licence.encoded, licence.face, notice)


def line_with_face(world: World, **members: object) -> bytes:
    """A licence and the face that belongs to it, which says something else than it should; `fields` are added to."""
    face: dict[str, Any] = json.loads(world.licence().face)
    fields = {**face["fields"], **members.pop("fields", {})}  # type: ignore[dict-item]  # a dictionary, if it is there
    document = json.dumps({**face, **members, "fields": fields}, ensure_ascii=False).encode()
    return line_of(world.licence(face=document))


def everything(reader: RegisterReader) -> list[object]:
    """The answer to each question that there is."""
    number, issuer_id = "辽CB024100001", "11210000MB0X123458"
    return [
        reader.versions(RETAIL, number),
        reader.by_number(number),
        reader.as_of(issuer_id),
        reader.face(bytes(32)),
        reader.search(Wanted(FoundBy.NAME, "药房", 0, 20)),
        reader.search(Wanted(FoundBy.USCC, "91210100MA0DEM018W", 0, 20)),
        reader.notices(RETAIL, number),
        reader.inclusion(issuer_id, bytes(32)),
        reader.licence_counts(),
        reader.last_bundles(),
        reader.status_marks(),
        reader.stored_status_list(issuer_id, 0),
    ]


def bundle(
    world: World,
    records: Sequence[bytes],
    *,
    sequence: int = 1,
    follows: int | None = None,
    signed_at: int = REGISTERED_AT,
    key: SigningKey | None = None,
) -> Iterator[bytes]:
    """A bundle of Liaoning's, signed by its main key unless another is named."""
    signer = key or world.liaoning.keys["esp256"]
    return sign_bundle(signer, records, sequence=sequence, issued_at=signed_at, follows=follows)
