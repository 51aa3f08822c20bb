"""The words: complete in both languages, within the limits of the specification, and none of them dead."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from portal.verification.algorithms import BY_NAME
from portal.verification.dates import parse_timestamp
from portal.verification.notice import NoticeKind
from portal.verification.statuses import StatusValue
from portal.verification.trust import KeyState, Use
from portal.verification.verdict import Attribute, CheckName, CheckState, Outcome, Reason, Verdict
from portal.web.wording import Language, Words, entries, fingerprint, isolated, words_for
from tests.authorities import AT, DAY, key
from tests.web.verdicts import EVERY, IN_FORCE_VARIANTS, LOOKUP_UNAVAILABLE, OF_REASON, ending_in
from tests.world import CATALOGUE

ROOT = Path(__file__).parents[2]
ZH, EN = words_for(Language.ZH), words_for(Language.EN)
ERRORS = (400, 404, 405, 413, 415, 429, 500, 503)
CATEGORIES = sorted({licence_type.category for licence_type in CATALOGUE.by_code.values()})

of_every_verdict = pytest.mark.parametrize("verdict", EVERY, ids=lambda verdict: f"{verdict.reason}")


def in_each_category(verdict: Verdict) -> list[Verdict]:
    """The verdict on a licence of every kind, since what it no longer allows depends on the kind."""
    licence = verdict.licence
    if licence is None:
        return [verdict]
    kinds = [replace(licence.licence_type, category=category) for category in CATEGORIES]
    return [verdict._replace(licence=licence._replace(licence_type=kind)) for kind in kinds]


def placeholders(text: str | tuple[str, ...]) -> set[str]:
    texts = (text,) if isinstance(text, str) else text
    return {name for each in texts for _, name, _, _ in Formatter().parse(each) if name is not None}


def test_the_verdicts_of_these_tests_are_of_the_reasons_they_stand_for() -> None:
    assert {reason: verdict.reason for reason, verdict in OF_REASON.items()} == {reason: reason for reason in Reason}
    assert {verdict.reason for verdict in IN_FORCE_VARIANTS.values()} == {Reason.IN_FORCE}


def test_both_languages_have_the_same_entries_with_the_same_blanks() -> None:
    zh, en = entries(Language.ZH), entries(Language.EN)
    assert list(zh) == list(en)
    assert {entry for entry in zh if placeholders(zh[entry]) != placeholders(en[entry])} == set()


def test_no_entry_is_empty() -> None:
    assert [entry for language in Language for entry, text in entries(language).items() if not text] == []


def test_every_value_of_the_core_has_a_word() -> None:
    keys = {
        *(f"reason.{reason}.{part}" for reason in Reason for part in ("headline", "sentence", "advice")),
        *(f"check.{name}.{part}" for name in CheckName for part in ("label", *CheckState)),
        *(f"check_state.{state}" for state in CheckState),
        *(f"outcome.{outcome}" for outcome in Outcome),
        *(f"status.{value.name.lower()}" for value in StatusValue),
        *(f"algorithm.{name}" for name in BY_NAME),
        *(f"{part}.{state}" for state in KeyState for part in ("key_state", "key_note")),
        *(f"key_use.{use}" for use in Use),
        *(f"notice_kind.{kind}" for kind in NoticeKind),
        *(f"attribute.{attribute}" for attribute in Attribute if attribute is not Attribute.RENEWING),  # has a variant
        *(f"variant.{Attribute.RENEWING}.{part}" for part in ("headline", "sentence")),
        *(f"{part}.{category}" for category in CATEGORIES for part in ("compare", "consequence")),
        *(f"error.{status}.{part}" for status in ERRORS for part in ("title", "text")),
    }
    assert keys - set(entries(Language.ZH)) == set()


@of_every_verdict
@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
def test_a_verdict_says_what_it_is_and_what_to_do(words: Words, verdict: Verdict) -> None:
    for each in in_each_category(verdict):
        said = (words.headline(each), words.sentence(each), *words.additions(each), *words.advice(each))
        assert words.advice(each)
        assert all(said)
        assert not any("{" in text for text in said)


@of_every_verdict
def test_what_is_not_in_force_is_explained_in_law_in_both_languages(verdict: Verdict) -> None:
    """Of what could not be found, read or checked the law says nothing."""
    ended = {*list(Reason)[list(Reason).index(Reason.REVOKED) : list(Reason).index(Reason.REGISTER_UNAVAILABLE)]}
    explained = verdict.reason in ended or Attribute.RENEWING in verdict.attributes
    assert bool(ZH.meaning(verdict)) == bool(EN.meaning(verdict))
    assert ZH.meaning(verdict) or not explained


@of_every_verdict
def test_a_chinese_headline_has_at_most_8_characters_and_a_first_sentence_30(verdict: Verdict) -> None:
    for each in in_each_category(verdict):
        assert len(ZH.headline(each)) <= 8
        assert len(ZH.sentence(each)) <= 30


@of_every_verdict
def test_only_a_positive_headline_says_that_something_holds(verdict: Verdict) -> None:
    assert "有效" not in ZH.headline(verdict) or verdict.outcome is Outcome.VALID


def test_genuine_and_false_never_stand_alone() -> None:
    """真 and 假 are read as a judgement of the goods; 真实 (of a document) and 仿冒 are not."""
    for entry, text in entries(Language.ZH).items():
        for each in (text,) if isinstance(text, str) else text:
            assert not re.search("真(?!实)", each), entry
            assert not re.search("假(?!网站|码|的二维码)", each), entry


def test_nothing_shouts() -> None:
    for language in Language:
        texts = " ".join(text if isinstance(text, str) else " ".join(text) for text in entries(language).values())
        assert not set("!！") & set(texts)


@pytest.mark.parametrize(
    ("days", "headline", "sentence"),
    [
        (0, "今天到期", "有效期至2026年11月21日，今天是最后一天。"),
        (1, "即将到期", "有效期至2026年11月22日，还有 1 天。"),
        (14, "即将到期", "有效期至2026年12月5日，还有 14 天。"),
        (30, "即将到期", "有效期至2026年12月21日，还有 30 天。"),
        (31, "在有效期内", "证照真实，目前有效。"),
        (-1, "已过期", "已于2026年11月20日届满，不能据此经营。"),
    ],
)
def test_the_end_of_the_term_is_told_in_days(days: int, headline: str, sentence: str) -> None:
    verdict = ending_in(days)
    assert (ZH.headline(verdict), ZH.sentence(verdict)) == (headline, sentence)


def test_one_day_is_one_day_in_english() -> None:
    assert EN.sentence(ending_in(1)) == "In force until 22 November 2026: 1 day left."
    assert EN.sentence(ending_in(2)) == "In force until 23 November 2026: 2 days left."


def test_renewal_under_review_is_said_before_the_coming_end() -> None:
    verdict = IN_FORCE_VARIANTS["renewing and ending soon"]
    assert ZH.headline(verdict) == "延续审查中"
    assert ZH.additions(verdict) == ("有效期至2026年11月30日。",)


def test_an_old_status_adds_its_age() -> None:
    assert ZH.additions(IN_FORCE_VARIANTS["old status"]) == ("状态数据稍旧：发证机关 1 分钟前签发，新的还没有收到。",)


def test_every_attribute_is_told() -> None:
    told = {
        Attribute.EXPIRES_SOON: ZH.headline(ending_in(14)),
        Attribute.RENEWING: ZH.headline(IN_FORCE_VARIANTS["renewing"]),
        Attribute.STATUS_AGEING: " ".join(ZH.additions(IN_FORCE_VARIANTS["old status"])),
        Attribute.FOREIGN_HOST: ZH.t("attribute.foreign_host"),
    }
    assert set(told) == set(Attribute)
    assert len(set(told.values())) == len(Attribute)


def test_a_lookup_without_a_register_claims_nothing_about_a_signature() -> None:
    assert "签名" not in ZH.sentence(LOOKUP_UNAVAILABLE)
    assert "signature" not in EN.sentence(LOOKUP_UNAVAILABLE)


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        ("2026-11-21T07:04:05Z", "2026年11月21日 15:04", "21 November 2026, 15:04"),
        ("2026-11-21T15:59:59Z", "2026年11月21日 23:59", "21 November 2026, 23:59"),
        ("2026-11-21T16:00:00Z", "2026年11月22日 00:00", "22 November 2026, 00:00"),
        ("2028-02-29T00:00:00Z", "2028年2月29日 08:00", "29 February 2028, 08:00"),
    ],
)
def test_moments_are_told_in_beijing_time(moment: str, zh: str, en: str) -> None:
    seconds = parse_timestamp(moment)
    assert (ZH.time(seconds), EN.time(seconds)) == (zh, en)
    assert ZH.exact_time(seconds).endswith("（北京时间）")
    assert EN.exact_time(seconds).endswith(" (Beijing time)")


def test_dates_are_written_as_people_write_them() -> None:
    day = date(2026, 11, 21)
    assert (ZH.date(day), EN.date(day)) == ("2026年11月21日", "21 November 2026")


@pytest.mark.parametrize(
    ("elapsed", "zh", "en"),
    [
        (-200, "刚刚", "just now"),
        (59, "刚刚", "just now"),
        (60, "1 分钟前", "1 minute ago"),
        (3599, "59 分钟前", "59 minutes ago"),
        (3600, "1 小时前", "1 hour ago"),
        (2 * DAY - 1, "47 小时前", "47 hours ago"),
        (2 * DAY, "2 天前", "2 days ago"),
    ],
)
def test_ages_are_told_in_words(elapsed: int, zh: str, en: str) -> None:
    assert (ZH.ago(AT - elapsed, AT), EN.ago(AT - elapsed, AT)) == (zh, en)


def test_a_fingerprint_can_be_read_aloud() -> None:
    assert fingerprint(bytes.fromhex("9f3a61c27b1d0042")) == "9f3a 61c2 7b1d 0042"
    assert re.fullmatch(r"[0-9a-f]{4}( [0-9a-f]{4}){3}", fingerprint(key("any").key_id))


def test_text_from_outside_cannot_turn_a_sentence_around() -> None:
    assert isolated("مرحبا") == "\u2068مرحبا\u2069"


def test_no_entry_is_dead() -> None:
    """An entry is alive if its key stands in a template or in code, or a key that begins like it is put together there.

    That every key in a template exists is held by tests/web/test_rendering.py.
    """
    sources = [*(ROOT / "templates").glob("*.html"), *(ROOT / "portal").rglob("*.py")]
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources).replace("'", '"')

    def is_alive(entry: str) -> bool:
        beginnings = [entry[: match.end()] for match in re.finditer(r"[._]", entry)]
        return f'"{entry}"' in text or any(f'"{each}{{' in text or f'"{each}" ~' in text for each in beginnings)

    assert [entry for entry in entries(Language.ZH) if not is_alive(entry)] == []
