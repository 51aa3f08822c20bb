"""Licences of enterprises and of a person, as the demonstration fills them in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.demonstration.type_plans import (
    TypePlan,
    in_a_city,
    in_a_province,
    of_a_decision,
    of_a_food_producer,
    of_a_pharmacist,
    of_distribution,
)

_DRUGS = ["中药饮片", "中成药", "化学药", "生物制品（除疫苗）"]
_DEVICES = ["Ⅲ类：6815 注射穿刺器械", "Ⅱ类：6820 普通诊察器械", "Ⅱ类：6864 医用卫生材料及敷料"]

ENTERPRISES: Mapping[str, TypePlan] = MappingProxyType(
    {
        "drug-distribution-retail": TypePlan(
            "大药房",
            of_distribution("DB"),
            {"mode": "零售", "scope": [*_DRUGS[:3], "处方药、甲类非处方药、乙类非处方药"]},
        ),
        "drug-distribution-wholesale": TypePlan("医药公司", of_distribution("AA"), {"mode": "批发", "scope": _DRUGS}),
        "drug-distribution-chain-hq": TypePlan(
            "连锁药房", of_distribution("BA"), {"mode": "零售连锁", "scope": _DRUGS[:3]}
        ),
        "drug-manufacturing": TypePlan(
            "制药公司", in_a_province(""), {"class_code": "AhzBh", "site_scope": ["片剂", "硬胶囊剂", "颗粒剂"]}
        ),
        "hospital-preparation-licence": TypePlan(
            "中心医院", in_a_province("", "HZ"), {"inst_class": "综合医院", "site_scope": ["合剂", "软膏剂"]}
        ),
        "device-manufacturing": TypePlan("器械公司", in_a_province("药监械生产许", "号"), {"scope": _DEVICES[1:]}),
        "device-distribution": TypePlan("器械商行", in_a_city("药监械经营许"), {"mode": "批零兼营", "scope": _DEVICES}),
        "device-class2-distribution-filing": TypePlan(
            "健康商店", in_a_city("药监械经营备"), {"mode": "零售", "scope": _DEVICES[1:]}, months=0
        ),
        "device-class1-manufacturing-filing": TypePlan(
            "卫生材料厂", in_a_city("药监械生产备"), {"scope": ["Ⅰ类：6864 医用卫生材料及敷料(纱布绷带)"]}, months=0
        ),
        "cosmetics-manufacturing": TypePlan(
            "化妆品厂",
            in_a_province("妆"),
            {"scope": ["一般液态单元（护肤水类）", "膏霜乳液单元（护肤清洁类）"]},
        ),
        "internet-drug-info": TypePlan(
            "网络公司",
            lambda city, year, serial: f"({city.province})-经营性-{year}-{serial:04d}",
            {"nature": "经营性", "site_name": "演示健康网", "domain": "demo.example.com"},
        ),
        "radioactive-drug-manufacturing": TypePlan(
            "核素制药公司", of_a_decision("放生"), {"scope": ["体外放射诊断试剂", "氟[18F]标记放射性药品"]}
        ),
        "radioactive-drug-distribution": TypePlan(
            "核素医药公司", of_a_decision("放经"), {"scope": ["锝[99mTc]标记放射性药品", "碘[131I]口服溶液"]}
        ),
        "radioactive-drug-use": TypePlan(
            "中心医院",
            of_a_decision("放用"),
            {
                "class": "第二类",
                "department": "核医学科",
                "scope": ["体内诊断用放射性药品", "体外放射诊断试剂"],
            },
        ),
        "food-production": TypePlan(
            "食品厂",
            of_a_food_producer,
            {
                "categories": ["饮料", "方便食品"],
                "detail": ["饮料：固体饮料(0607)", "方便食品：冲调谷物制品(0702)"],
            },
        ),
        "licensed-pharmacist-registration": TypePlan(
            None, of_a_pharmacist, {"category": "药学", "practice_scope": "药品零售", "unit": "北辰大药房（演示）"}
        ),
    }
)
