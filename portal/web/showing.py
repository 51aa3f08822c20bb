"""Verdict or Lookup → what its page shows. Pure; all words come from `wording`, all facts from the verdict.

A verdict without proof has no licence, and so nothing of the document can reach its page.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

from portal.catalogue.licence_types import PERSONAL
from portal.verification.dates import beijing_date, last_valid_date
from portal.verification.envelope import Credential
from portal.verification.presentation import encode_token
from portal.verification.statuses import StatusValue
from portal.verification.verdict import Licence, Outcome, Reason, Verdict
from portal.verifier import Lookup
from portal.web.check_rows import CheckRow, show_checks
from portal.web.face_page import FacePage, show_face
from portal.web.other_codes import Piece, compared, kind_of, visible
from portal.web.two_questions import AnsweredQuestion, answer_two_questions
from portal.web.wording import Language, Words

_SAFE_IN_A_PATH = "-._()（）〔〕"
_WORTH_ANOTHER_PHOTO = frozenset(
    (Reason.UNREADABLE_IMAGE, Reason.NO_CODE_FOUND, Reason.NOT_A_LICENCE_CODE, Reason.MALFORMED)
)
MAX_SHOWN_TEXT = 200  # of a code that is not ours: enough to recognise it


class Fact(NamedTuple):
    """A label with its value; `note` says more, such as an age. `outside` marks text that came from a document."""

    label: str
    value: str
    note: str = ""
    outside: bool = False


class Holder(NamedTuple):
    """Whose licence it is, to be compared with what is before one's eyes; `compare` is the question that asks so, and
    `still_used` whether to ask about the use of what is not valid.

    `written_number` is the number as it can be written at the end of an address, for people to copy; `uscc` is the code
    under which the holder's other licences are listed; what the register lacks has no history there.
    """

    type_slug: str
    type_name: str
    name: str
    number: str
    written_number: str
    address: str | None
    compare: str | None
    still_used: bool
    registered: bool
    uscc: str | None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The host that a code names and that is not this portal's: text, never a link; in pieces if it resembles ours."""

    label: str
    pieces: tuple[Piece, ...]
    note: str


class VerdictPage(NamedTuple):
    """All that verdict.html needs. `asked` is what was typed or read, where it was no code of ours, and `typed` all
    of it, to be mended where it was typed.
    """

    reason: Reason
    outcome: Outcome
    icon: Outcome
    headline: str
    sentence: str
    additions: tuple[str, ...]
    advice: tuple[str, ...]
    meaning: str
    answers: tuple[AnsweredQuestion, ...]
    checked_at: str
    facts: tuple[Fact, ...]
    checks: tuple[CheckRow, ...]
    elsewhere: Elsewhere | None = None
    asked: Fact | None = None
    typed: str | None = None
    holder: Holder | None = None
    notice: tuple[Fact, ...] = ()
    face: FacePage | None = None
    photo_again: bool = False
    successor_token: str | None = None
    successor_number: str | None = None


@dataclass(frozen=True, slots=True)
class ListedLicence:
    """One of several licences, with its verdict in short; without a token it cannot be opened from the list."""

    outcome: Outcome
    headline: str
    type_name: str = ""
    version: str = ""
    number: str = ""
    holder: str = ""
    address: str = ""
    token: str | None = None


@dataclass(frozen=True, slots=True)
class LookupPage:
    number: str
    entries: tuple[ListedLicence, ...]


@dataclass(frozen=True, slots=True)
class ChoicePage:
    headline: str
    sentence: str
    advice: tuple[str, ...]
    entries: tuple[ListedLicence, ...]


def show_verdict(verdict: Verdict, words: Words, own_host: str = "") -> VerdictPage:
    """What the page of one verdict shows; a host in a code is compared with `own_host`."""
    licence = verdict.licence
    successor = licence.successor if licence else None
    return VerdictPage(
        reason=verdict.reason,
        outcome=verdict.outcome,
        # Where no code could be read, the icon is a camera; a number was not photographed.
        icon=Outcome.UNKNOWN if verdict.reason is Reason.NOT_FOUND else verdict.outcome,
        headline=words.headline(verdict),
        sentence=words.sentence(verdict),
        additions=(*_what_it_is(verdict, words), *words.additions(verdict)),
        advice=words.advice(verdict),
        meaning=words.meaning(verdict),
        answers=answer_two_questions(verdict, words),
        checked_at=words.exact_time(verdict.checked_at),
        facts=_facts(verdict, words),
        checks=show_checks(verdict, words),
        elsewhere=_elsewhere(verdict.other_host, verdict, words, own_host) if verdict.other_host else None,
        asked=_asked(verdict.text, verdict, words) if verdict.text else None,
        typed=verdict.text if verdict.reason is not Reason.NOT_A_LICENCE_CODE else None,
        holder=_holder(verdict, licence, words) if licence else None,
        notice=_notice(licence, words) if licence else (),
        face=show_face(licence, words) if licence else None,
        photo_again=verdict.reason in _WORTH_ANOTHER_PHOTO,
        successor_token=token_of(successor) if successor else None,
        successor_number=licence.notice.successor_number if licence and licence.notice else None,
    )


def show_lookup(lookup: Lookup, words: Words) -> LookupPage:
    """What the list of the licences with one number shows."""
    return LookupPage(lookup.number, tuple(show_listed_licence(verdict, words) for verdict in lookup.entries))


def show_choice(verdict: Verdict, words: Words) -> ChoicePage:
    """What the choice between several codes in one photo shows."""
    return ChoicePage(
        headline=words.headline(verdict),
        sentence=words.sentence(verdict),
        advice=words.advice(verdict),
        entries=tuple(show_listed_licence(each, words) for each in verdict.entries),
    )


