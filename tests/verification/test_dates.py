"""Times: the one form in which they are written, and the calendar in which every one has a date (spec §3)."""

from __future__ import annotations

import pytest

from portal.verification.dates import EARLIEST, LATEST, beijing_time, format_timestamp, parse_timestamp


@pytest.mark.parametrize("seconds", [EARLIEST, -30_000_000_000, 0, 1_763_697_600, LATEST])
def test_a_time_is_written_as_it_is_read(seconds: int) -> None:
    assert parse_timestamp(format_timestamp(seconds)) == seconds
    assert beijing_time(seconds).year <= 9999


NO_TIMES = [
    pytest.param("2026-11-20 02:00:00Z", id="no T"),
    pytest.param("2026-11-20T02:00:00+08:00", id="another zone"),
    pytest.param("2026-02-30T02:00:00Z", id="no such day"),
    pytest.param("２０２６-11-20T02:00:00Z", id="digits of another width"),
    pytest.param("9999-12-31T23:59:59Z", id="in Beijing, a day of the year 10000"),
    pytest.param("0001-01-01T00:00:00Z", id="before the calendar"),
]


@pytest.mark.parametrize("text", NO_TIMES)
def test_any_other_text_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="time"):
        parse_timestamp(text)
