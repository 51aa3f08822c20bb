"""Licences by number, identifier, holder's code or part of the holder's name, within 50 ms among a million of them.

The cost of a search depends on how many licences it returns and, with a filter, on how many shelves remain, but never
on how many licences match: these are one range of an index, overall or on each shelf.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Integer, Select, Table, Text, bindparam, select

from portal.register.indexing import LONGEST_PART, name_part
from portal.register.tables import name_parts, records, shelves
from portal.sources import FoundBy, Wanted

Part: TypeAlias = Mapping[str, Any]

_AFTER_ALL = "\U0010ffff"  # a noncharacter: no name has it
_COLUMNS = {
    FoundBy.NUMBER: records.c.number_key,
    FoundBy.ELICENCE: records.c.elicence_id,
    FoundBy.USCC: records.c.uscc,
}


def _licences(*of_shelf: ColumnElement[bool]) -> Select[Any]:
    """Licences with a part in a name; twice, if a name has the part twice, or two names of the licence have it."""
    return select(name_parts.c.licence_id).where(
        name_parts.c.gram == bindparam("gram", type_=Text),
        *of_shelf,
        name_parts.c.rest.between(bindparam("rest", type_=Text), bindparam("rest_end", type_=Text)),
    )


def _in_pages(statement: Select[Any]) -> Select[Any]:
    in_order = statement.order_by(name_parts.c.rest, name_parts.c.licence_id)
    return in_order.limit(bindparam("count")).offset(bindparam("first"))


_ANYWHERE = _in_pages(_licences())
_ON_SHELF = _in_pages(_licences(name_parts.c.shelf == bindparam("shelf", type_=Integer)))
# A scalar with a limit instead of EXISTS, which PostgreSQL turns into a join that reads the names of all shelves.
_SHELVES = (
    select(shelves.c.id)
    .where(_licences(name_parts.c.shelf == shelves.c.id).limit(1).scalar_subquery().is_not(None))
    .order_by(shelves.c.id)
    .limit(bindparam("count"))
)


def find_licences(connection: Connection, wanted: Wanted) -> list[int]:
    """The ids of the licences that are wanted, and of one more if there is one."""
    if wanted.by is not FoundBy.NAME:
        return _by_column(connection, wanted)
    return list(islice(_by_name(connection, wanted), wanted.first, wanted.first + wanted.count + 1))


def _by_column(connection: Connection, wanted: Wanted) -> list[int]:
    order = (records.c.type_code, records.c.number, records.c.licence_id)
    found = select(*order).where(_COLUMNS[wanted.by] == wanted.key).distinct().order_by(*order)
    statement = _narrowed(found, records, wanted).limit(wanted.count + 1).offset(wanted.first)
    return [row.licence_id for row in connection.execute(statement)]


def _by_name(connection: Connection, wanted: Wanted) -> Iterator[int]:
    """In the order of what follows the part in the name, shelf by shelf if there is a filter; each licence once."""
    gram, rest = name_part(wanted.key[-LONGEST_PART:])
    count = wanted.first + wanted.count + 1
    part: Part = {"gram": gram, "rest": rest, "rest_end": rest + _AFTER_ALL, "count": count}
    if wanted.type_code is None and wanted.issuer_ids is None:
        found = _pages(connection, _ANYWHERE, part)
    else:
        on = connection.scalars(_narrowed(_SHELVES, shelves, wanted), part).all()
        found = chain.from_iterable(_pages(connection, _ON_SHELF, {**part, "shelf": shelf}) for shelf in on)
    seen: set[int] = set()
    for licence_id in found:
        if licence_id not in seen:
            seen.add(licence_id)
            yield licence_id


def _pages(connection: Connection, statement: Select[Any], part: Part) -> Iterator[int]:
    for first in itertools.count(0, int(part["count"])):
        found = connection.scalars(statement, {**part, "first": first}).all()
        yield from found
        if len(found) < part["count"]:
            return


def _narrowed(statement: Select[Any], table: Table, wanted: Wanted) -> Select[Any]:
    if wanted.type_code is not None:
        statement = statement.where(table.c.type_code == wanted.type_code)
    if wanted.issuer_ids is not None:
        statement = statement.where(table.c.issuer_id.in_(wanted.issuer_ids))
    return statement
