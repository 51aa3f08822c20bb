"""What a page shows of a verdict: everything that is proven, and nothing that is not."""

from __future__ import annotations

import pytest

from portal.verification.decide import decide_broken
from portal.verification.presentation import BrokenCode, encode_token
from portal.verification.statuses import StatusValue
from portal.verification.verdict import Outcome, Reason, Verdict
from portal.verifier import Lookup
from portal.web.other_codes import Piece
from portal.web.showing import Fact, show_choice, show_lookup, show_verdict
from portal.web.wording import Language, Words, words_for
from tests.authorities import AT
from tests.web.verdicts import (
    EVERY,
    LICENCE,
    LOOKUP_UNAVAILABLE,
    NEWER,
    OF_REASON,
    WORLD,
    verdict_on,
    with_claims,
    with_notice,
    with_status,
)

ZH, EN = words_for(Language.ZH), words_for(Language.EN)
PROVEN = [verdict for verdict in EVERY if verdict.licence is not None]
UNPROVEN = [verdict for verdict in EVERY if verdict.licence is None and verdict.reason is not Reason.SEVERAL_CODES]


def reason_of(verdict: Verdict) -> str:
    return verdict.reason


def shown(verdict: Verdict) -> str:
    """Everything that the page's values hold."""
    return str(show_verdict(verdict, ZH))


@pytest.mark.parametrize("verdict", EVERY, ids=reason_of)
@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
def test_every_verdict_has_a_page(verdict: Verdict, words: Words) -> None:
    page = show_verdict(verdict, words)
    assert (page.reason, page.outcome) == (verdict.reason, verdict.outcome)
    assert page.headline
    assert page.sentence
    assert page.advice
    assert len(page.checks) == (7 if verdict.checks else 0)


@pytest.mark.parametrize("verdict", UNPROVEN, ids=reason_of)
def test_without_proof_nothing_of_the_document_is_shown(verdict: Verdict) -> None:
    page = show_verdict(verdict, ZH)
    assert (page.holder, page.face, page.notice) == (None, None, ())
    for claimed in (LICENCE.claims.holder, LICENCE.claims.address, LICENCE.claims.uscc):
        assert claimed
        assert claimed not in shown(verdict)


@pytest.mark.parametrize("verdict", PROVEN, ids=reason_of)
def test_a_proven_verdict_shows_holder_number_and_dates(verdict: Verdict) -> None:
    page = show_verdict(verdict, ZH)
    assert page.holder is not None
    assert (page.holder.name, page.holder.address) == (LICENCE.claims.holder, LICENCE.claims.address)
    assert page.holder.number == LICENCE.number
    assert [fact.label for fact in page.facts[:2]] == ["有效期", "版本"]


def test_a_list_that_says_in_force_is_not_quoted_for_a_licence_that_is_not() -> None:
    assert "正常" not in [fact.value for fact in show_verdict(OF_REASON[Reason.EXPIRED], ZH).facts]
    assert "正常" in [fact.value for fact in show_verdict(OF_REASON[Reason.IN_FORCE], ZH).facts]


def test_of_a_sensitive_licence_no_address_is_shown() -> None:
    issued = WORLD.licence(
        "辽药监演示〔2026〕1号",
        slug="narcotic-regional-purchase-decision",
        address="地址保密",
        fields={"content": "保密"},
    )
    page = show_verdict(verdict_on(issued), ZH)
    assert page.holder is not None
    assert page.holder.name == issued.claims.holder
    assert "保密" not in str(page)
    assert "保密" not in str(show_lookup(Lookup(issued.number, (verdict_on(issued),)), ZH))


def test_a_replaced_licence_links_to_the_newer_one() -> None:
    page = show_verdict(OF_REASON[Reason.SUPERSEDED], ZH)
    assert page.successor_token == encode_token(NEWER.encoded)


def test_a_migrated_licence_names_the_filing() -> None:
    page = show_verdict(OF_REASON[Reason.MIGRATED], ZH)
    assert page.successor_number == "辽备2026-0007"
    assert ("生效日期", "2026年2月1日") in [(fact.label, fact.value) for fact in page.notice]


def test_a_term_without_an_end_is_told_from_its_start() -> None:
    told = [show_verdict(with_claims(expires_at=None), words).facts[0].value for words in (ZH, EN)]
    assert told == ["2026年1月1日起，没有固定期限", "From 1 January 2026, without a fixed end"]


def test_a_notice_is_quoted_with_its_number_and_reason() -> None:
    notice = show_verdict(OF_REASON[Reason.REVOKED], ZH).notice
    assert [(fact.label, fact.value) for fact in notice] == [
        ("事项", "已吊销"),
        ("生效日期", "2026年11月1日"),
        ("决定文号", "演示罚〔2026〕1号"),
        ("原因", "演示原因"),
    ]
    assert [fact.label for fact in notice if fact.outside] == ["决定文号", "原因"]


