"""How the demonstration makes a licence of a type: what its plans say, and the forms of numbers that they share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from stdnum.iso7064 import mod_11_10

from portal.authority.faces import FieldValue
from portal.demonstration.places import City

Numbering = Callable[[City, int, int], str]
EXPORTER = "{exporter}"  # in a field's value: the holder's English name
LAST_DAY = "{last_day}"  # in a number: the day on which the licence expires, such as 280930
_PROVINCE_LETTERS = {"辽": "LN", "吉": "JL", "黑": "HL"}


@dataclass(frozen=True, slots=True)
class TypePlan:
    """`kind` of holder (None: a person); `number` of a city, a year and a serial number; term in `months` (0: no end).

    `fields` have the same value for every holder.
    """

    kind: str | None
    number: Numbering
    fields: Mapping[str, FieldValue]
    months: int = 60


def in_a_city(middle: str, final: str = "号") -> Numbering:
    """辽沈药监械经营许20260001号"""
    return lambda city, year, serial: f"{city.province}{city.character}{middle}{year}{serial:04d}{final}"


def in_a_province(middle: str, final: str = "") -> Numbering:
    """辽妆20260001"""
    return lambda city, year, serial: f"{city.province}{middle}{year}{serial:04d}{final}"


def of_a_decision(word: str) -> Numbering:
    """辽药监放生〔2026〕001号: for the types whose numbers have no uniform format."""
    return lambda city, year, serial: f"{city.province}药监{word}〔{year}〕{serial:03d}号"


def of_distribution(letters: str) -> Numbering:
    """辽DB024100001"""
    return lambda city, _, serial: f"{city.province}{letters}{city.area}{serial:05d}"


def of_a_device(category: str) -> Numbering:
    """辽械注准20262140001: class II, and two digits for the category"""
    return lambda city, year, serial: f"{city.province}械注准{year}2{category}{serial:04d}"


def of_a_food_producer(city: City, _: int, serial: int) -> str:
    digits = f"106{city.region[:4]}02{serial:04d}"
    return f"SC{digits}{mod_11_10.calc_check_digit(digits)}"


def of_a_pharmacist(city: City, year: int, serial: int) -> str:
    return f"{city.region[:2]}11{year % 100:02d}{serial:06d}"


def of_a_confirmation(city: City, year: int, serial: int) -> str:
    return f"{_PROVINCE_LETTERS[city.province]}{year % 100:02d}{serial:04d}"
