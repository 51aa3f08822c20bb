"""The seven checks of a verdict, each with its evidence in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from portal.verification.dates import beijing_date, last_valid_date
from portal.verification.statuses import Freshness
from portal.verification.trust import KeyState
from portal.verification.verdict import CheckName, CheckState, Reason, Verdict
from portal.web.wording import Language, Words, fingerprint, isolated, words_for

KEPT_ROWS = 4096  # about a kilobyte each, with its HTML
Values: TypeAlias = dict[str, object]


class CheckRow(NamedTuple):
    name: CheckName
    state: CheckState
    label: str
    state_word: str
    evidence: str


def show_checks(verdict: Verdict, words: Words) -> tuple[CheckRow, ...]:
    return tuple(_row(check.name, check.state, verdict, words) for check in verdict.checks)


def _row(name: CheckName, state: CheckState, verdict: Verdict, words: Words) -> CheckRow:
    case, values = _EVIDENCE[name](verdict, words)
    return _written(name, state, case, words.language, tuple(values.items()))


# Of all that one issuer signed, the same sentences are said: of its key, its last bundle, its status list.
@lru_cache(maxsize=KEPT_ROWS)
def _written(
    name: CheckName, state: CheckState, case: str, language: Language, values: tuple[tuple[str, object], ...]
) -> CheckRow:
    """The row with the sentence for its case, if there is one of its own."""
    words = words_for(language)
    special = f"check.{name}.{state}_{case}"
    sentence = words.t(special if words.has(special) else f"check.{name}.{state}", **dict(values))
    return CheckRow(name, state, words.t(f"check.{name}.label"), words.t(f"check_state.{state}"), sentence)


def _nothing(_verdict: Verdict, _words: Words) -> tuple[str, Values]:
    return "", {}


def _signature(verdict: Verdict, words: Words) -> tuple[str, Values]:
    if verdict.signer is None:
        hint = fingerprint(bytes.fromhex(verdict.key_hint)) if verdict.key_hint else ""
        return ("key" if verdict.reason is Reason.KEY_UNKNOWN and hint else ""), {"key": hint}
    issuer, key = verdict.signer
    return "", {
        "issuer": isolated(words.issuer_name(issuer)),
        "key": fingerprint(key.key_id),
        "algorithm": words.t(f"algorithm.{key.algorithm.name}"),
        "term": words.t("key.term", start=words.day_of(key.not_before), end=words.day_of(key.end_of_term)),
    }


def _issuer(verdict: Verdict, words: Words) -> tuple[str, Values]:
    values: Values = {"version": verdict.trust_list_version}
    if verdict.signer:
        key = verdict.signer[1]
        values |= {"key": fingerprint(key.key_id), "since": words.day_of(key.since)}
        if key.state is KeyState.COMPROMISED and verdict.licence:
            return "registered_before", values  # no licence is shown otherwise
    return verdict.reason, values


def _register(verdict: Verdict, words: Words) -> tuple[str, Values]:
    licence = verdict.licence
    if licence is None:
        return "", {}
    if licence.successor is not None:
        return "newer", {"newer": licence.successor.version, **_registration(verdict, words)}
    if verdict.reason is Reason.CLAIMS_MISMATCH:
        return "mismatch", {}
    if licence.registration is None and verdict.register_as_of is not None:
        return "as_of", {"as_of": words.time(verdict.register_as_of)}
    return "", _registration(verdict, words)


def _registration(verdict: Verdict, words: Words) -> Values:
    taken = verdict.licence.registration if verdict.licence else None
    if taken is None:
        return {}
    return {
        "batch": taken.manifest_sequence,
        "signed": words.time(taken.manifest_signed_at),
        "taken": words.time(taken.taken_at),
    }


def _status(verdict: Verdict, words: Words) -> tuple[str, Values]:
    licence = verdict.licence
    if licence is None:
        return "", {}
    values: Values = {"list": licence.credential.status_list}
    status = licence.status
    if status is None:
        return "", values
    values |= {
        "status": words.status(status.value),
        "signed": words.time(status.issued_at),
        "ago": words.ago(status.issued_at, verdict.checked_at),
        "fresh": words.time(status.fresh_until),
        "expires": words.time(status.expires_at),
    }
    if status.freshness is Freshness.STALE:
        return "stale", values
    if status.value is None:
        return "value", values
    return ("ageing" if status.freshness is Freshness.AGEING else ""), values


def _dates(verdict: Verdict, words: Words) -> tuple[str, Values]:
    if verdict.licence is None:
        return "", {}
    credential = verdict.licence.credential
    values: Values = {"from": words.date(beijing_date(credential.not_before))}
    if credential.expires_at is not None:
        values["until"] = words.date(last_valid_date(credential.expires_at))
    if verdict.checked_at < credential.not_before:
        return "not_yet", values
    if credential.expires_at is None:
        return "no_term", values
    return ("renewing" if verdict.checked_at >= credential.expires_at else ""), values


_EVIDENCE: Mapping[CheckName, Callable[[Verdict, Words], tuple[str, Values]]] = MappingProxyType(
    {
        CheckName.READ: _nothing,
        CheckName.SIGNATURE: _signature,
        CheckName.ISSUER: _issuer,
        CheckName.SCOPE: _nothing,
        CheckName.REGISTER: _register,
        CheckName.STATUS: _status,
        CheckName.DATES: _dates,
    }
)
