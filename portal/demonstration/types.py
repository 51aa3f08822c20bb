"""How the demonstration fills in each of its licence types: number, kind of holder, and the fields of the face."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from portal.authority.faces import FieldValue
from portal.demonstration.places import City

_DRUGS = ["中药饮片", "中成药", "化学药", "生物制品（除疫苗）"]
_DEVICES = ["Ⅲ类:6815 注射穿刺器械", "Ⅱ类:6820 普通诊察器械", "Ⅱ类:6864 医用卫生材料及敷料"]


@dataclass(frozen=True, slots=True)
class TypePlan:
    """`number` takes a city, a year and a serial number; `fields` have the same value for every holder."""

    kind: str
    number: Callable[[City, int, int], str]
    fields: Mapping[str, FieldValue]


def _distribution(letters: str) -> Callable[[City, int, int], str]:
    return lambda city, _, serial: f"{city.province}{letters}{city.area}{serial:05d}"


PLANS: Mapping[str, TypePlan] = MappingProxyType(
    {
        "drug-distribution-retail": TypePlan(
            "大药房",
            _distribution("DB"),
            {"mode": "零售", "scope": [*_DRUGS[:3], "处方药、甲类非处方药、乙类非处方药"]},
        ),
        "drug-distribution-wholesale": TypePlan("医药公司", _distribution("AA"), {"mode": "批发", "scope": _DRUGS}),
        "drug-distribution-chain-hq": TypePlan(
            "连锁药房", _distribution("BA"), {"mode": "零售连锁", "scope": _DRUGS[:3]}
        ),
        "drug-manufacturing": TypePlan(
            "制药公司",
            lambda city, year, serial: f"{city.province}{year}{serial:04d}",
            {"class_code": "AhzBh", "site_scope": ["片剂", "硬胶囊剂", "颗粒剂"]},
        ),
        "hospital-preparation-licence": TypePlan(
            "中心医院",
            lambda city, year, serial: f"{city.province}{year}{serial:04d}HZ",
            {"inst_class": "综合医院", "site_scope": ["合剂", "软膏剂"]},
        ),
        "device-manufacturing": TypePlan(
            "器械公司",
            lambda city, year, serial: f"{city.province}药监械生产许{year}{serial:04d}号",
            {"scope": _DEVICES[1:]},
        ),
        "device-distribution": TypePlan(
            "器械商行",
            lambda city, year, serial: f"{city.province}{city.character}药监械经营许{year}{serial:04d}号",
            {"mode": "批零兼营", "scope": _DEVICES},
        ),
        "device-class2-distribution-filing": TypePlan(
            "健康商店",
            lambda city, year, serial: f"{city.province}{city.character}药监械经营备{year}{serial:04d}号",
            {"mode": "零售", "scope": _DEVICES[1:]},
        ),
        "cosmetics-manufacturing": TypePlan(
            "化妆品厂",
            lambda city, year, serial: f"{city.province}妆{year}{serial:04d}",
            {"scope": ["一般液态单元（护肤水类）", "膏霜乳液单元（护肤清洁类）"]},
        ),
        "internet-drug-info": TypePlan(
            "网络公司",
            lambda city, year, serial: f"({city.province})-经营性-{year}-{serial:04d}",
            {"nature": "经营性", "site_name": "演示健康网", "domain": "demo.example.com"},
        ),
        "drug-export-sales-certificate": TypePlan(
            "制药公司",
            lambda city, year, serial: f"{city.province}{year}{serial:04d}号",
            {"subject": "药品出口销售证明", "content": "复方演示片，0.25 克，出口至演示国"},
        ),
    }
)
