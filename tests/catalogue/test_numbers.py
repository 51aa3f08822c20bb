"""Numbers as people type them: the written form, what a number can be, check characters, likely errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.catalogue.licence_types import Catalogue
from portal.catalogue.numbers import FREE_FORMAT, could_be_a_number, lookup_key, normalise, read_number
from tests.world import CATALOGUE

CATALOGUE_FILE = Path(__file__).parents[2] / "portal" / "catalogue" / "catalogue.json"


def types_of(text: str) -> set[str]:
    return {candidate.type_slug for candidate in read_number(text, CATALOGUE).candidates}


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("辽CB024100123", "辽CB024100123"),
        (" 辽cb 0241 00123\u3000", "辽CB024100123"),
        ("辽ＣＢ０２４１００１２３", "辽CB024100123"),
        ("（粤）—经营性–2022－0419", "(粤)-经营性-2022-0419"),
        ("【粤】-经营性-2022-0419", "(粤)-经营性-2022-0419"),
        ("（浙）一经营性一2024一0233（备）", "(浙)-经营性-2024-0233(备)"),
        ("粤食药监械出 20251867 号", "粤食药监械出20251867号"),
        ("第一类", "第一类"),
        ("2021r003067", "2021R003067"),
    ],
)
def test_a_typed_number_has_one_written_form(typed: str, written: str) -> None:
    assert normalise(typed) == written


@pytest.mark.parametrize("typed", ["辽CB٠٢٤١٠٠١٢٣", "辽CB02410012๓"])
def test_digits_of_another_script_make_no_number(typed: str) -> None:
    assert types_of("辽CB024100123") == {"drug-distribution-retail"}
    assert types_of(typed) == set()


def test_what_has_one_form_alone_is_left_as_it_is() -> None:
    everything = [chr(code) for code in range(0x3400, 0xA000)] + [chr(code) for code in range(0x80)]
    # White space is dropped, and with it a text is one to work on.
    assert [normalise(f"1{each}2") for each in everything] == [normalise(f" 1{each}2") for each in everything]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("辽20200001", "辽20200001号"),
        ("（粤）-经营性-2022-0419", "粤经营性20220419"),
        ("辽CB024100123", "辽cb-0241-00123"),
    ],
)
def test_numbers_that_people_take_for_the_same_have_one_lookup_key(one: str, other: str) -> None:
    assert lookup_key(one) == lookup_key(other) != ""


FORMATS = [
    pytest.param(licence_type.slug, each.id, each.example, each.current, id=f"{licence_type.slug} {each.id}")
    for licence_type in CATALOGUE.by_code.values()
    for each in licence_type.number_formats
    if each.id != FREE_FORMAT
]


@pytest.mark.parametrize(("slug", "format_id", "example", "current"), FORMATS)
def test_every_formats_example_is_read_as_its_type_however_it_is_typed(
    slug: str, format_id: str, example: str, current: bool
) -> None:
    for typed in (example, example.lower(), f" {example[:3]} {example[3:]}", example.removesuffix("号")):
        found = {(each.type_slug, each.format_id, each.current) for each in read_number(typed, CATALOGUE).candidates}
        assert (slug, format_id, current) in found, typed


@pytest.mark.parametrize(
    ("number", "slug", "parts"),
    [
        (
            "琼CA898510001",
            "drug-distribution-retail",
            {"prov": "琼", "cls": "C", "legal": "A", "area": "8985", "serial": "10001"},
        ),
        (
            "陕食药监械生产许20160021号",
            "device-manufacturing",
            {"prov": "陕", "year": "2016", "serial": "0021"},
        ),
        ("SC11464010500015", "food-production", {"cat": "114", "prov2": "64", "city2": "01", "check": "5"}),
    ],
)
def test_a_number_is_taken_apart(number: str, slug: str, parts: dict[str, str]) -> None:
    candidate = next(each for each in read_number(number, CATALOGUE).candidates if each.type_slug == slug)
    assert parts.items() <= candidate.parts.items()


def test_one_number_can_fit_several_types() -> None:
    assert types_of("辽20200001") >= {"drug-manufacturing", "drug-export-sales-certificate"}
    assert types_of("国械注准20223060988") >= {"device-registration", "device-registration-change", "ivd-registration"}


@pytest.mark.parametrize(
    ("text", "identifiers", "hints"),
    [
        ("91210102MA0000001D", ("uscc",), ()),
        ("91210102MA0000001E", (), ("uscc_check_character_wrong",)),
        ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U", ("elicence",), ()),
        (
            "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.V",
            ("elicence",),
            ("elicence_check_character_differs",),
        ),
        ("SC11464010500015", (), ()),
        ("SC11464010500016", (), ("check_digit_wrong",)),
        ("辽CBO24I00123", (), ("did_you_mean:辽CB024100123",)),
        ("hello", (), ()),
    ],
)
def test_check_characters_and_likely_errors_are_told(
    text: str, identifiers: tuple[str, ...], hints: tuple[str, ...]
) -> None:
    reading = read_number(text, CATALOGUE)
    assert (reading.identifiers, reading.hints) == (identifiers, hints)


def test_types_without_a_known_format_are_no_candidates() -> None:
    assert types_of("辽药监示例〔2026〕001号") == set()


def test_a_type_with_its_formats_is_data() -> None:
    document: dict[str, Any] = json.loads(CATALOGUE_FILE.read_bytes())
    made_up = {
        **document["types"][0],
        "code": 900,
        "slug": "moon-pharmacy",
        "number_formats": [
            {
                "id": "moon",
                "regex": r"^月(?P<year>\d{4})第(?P<serial>\d{3})号$",
                "example": "月2090第001号",
                "current": True,
            }
        ],
    }
    document["types"].append(made_up)
    catalogue = Catalogue.parse(json.dumps(document).encode())
    (candidate,) = read_number("月 2090 第 001", catalogue).candidates
    assert (candidate.type_slug, dict(candidate.parts)) == ("moon-pharmacy", {"year": "2090", "serial": "001"})


@given(st.text(max_size=300))
def test_any_text_has_a_reading(text: str) -> None:
    reading = read_number(text, CATALOGUE)
    assert reading.text == text
    assert could_be_a_number(text) in (True, False)
    assert isinstance(lookup_key(text), str)


@pytest.mark.parametrize(
    "text", ["辽" * 64, "(" * 64, "辽" + "一" * 63, "辽沈阳市" * 16, "辽" + "9" * 63, "-" * 64 + "号"]
)
def test_no_pattern_takes_long_over_a_hostile_number(text: str) -> None:
    assert read_number(text, CATALOGUE).text == text  # a pattern that backtracks would not come back
