"""Tables of changes → what is signed about licences already issued: status values by index, and status notices."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from types import MappingProxyType

from portal.authority.signing import NoticeClaims
from portal.authority.tables import Row, Unique, read_rows
from portal.catalogue.licence_types import Catalogue
from portal.verification.notice import NoticeKind
from portal.verification.statuses import StatusValue

_STATUSES: Mapping[str, StatusValue] = MappingProxyType(
    {
        **{value.name.lower(): value for value in StatusValue},
        "在有效期内": StatusValue.IN_FORCE,
        "注销": StatusValue.CANCELLED,
        "暂停": StatusValue.SUSPENDED,
        "已换发": StatusValue.SUPERSEDED,
        "吊销": StatusValue.REVOKED,
        "撤销": StatusValue.RESCINDED,
        "撤回": StatusValue.WITHDRAWN,
        "延续审查中": StatusValue.RENEWING,
        "其他终止": StatusValue.ENDED,
    }
)
_KINDS: Mapping[str, NoticeKind] = MappingProxyType(
    {
        **{kind.value: kind for kind in NoticeKind},
        "作废": NoticeKind.VOID,
        "取消备案": NoticeKind.FILING_REMOVED,
        "已转备案": NoticeKind.MIGRATED,
    }
)
STATUS_COLUMNS: Mapping[str, str] = MappingProxyType({"index": "状态序号", "status": "状态"})
NOTICE_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "type": "类型",
        "number": "编号",
        "version": "版本",
        "status": "状态",
        "effective": "生效日期",
        "decision": "决定书文号",
        "reason": "事由",
        "published_until": "公示截止",
        "kind": "终止方式",
        "successor": "新编号",
    }
)
MAX_ENTRIES = 1 << 27  # two indexes a byte: a list of 64 MiB, the largest that a reader inflates (spec §6)


def read_statuses(document: bytes) -> bytes:
    """A status value for each index, up to the highest of the table; what the table leaves out is in force."""
    one_status = Unique(_index, "index", "状态序号重复", "the index occurs twice")
    entries = read_rows(document, STATUS_COLUMNS, _read_status, one_status)
    values = bytearray(max((index for index, _ in entries), default=0) + 1)
    for index, value in entries:
        values[index] = value
    return bytes(values)


def _index(entry: tuple[int, StatusValue]) -> int:
    return entry[0]


def _read_status(row: Row) -> tuple[int, StatusValue]:
    index = row.whole_number("index")
    if index >= MAX_ENTRIES:
        row.note("index", f"应小于 {MAX_ENTRIES}", f"must be below {MAX_ENTRIES}")
        index = 0
    return index, row.choice("status", _STATUSES, StatusValue.IN_FORCE)


def read_notices(document: bytes, catalogue: Catalogue, issued_at: int) -> tuple[NoticeClaims, ...]:
    codes = {name: each.code for each in catalogue.by_slug.values() for name in (each.slug, each.zh)}
    return read_rows(
        document,
        NOTICE_COLUMNS,
        lambda row: _read_notice(row, codes, issued_at),
        # A record has room for one notice: of two, it would be a matter of luck which one counts.
        Unique(_about, "number", "同一版本已有通知", "a second notice about this version"),
    )


def _about(notice: NoticeClaims) -> Hashable:
    return notice.type_code, notice.number, notice.version


def _read_notice(row: Row, codes: Mapping[str, int], issued_at: int) -> NoticeClaims:
    status = row.choice("status", _STATUSES, StatusValue.IN_FORCE)
    kind = row.choice("kind", _KINDS, NoticeKind.VOID) if row.has("kind") else None
    if kind is not None and status is not StatusValue.ENDED and row.is_sound("status"):
        row.note("kind", "只有状态为「其他终止」时才填", "is for the status `ended` alone")
    return NoticeClaims(
        number=row.text("number", 64),
        type_code=row.choice("type", codes, 0),
        version=row.whole_number("version", least=1, otherwise=1),
        status=status,
        effective=row.required_day("effective"),
        issued_at=issued_at,
        decision_number=row.optional_text("decision", 200),
        reason=row.optional_text("reason", 2000),
        published_until=row.day("published_until"),
        kind=kind,
        successor_number=row.optional_text("successor", 64),
    )
