"""Guards against accidents: bundles and lists that end or leave out so many licences that somebody should confirm.

A single licence that ends is everyday work, however few its issuer has; an export with a wrong filter ends many. A list
may end more: only a list revokes, authorities cancel dozens in a day, and until it is taken these are shown in force.
"""

from __future__ import annotations

from collections.abc import Iterable

from portal.verification.bundle import Record
from portal.verification.statuses import StatusList, StatusValue

ONE_IN = 200  # of an issuer's licences may end at once: 0.5 %
MANY = 100  # entries of a list
# Entries that the lists of one issuer may have together: more than the country has licences. Each worker of a portal
# holds them in memory, 4 MiB of these; a list of 64 MiB in 65 KB of zlib could be signed a thousand times.
ROOM = 1 << 23
_ENDED = frozenset(StatusValue) - {StatusValue.IN_FORCE, StatusValue.RENEWING, StatusValue.SUPERSEDED}
_LIVE = (StatusValue.IN_FORCE, StatusValue.RENEWING)
_OUT_OF_FORCE = _ENDED | {None}  # None: a value outside the table, with which no licence is called in force


class Impact:
    """What a bundle does to the `held` licences that the register had of its issuer, whose ids are below `next_id`."""

    def __init__(self, held: int, next_id: int) -> None:
        self._held = held
        self._had = bytearray(next_id)
        self._ended = bytearray(next_id)

    def note(self, licence_id: int, ends: bool) -> None:
        """Note a record of this licence in the bundle, and whether it ends the licence."""
        if licence_id < len(self._had):
            self._had[licence_id] = 1
            self._ended[licence_id] |= ends

    def objection(self, is_snapshot: bool) -> str | None:
        """What somebody should confirm."""
        missing = self._held - sum(self._had) if is_snapshot else 0
        if missing:
            return f"the snapshot leaves out {missing} of the {self._held} licences that the register has of its issuer"
        ended = sum(self._ended)
        if ended > 1 and _is_large(ended, self._held):
            return f"it puts {ended} of the {self._held} licences out of force that the register has of its issuer"
        return None


def ends(record: Record, at: int) -> bool:
    """Whether a record says that its licence is no longer in force, as of `at`."""
    expires_at = record.credential.expires_at
    expired = expires_at is not None and expires_at <= at
    return expired or (record.notice is not None and record.notice.status in _ENDED)


def objection_to_list(before: StatusList, after: StatusList, held: int) -> str | None:
    """What somebody should confirm before one list replaces another; the register has `held` licences of the issuer."""
    missing = 2 * max(len(before.values) - len(after.values), 0)
    changed = [index for index, (old, new) in enumerate(zip(before.values, after.values, strict=False)) if old != new]
    entries = (entry for index in changed for entry in (2 * index, 2 * index + 1))
    ended = sum(before.value_at(entry) in _LIVE and after.value_at(entry) in _OUT_OF_FORCE for entry in entries)
    if missing + ended < MANY or not _is_large(missing + ended, held):
        return None
    if missing:
        return f"the list says nothing any more of {missing} entries"
    return f"it puts {ended} entries out of force; the register has {held} licences of its issuer"


def objection_to_room(
    before: StatusList | None, after: StatusList, others: Iterable[StatusList], held: int
) -> str | None:
    """The same of a list that is longer than the one before it, beside the `others` of its issuer."""
    if before is not None and len(after.values) <= len(before.values):
        return None
    room = 2 * sum(len(each.values) for each in (after, *others))
    if room <= ROOM:
        return None
    return f"its issuer's lists would have {room} entries; the register has {held} licences of its issuer"


def _is_large(ended: int, held: int) -> bool:
    return ended * ONE_IN > held
