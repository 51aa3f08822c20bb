"""All licences of one holder with their verdicts, and what the authorities publish of the holder on their faces. Pure.

Shops are named by licences in force alone; of a sensitive type nothing but the parties is shown, nor linked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portal.lookups import SearchResult
from portal.verification.face import Face
from portal.verification.verdict import Outcome, Verdict
from portal.web.face_page import FaceLink, credit_grade
from portal.web.showing import ListedLicence, show_listed_licence
from portal.web.wording import Words, linkable

_FIRST = (Outcome.VALID, Outcome.CAUTION, Outcome.UNKNOWN, Outcome.INVALID, Outcome.NONE)


@dataclass(frozen=True, slots=True)
class Site:
    """A web shop; `url` where it may be linked."""

    address: str
    url: str | None


@dataclass(frozen=True, slots=True)
class HolderPage:
    """All that holder.html needs."""

    uscc: str
    name: str
    summary: str
    entries: tuple[ListedLicence, ...]
    sites: tuple[Site, ...]
    credits: tuple[str, ...]
    links: tuple[FaceLink, ...]
    checked_at: str


def show_holder(uscc: str, result: SearchResult, words: Words, at: int) -> HolderPage:
    """The page of a holder who has a licence in the register."""
    verdicts = sorted(result.entries, key=lambda each: _FIRST.index(each.outcome))
    valid = [each for each in verdicts if each.outcome is Outcome.VALID]
    faces = list(_open_faces(verdicts))
    sites = dict.fromkeys(site for face in _open_faces(valid) for site in face.sites)
    return HolderPage(
        uscc=uscc,
        name=_name(verdicts),
        summary=words.t("holder.more" if result.more else "holder.count", count=len(verdicts), valid=len(valid)),
        entries=tuple(show_listed_licence(each, words) for each in verdicts),
        sites=tuple(Site(site, linkable(site)) for site in sites),
        credits=_latest_credits(faces, words),
        links=tuple(
            FaceLink(words.t(f"face.link_{rel}"), url)
            for rel, url in dict.fromkeys((link.rel, link.url) for face in faces for link in face.links)
        ),
        checked_at=words.exact_time(at),
    )


def _name(verdicts: Iterable[Verdict]) -> str:
    """As the licence has it that was signed last: a name changes, the code does not."""
    credentials = [each.licence.credential for each in verdicts if each.licence]
    return max(credentials, key=lambda each: each.issued_at).holder if credentials else ""


def _open_faces(verdicts: Iterable[Verdict]) -> Iterator[Face]:
    for licence in (each.licence for each in verdicts):
        face = licence.face if licence and not licence.licence_type.sensitive else None
        if face is not None:
            yield face


def _latest_credits(faces: Iterable[Face], words: Words) -> tuple[str, ...]:
    """The last grade that each body gave."""
    latest = {}
    for credit in sorted((face.credit for face in faces if face.credit), key=lambda each: each.as_of):
        latest[credit.by] = credit_grade(credit, words)
    return tuple(latest.values())