def _what_it_is(verdict: Verdict, words: Words) -> tuple[str, ...]:
    if verdict.reason is not Reason.NOT_A_LICENCE_CODE or verdict.text is None:
        return ()
    return (words.t(f"other_code.{kind_of(verdict.text)}"),)


def _elsewhere(host: str, verdict: Verdict, words: Words, own_host: str) -> Elsewhere:
    other = verdict.reason is Reason.NOT_A_LICENCE_CODE
    pieces = compared(host, own_host)
    notes = [words.t("verdict.looks_alike", own=own_host)] if len(pieces) > 1 else []
    notes += [words.t("verdict.foreign_note")] if verdict.licence else []  # it speaks of a signature that holds
    label = words.t("verdict.names_host" if other else "attribute.foreign_host")
    return Elsewhere(label, pieces, "".join(notes) if words.language is Language.ZH else " ".join(notes))


def _asked(text: str, verdict: Verdict, words: Words) -> Fact | None:
    """The text that was typed or read; where it names a host, the host says enough."""
    if verdict.other_host is not None:
        return None
    label = "verdict.read_text" if verdict.reason is Reason.NOT_A_LICENCE_CODE else "verdict.asked"
    return Fact(words.t(label), visible(text[:MAX_SHOWN_TEXT]), outside=True)


def show_listed_licence(verdict: Verdict, words: Words) -> ListedLicence:
    licence = verdict.licence
    if licence is None:
        return ListedLicence(verdict.outcome, words.headline(verdict))
    credential = licence.credential
    return ListedLicence(
        outcome=verdict.outcome,
        headline=words.headline(verdict),
        type_name=words.type_name(licence.licence_type),
        version=words.t("fact.version_value", version=credential.version),
        number=credential.number,
        holder=credential.holder,
        address=_address(licence) or "",
        token=token_of(credential),
    )


def _holder(verdict: Verdict, licence: Licence, words: Words) -> Holder:
    # A yes completes the check of a valid licence; of any other it would say what the verdict does not.
    asks = verdict.outcome is Outcome.VALID
    is_listed = licence.licence_type.category != PERSONAL
    return Holder(
        type_slug=licence.licence_type.slug,
        type_name=words.type_name(licence.licence_type),
        name=licence.credential.holder,
        number=licence.credential.number,
        written_number=as_written_in_an_address(licence.credential.number),
        address=_address(licence),
        compare=words.t(f"compare.{licence.licence_type.category}") if asks else None,
        still_used=verdict.outcome is Outcome.INVALID and verdict.reason is not Reason.CLAIMS_MISMATCH,
        registered=licence.registration is not None,
        uscc=licence.credential.uscc if is_listed else None,
    )


def _address(licence: Licence) -> str | None:
    return None if licence.licence_type.sensitive else licence.credential.address


@lru_cache(maxsize=1024)
def as_written_in_an_address(number: str) -> str:
    """Chinese characters as they are, for browsers take them; what would end or split a path is escaped."""
    return "".join(each if each.isalnum() or each in _SAFE_IN_A_PATH else quote(each, safe="") for each in number)


def token_of(credential: Credential) -> str:
    """The credential as it stands in the address of its verdict."""
    return encode_token(credential.envelope.encoded)


def _facts(verdict: Verdict, words: Words) -> tuple[Fact, ...]:
    at = verdict.checked_at
    facts = _licence_facts(verdict, verdict.licence, words) if verdict.licence else []
    facts.append(Fact(words.t("fact.checked_at"), words.exact_time(at)))
    for key, moment in (("status_as_of", verdict.status_as_of), ("register_as_of", verdict.register_as_of)):
        if moment is not None:
            signed = words.t("fact.signed_ago", ago=words.ago(moment, at))
            facts.append(Fact(words.t(f"fact.{key}"), words.time(moment), signed))
    return tuple(facts)


def _licence_facts(verdict: Verdict, licence: Licence, words: Words) -> list[Fact]:
    credential = licence.credential
    facts = [
        Fact(words.t("fact.term"), term_in_words(credential, words)),
        Fact(words.t("fact.version"), words.t("fact.version_number", version=credential.version)),
    ]
    listed = licence.status.value if licence.status else None
    # "In force" in a list says nothing for a document that has expired or that the register lacks.
    if listed is not StatusValue.IN_FORCE or verdict.reason is Reason.IN_FORCE:
        facts.append(Fact(words.t("fact.status"), words.status(listed)))
    return facts


def term_in_words(credential: Credential, words: Words) -> str:
    start = words.date(beijing_date(credential.not_before))
    if credential.expires_at is None:
        return words.t("fact.term_open", start=start)
    return words.t("fact.term_value", start=start, end=words.date(last_valid_date(credential.expires_at)))


def _notice(licence: Licence, words: Words) -> tuple[Fact, ...]:
    notice = licence.notice
    if notice is None:
        return ()
    # A notice is current only while it says what the status list says.
    listed = licence.status.value if licence.status else None
    kind = words.t(f"notice_kind.{notice.kind}") if notice.kind else words.status(listed)
    facts = (
        Fact(words.t("notice.change"), kind),
        Fact(words.t("notice.effective"), words.date(notice.effective)),
        Fact(words.t("notice.decision_number"), notice.decision_number or "", outside=True),
        Fact(words.t("notice.reason"), notice.reason or "", outside=True),
    )
    return tuple(fact for fact in facts if fact.value)