def test_a_notice_without_number_and_reason_leaves_no_empty_rows() -> None:
    notice = show_verdict(with_notice(StatusValue.SUSPENDED), ZH).notice
    assert [fact.label for fact in notice] == ["事项", "生效日期"]


def test_a_foreign_host_is_text_beside_the_verdict() -> None:
    page = show_verdict(verdict_on(other_host="evil.example"), ZH)
    assert page.outcome is Outcome.VALID
    assert page.elsewhere is not None
    assert (page.elsewhere.pieces, "请不要打开" in page.elsewhere.label) == ((Piece("evil.example", False),), True)
    assert "签名" in page.elsewhere.note


def test_a_foreign_host_is_named_for_a_broken_code_too() -> None:
    page = show_verdict(decide_broken(BrokenCode("evil.example"), AT), ZH)
    assert page.elsewhere is not None
    assert (page.elsewhere.pieces, page.elsewhere.note) == ((Piece("evil.example", False),), "")


def test_another_code_is_named_by_its_host_and_else_by_its_text() -> None:
    named = show_verdict(OF_REASON[Reason.NOT_A_LICENCE_CODE], ZH)
    unnamed = show_verdict(Verdict(Reason.NOT_A_LICENCE_CODE, AT, text="wxp://" + "f" * 900), ZH)
    assert (named.elsewhere is not None, named.asked) == (True, None)
    assert unnamed.elsewhere is None
    assert unnamed.asked == Fact(ZH.t("verdict.read_text"), "wxp://" + "f" * 194, outside=True)


def test_a_number_that_is_not_found_is_repeated_as_typed() -> None:
    asked = show_verdict(OF_REASON[Reason.NOT_FOUND], ZH).asked
    assert asked is not None
    assert asked.value == "辽CB024109999"


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("辽CB024100123", "辽CB024100123"),
        ("(辽)-经营性-2025-0007", "(辽)-经营性-2025-0007"),
        ("沪械备〔2023〕1号", "沪械备〔2023〕1号"),
        ("A/B?c#d%e <f>", "A%2FB%3Fc%23d%25e%20%3Cf%3E"),
    ],
)
def test_the_permanent_address_can_be_copied(number: str, written: str) -> None:
    verdict = with_claims()
    assert verdict.licence is not None
    credential = verdict.licence.credential._replace(number=number)
    page = show_verdict(verdict._replace(licence=verdict.licence._replace(credential=credential)), ZH)
    assert page.holder is not None
    assert page.holder.written_number == written


@pytest.mark.parametrize(
    ("slug", "question"),
    [
        ("drug-distribution-retail", "与您眼前的店招、地址一致吗？"),
        ("device-registration", "与产品包装上的注册人、编号一致吗？"),
        ("licensed-pharmacist-registration", "与本人的姓名、执业单位一致吗？"),
    ],
)
def test_a_person_is_asked_to_compare_what_can_be_compared(slug: str, question: str) -> None:
    holder = show_verdict(with_claims(slug=slug), ZH).holder
    assert holder is not None
    assert holder.compare == question


@pytest.mark.parametrize("verdict", PROVEN, ids=reason_of)
def test_only_of_a_valid_licence_somebody_is_asked_to_compare(verdict: Verdict) -> None:
    """Whoever answers yes is told that the check is complete."""
    holder = show_verdict(verdict, ZH).holder
    assert holder is not None
    assert (holder.compare is not None) == (verdict.outcome is Outcome.VALID)


def test_a_list_shows_each_licence_with_its_own_verdict() -> None:
    revoked = with_status(StatusValue.REVOKED, NEWER)
    page = show_lookup(Lookup(LICENCE.number, (revoked, verdict_on(), OF_REASON[Reason.KEY_COMPROMISED])), ZH)
    assert [(entry.headline, entry.version, entry.holder) for entry in page.entries] == [
        ("已吊销", "第 2 版", NEWER.claims.holder),
        ("在有效期内", "第 1 版", LICENCE.claims.holder),
        ("需要重新签发", "", ""),
    ]
    assert [entry.token for entry in page.entries] == [NEWER.token, LICENCE.token, None]


def test_a_choice_offers_every_code_of_the_photo() -> None:
    page = show_choice(OF_REASON[Reason.SEVERAL_CODES], EN)
    assert page.headline == "More than one code"
    assert [entry.outcome for entry in page.entries] == [Outcome.VALID, Outcome.INVALID]


def test_a_lookup_that_failed_shows_nothing_but_the_failure() -> None:
    page = show_verdict(LOOKUP_UNAVAILABLE, ZH)
    assert (page.holder, page.checks, page.answers) == (None, (), ())
