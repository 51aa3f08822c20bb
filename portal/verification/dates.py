"""Seconds since 1970 (UTC) and the calendar of UTC+08:00, in which the law counts days (spec §3)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

BEIJING = timezone(timedelta(hours=8))
# Python's calendar ends with the year 9999; a day is left at either end for the shift of eight hours.
EARLIEST, LATEST = -62135510400, 253402214400

_TIMESTAMP = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def is_calendar_time(seconds: int) -> bool:
    return EARLIEST <= seconds <= LATEST


def beijing_time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, BEIJING)


# Pages speak again and again of now, and of the few moments at which lists and registers were signed.
@lru_cache(maxsize=1024)
def beijing_date(seconds: int) -> date:
    return beijing_time(seconds).date()


@lru_cache(maxsize=1024)
def last_valid_date(exp: int) -> date:
    """The last day of a term: the day, in Beijing, of the second before `exp`."""
    return beijing_date(exp - 1)


def days_since_1970(days: int) -> date | None:
    """The date of a notice's day number; None where it is outside the calendar."""
    return date(1970, 1, 1) + timedelta(days=days) if is_calendar_time(days * 86400) else None


def parse_timestamp(text: str) -> int:
    """Seconds of `2026-11-20T02:00:00Z`; ValueError for any other form, and outside the calendar."""
    if not _TIMESTAMP.fullmatch(text):
        raise ValueError(f"not a time of the form 2026-11-20T02:00:00Z: {text[:40]!r}")
    try:
        seconds = int(datetime.fromisoformat(text).timestamp())
    except ValueError as error:
        raise ValueError(f"not a time: {text}: {error}") from error
    if not is_calendar_time(seconds):
        raise ValueError(f"not a time that has a date in Beijing: {text}")
    return seconds


@lru_cache(maxsize=1024)
def format_timestamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().removesuffix("+00:00") + "Z"
