"""Labels before numbers: taken off as they are copied, and nothing else is."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.numbers import FREE_FORMAT
from portal.verification.verdict import Reason
from portal.web.number_labels import without_label
from portal.web.wording import Language, entries
from tests.web.country import CHANGED, COMPANY, ELICENCE, MISLABELLED
from tests.web.html_pages import read_page
from tests.world import CATALOGUE

LABELLED = {
    "编号 辽DB024100001": "辽DB024100001",
    "编号：辽DB024100001": "辽DB024100001",
    " 编号 ： 辽DB024100001": "辽DB024100001",
    "许可证编号:辽DB024100001": "辽DB024100001",
    "证号 辽DB024100001": "辽DB024100001",
    "备案编号 辽备2026-0007": "辽备2026-0007",
    "注册证编号：国械注准20173140019": "国械注准20173140019",
    "广告批准文号　粤械广审（文）第280917-05538号": "粤械广审（文）第280917-05538号",
    "统一社会信用代码 91210100MA0DE0001X": "91210100MA0DE0001X",
    "统一社会信用代码（USCC）": "统一社会信用代码（USCC）",
    "No. 辽DB024100001": "辽DB024100001",
    "No.辽DB024100001": "辽DB024100001",
    "NO: 辽DB024100001": "辽DB024100001",
    "№123": "123",
    "Number 辽DB024100001": "辽DB024100001",
    "Licence No. 辽DB024100001": "辽DB024100001",
    "Product registration/filing No.: 国械注准20173140019": "国械注准20173140019",
    "Unified social credit code: 91210100MA0DE0001X": "91210100MA0DE0001X",
    # Not parted from what follows, or nothing follows that could be a number.
    "编号辽DB024100001": "编号辽DB024100001",
    "编号": "编号",
    "编号：": "编号：",
    "代码 科技公司": "代码 科技公司",
    "Number one": "Number one",
    "Nova 24": "Nova 24",
    "No24": "No24",
    "辽DB024100001": "辽DB024100001",
    "辽 DB0241 00001": "辽 DB0241 00001",
    "（浙）-经营性-2024-0233": "（浙）-经营性-2024-0233",
    "京药监械经营备20240001 号": "京药监械经营备20240001 号",
    "https://yz.example.gov.cn/v/1": "https://yz.example.gov.cn/v/1",
}


@pytest.mark.parametrize("typed", LABELLED)
def test_a_label_is_taken_off_and_nothing_else(typed: str) -> None:
    assert without_label(typed) == LABELLED[typed]


def test_every_label_of_a_number_on_our_own_pages_is_taken_off() -> None:
    fields = [each for kind in CATALOGUE.by_code.values() for each in kind.fields if each.key == kind.number_field]
    labels = {label for each in fields for label in (each.zh, each.en)}
    for language in Language:
        texts = entries(language)
        labels |= {str(texts[key]) for key in ("fact.number", "holder.code", "face.elicence_id", "report.number")}
    assert {label for label in labels if without_label(f"{label} {CHANGED}") != CHANGED} == set()


def test_every_number_of_the_catalogue_stays_whole() -> None:
    examples = [
        each.example for kind in CATALOGUE.by_code.values() for each in kind.number_formats if each.id != FREE_FORMAT
    ]
    assert examples
    assert [each for each in (*examples, ELICENCE, COMPANY) if without_label(each) != each] == []


@given(st.text(max_size=300))
def test_what_remains_is_the_end_of_what_was_typed(typed: str) -> None:
    assert typed.endswith(without_label(typed))


@pytest.mark.parametrize("label", ["编号 ", "编号：", "Number "])
def test_a_number_is_found_with_its_label(ask: FlaskClient, label: str) -> None:
    assert read_page(ask.get(f"/l/{quote(label + MISLABELLED)}")).reason == Reason.IN_FORCE
    sent_on = ask.get("/l", query_string={"number": label + CHANGED})
    assert unquote(sent_on.headers["Location"]) == f"/l/{CHANGED}"
    found = read_page(ask.get("/search", query_string={"q": label + CHANGED}))
    assert len([each for each in found.all("li") if "data-outcome" in each.attributes]) == 1


def test_a_credit_code_with_its_label_leads_to_its_holder(ask: FlaskClient) -> None:
    sent_on = ask.get("/l", query_string={"number": f"统一社会信用代码 {COMPANY}"})
    assert unquote(sent_on.headers["Location"]) == f"/h/{COMPANY}"
    assert ask.get(f"/h/{quote('统一社会信用代码：' + COMPANY)}").status_code == 200
