"""Status notices: which are read (spec §7), and how long their reasons are public. The browser reads the same table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from portal.authority.signing import sign1
from portal.verification.dates import LATEST, parse_timestamp
from portal.verification.envelope import Malformed
from portal.verification.notice import CONTENT_TYPE, read_notice
from portal.verification.statuses import StatusValue
from tests.authorities import AT, key
from tests.world import World

_LAST_DAY = LATEST // 86_400


def notice(
    details: Mapping[int, Any] | None = None, claims: Mapping[int, Any] | None = None, content_type: str = CONTENT_TYPE
) -> bytes:
    body = {1: 1, 2: 1, 3: 0xB, 4: 20_000, **(details or {})}
    outer = {2: "辽CB024100123", 6: AT, -65538: body, **(claims or {})}
    return sign1(key("liaoning"), {number: value for number, value in outer.items() if value is not None}, content_type)


# By what they show, and whether they are read.
NOTICES: dict[str, tuple[bytes, bool]] = {
    "no optional member": (notice(), True),
    "another kind of envelope": (notice(content_type="application/statuslist+cwt"), False),
    "a number of 64 characters": (notice(claims={2: "药" * 64}), True),
    "a number of 65 characters": (notice(claims={2: "药" * 65}), False),
    "no time": (notice(claims={6: None}), False),
    "no details": (notice(claims={-65538: None}), False),
    "an unknown claim": (notice(claims={7: b"id"}), False),
    "an unknown member": (notice({10: 1}), False),
    "version 0": (notice({2: 0}), False),
    "a status below 0": (notice({3: -1}), False),
    "the last day of the calendar": (notice({4: _LAST_DAY}), True),
    "a day beyond the calendar": (notice({4: _LAST_DAY + 1}), False),
    "a day that is true": (notice({4: True}), False),
    "a day as text": (notice({4: "2026-11-01"}), False),
    "a decision of 200 characters": (notice({5: "药" * 200}), True),
    "a decision of 201 characters": (notice({5: "药" * 201}), False),
    "a reason of 2,000 characters": (notice({6: "药" * 2000}), True),
    "a reason of 2,001 characters": (notice({6: "药" * 2001}), False),
    "an empty reason": (notice({6: ""}), False),
    "published to the last day of the calendar": (notice({7: _LAST_DAY}), True),
    "published beyond the calendar": (notice({7: _LAST_DAY + 1}), False),
    "a kind": (notice({8: "void"}), True),
    "an unknown kind": (notice({8: "lost"}), False),
    "a successor's number of 64 characters": (notice({9: "药" * 64}), True),
    "a successor's number of 65 characters": (notice({9: "药" * 65}), False),
}


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_is_read_within_its_limits_and_refused_beyond(name: str) -> None:
    encoded, is_read = NOTICES[name]
    if is_read:
        assert read_notice(encoded).number
    else:
        with pytest.raises(Malformed):
            read_notice(encoded)


@pytest.mark.parametrize(
    ("at", "is_published"), [("2026-11-30T15:59:59Z", True), ("2026-11-30T16:00:00Z", False)], ids=["within", "after"]
)
def test_a_reason_is_public_through_the_last_day_in_beijing(at: str, is_published: bool) -> None:
    world = World()
    until = date(2026, 11, 30)
    encoded = world.notice(world.licence(), StatusValue.REVOKED, reason="演示", published_until=until)
    assert read_notice(encoded).is_published(parse_timestamp(at)) is is_published
