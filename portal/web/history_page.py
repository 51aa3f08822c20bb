"""All versions of a licence as a timeline: what was issued, changed and decided, and what differs from before. Pure.

What differs is read from the faces, so that it shows no more than the faces themselves do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from portal.lookups import HistoryEntry
from portal.verification.dates import beijing_date, last_valid_date
from portal.verification.notice import Notice
from portal.verification.statuses import STATUS_VALUES, StatusValue
from portal.verification.verdict import Licence, Reason
from portal.web.face_page import show_face
from portal.web.showing import Fact, ListedLicence, as_written_in_an_address, show_listed_licence, term_in_words
from portal.web.wording import Words


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the face in two versions; empty where a version does not have it."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a version on a day. `entry` is the version's own verdict, where it began."""

    day: date
    written_day: str
    version: str
    title: str
    facts: tuple[Fact, ...]
    changes: tuple[Change, ...] = ()
    entry: ListedLicence | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """All that history.html needs; the latest event first."""

    number: str
    written_number: str
    newest: ListedLicence
    events: tuple[Event, ...]
    checked_at: str


def show_history(number: str, versions: Sequence[HistoryEntry], words: Words) -> HistoryPage:
    """The page of a licence with at least one version, the highest first. What is not proven has no events."""
    proven = [(entry, licence) for entry in versions if (licence := entry.verdict.licence) is not None]
    events: list[Event] = []
    for (entry, licence), earlier in zip_longest(proven, (licence for _, licence in proven[1:])):
        events += _events(entry, licence, earlier, words)
    newest = versions[0].verdict
    if newest.reason is Reason.EXPIRED and newest.licence:
        events.insert(0, _end_of_term(newest.licence, words))
    # Of one day, the later version and its later event stay first.
    ordered = sorted(events, key=lambda each: each.day, reverse=True)
    return HistoryPage(
        number=number,
        written_number=as_written_in_an_address(number),
        newest=show_listed_licence(newest, words),
        events=tuple(ordered),
        checked_at=words.exact_time(newest.checked_at),
    )


def _events(entry: HistoryEntry, licence: Licence, earlier: Licence | None, words: Words) -> Iterator[Event]:
    """What happened to one version, the latest first."""
    version = words.t("fact.version_value", version=licence.credential.version)
    for notice in entry.notices:
        yield _notice_event(notice, version, words)
    day = beijing_date(licence.credential.issued_at)
    changes = _changes(earlier, licence, words)
    yield Event(
        day=day,
        written_day=words.date(day),
        version=version,
        title=words.t(f"history.{_beginning(earlier, licence, changes)}"),
        facts=(Fact(words.t("fact.term"), term_in_words(licence.credential, words)),),
        changes=changes or (),
        entry=show_listed_licence(entry.verdict, words),
    )


def _beginning(earlier: Licence | None, licence: Licence, changes: tuple[Change, ...] | None) -> str:
    """How a version came about. A later end makes it a renewal; only faces that agree in all make it a re-issue."""
    if earlier is None:
        return "first" if licence.credential.version == 1 else "issued"
    before, after = earlier.credential.expires_at, licence.credential.expires_at
    if before is not None and after is not None and after > before:
        return "renewed"
    return "reissued" if changes == () else "changed"


def _notice_event(notice: Notice, version: str, words: Words) -> Event:
    facts = (
        Fact(words.t("notice.decision_number"), notice.decision_number or "", outside=True),
        Fact(words.t("notice.reason"), notice.reason or "", outside=True),
        Fact(words.t("verdict.successor_number"), notice.successor_number or "", outside=True),
    )
    return Event(
        day=notice.effective,
        written_day=words.date(notice.effective),
        version=version,
        title=_decided(notice, words),
        facts=tuple(fact for fact in facts if fact.value),
    )


def _decided(notice: Notice, words: Words) -> str:
    if notice.kind is not None:
        return words.t(f"notice_kind.{notice.kind}")
    if notice.status == StatusValue.IN_FORCE:
        return words.t("history.restored")
    return words.status(STATUS_VALUES.get(notice.status))


def _end_of_term(licence: Licence, words: Words) -> Event:
    credential = licence.credential
    day = last_valid_date(credential.expires_at or credential.not_before)
    version = words.t("fact.version_value", version=credential.version)
    return Event(day, words.date(day), version, words.t("history.expired"), ())


def _changes(earlier: Licence | None, licence: Licence, words: Words) -> tuple[Change, ...] | None:
    """Field by field; None where the faces of both are not at hand."""
    before, after = (_fields(each, words) for each in (earlier, licence))
    if before is None or after is None:
        return None
    labels = dict.fromkeys((*after, *before))
    pairs = (Change(label, before.get(label, ""), after.get(label, "")) for label in labels)
    return tuple(each for each in pairs if each.before != each.after)


def _fields(licence: Licence | None, words: Words) -> dict[str, str] | None:
    face = show_face(licence, words) if licence else None
    if face is None:
        return None
    fields = {row.label: row.value.text for row in (*face.rows, *face.added)}
    fields[words.t("face.issuer")] = "\n".join(each.text for each in face.issuers)
    # An e-licence identifier names its version, and so is another one each time.
    fields.pop(words.t("face.elicence_id"), None)
    return fields
