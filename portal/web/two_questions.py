"""The two questions that are never merged: is this document genuine, and is the licence in force? Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from portal.verification.dates import beijing_date, last_valid_date
from portal.verification.verdict import Attribute, CheckState, Licence, Reason, Verdict
from portal.web.wording import Words

_PASSED, _FAILED, _UNKNOWN, _POINTLESS = (
    CheckState.PASSED,
    CheckState.FAILED,
    CheckState.UNKNOWN,
    CheckState.NOT_APPLICABLE,
)


class AnsweredQuestion(NamedTuple):
    question: str
    state: CheckState
    text: str


_NOT_GENUINE: Mapping[Reason, tuple[CheckState, str]] = MappingProxyType(
    {
        Reason.MALFORMED: (_FAILED, "genuine_no"),
        Reason.TRUST_LIST_UNUSABLE: (_UNKNOWN, "genuine_unknown"),
        Reason.KEY_UNKNOWN: (_FAILED, "genuine_no"),
        Reason.SIGNATURE_INVALID: (_FAILED, "genuine_no"),
        Reason.KEY_NOT_IN_TERM: (_FAILED, "genuine_no"),
        Reason.OUT_OF_SCOPE: (_FAILED, "genuine_no"),
        Reason.KEY_COMPROMISED: (_UNKNOWN, "genuine_withdrawn_key"),
        Reason.CLAIMS_MISMATCH: (_FAILED, "genuine_mismatch"),
        Reason.NOT_IN_REGISTER: (_UNKNOWN, "genuine_unlisted"),
    }
)
_NEITHER_YES_NOR_NO: Mapping[Reason, tuple[CheckState, str]] = MappingProxyType(
    {
        Reason.CLAIMS_MISMATCH: (_POINTLESS, "in_force_pointless"),
        Reason.SUPERSEDED: (_FAILED, "in_force_newer"),
        Reason.MIGRATED: (_FAILED, "in_force_migrated"),
        Reason.NOT_YET_IN_FORCE: (_FAILED, "in_force_not_yet"),
        Reason.NOT_IN_REGISTER: (_UNKNOWN, "in_force_unknown"),
        Reason.REGISTER_UNAVAILABLE: (_UNKNOWN, "in_force_unknown"),
        Reason.STATUS_UNKNOWN: (_UNKNOWN, "in_force_unknown"),
    }
)


def answer_two_questions(verdict: Verdict, words: Words) -> tuple[AnsweredQuestion, ...]:
    """Both answers; none where no document of ours was presented."""
    if not verdict.checks:
        return ()
    state, key = _NOT_GENUINE.get(verdict.reason, (_PASSED, "genuine_yes"))
    genuine = AnsweredQuestion(words.t("question.genuine"), state, words.t(f"answer.{key}"))
    return genuine, _in_force(verdict, words)


def _in_force(verdict: Verdict, words: Words) -> AnsweredQuestion:
    question, licence = words.t("question.in_force"), verdict.licence
    if licence is None:
        return AnsweredQuestion(question, _POINTLESS, words.t("answer.in_force_pointless"))
    if verdict.reason is Reason.IN_FORCE:
        return AnsweredQuestion(question, _PASSED, _yes(verdict, licence, words))
    state, key = _NEITHER_YES_NOR_NO.get(verdict.reason, (_FAILED, "in_force_no"))
    start = words.date(beijing_date(licence.credential.not_before))
    return AnsweredQuestion(question, state, words.t(f"answer.{key}", headline=words.headline(verdict), date=start))


def _yes(verdict: Verdict, licence: Licence, words: Words) -> str:
    expires = licence.credential.expires_at
    if Attribute.RENEWING in verdict.attributes:
        return words.t("answer.in_force_renewing")
    if expires is None:
        return words.t("answer.in_force_unlimited")
    return words.t("answer.in_force_until", date=words.date(last_valid_date(expires)))
