"""Registrations and filings of products, certificates and reports, as the demonstration fills them in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.demonstration.type_plans import (
    EXPORTER,
    TypePlan,
    in_a_city,
    in_a_province,
    of_a_confirmation,
    of_a_decision,
    of_a_device,
)

_REQUIREMENTS = "产品技术要求（演示）"

REGISTRATIONS: Mapping[str, TypePlan] = MappingProxyType(
    {
        "device-registration": TypePlan(
            "器械公司",
            of_a_device("07"),
            {
                "product_name": "电子血压计（演示）",
                "models": ["YS-B1", "YS-B2", "YS-B3"],
                "structure": "由主机、袖带和电源适配器组成。",
                "intended_use": "供成人测量动脉收缩压、舒张压和脉率，测量结果供参考。",
                "attachment": _REQUIREMENTS,
                "other": "/",
                "remarks": "/",
            },
        ),
        "device-registration-change": TypePlan(
            "器械公司",
            of_a_device("14"),
            {
                "product_name": "一次性使用输液贴（演示）",
                "change": ["型号、规格由“YS-T1”变更为“YS-T1、YS-T2”。", "产品技术要求作相应变更。"],
                "remarks": "本文件与原注册证共同使用。",
            },
        ),
        "ivd-registration": TypePlan(
            "诊断试剂公司",
            of_a_device("40"),
            {
                "product_name": "葡萄糖测定试剂盒（己糖激酶法）（演示）",
                "pack": ["试剂1：60 mL×2，试剂2：15 mL×2", "试剂1：40 mL×1，试剂2：10 mL×1"],
                "components": "试剂1：己糖激酶、三磷酸腺苷、缓冲液；试剂2：葡萄糖-6-磷酸脱氢酶。",
                "intended_use": "用于体外定量测定人血清中葡萄糖的浓度。",
                "storage": "2℃~8℃避光保存，有效期12个月。",
                "attachment": [_REQUIREMENTS, "说明书（演示）"],
                "other": "/",
            },
        ),
        "ivd-registration-change": TypePlan(
            "诊断试剂公司",
            of_a_device("40"),
            {
                "product_name": "肌酐测定试剂盒（肌氨酸氧化酶法）（演示）",
                "change": ["包装规格增加“试剂1：60 mL×4，试剂2：20 mL×4”。"],
                "remarks": "本文件与原注册证共同使用。",
            },
        ),
        "device-class1-product-filing": TypePlan(
            "卫生材料厂",
            in_a_city("械备", ""),
            {
                "product_name": "纱布绷带（演示）",
                "models": ["6 cm×6 m", "8 cm×6 m"],
                "description": "由脱脂棉纱布裁切、卷绕而成，非无菌提供。",
                "intended_use": "用于固定创面敷料，不与创面直接接触。",
                "changes": "/",
            },
            months=0,
        ),
        "hospital-preparation-registration": TypePlan(
            "中医院",
            in_a_province("药制字Z"),
            {"subject": "医疗机构制剂注册", "content": ["健脾演示合剂", "规格：每瓶 100 mL", "有效期：18 个月"]},
            months=36,
        ),
        "hospital-preparation-supplement": TypePlan(
            "中医院",
            of_a_decision("制补"),
            {"subject": "医疗机构制剂补充申请", "content": "健脾演示合剂：有效期由 12 个月变更为 18 个月。"},
            months=36,
        ),
        "drug-reregistration-notice": TypePlan(
            "制药公司",
            lambda _, year, serial: f"{year}R{serial:06d}",
            {
                "subject": "药品再注册",
                "content": ["复方演示片", "0.25 g×24 片", "药品批准文号：国药准字Z00000001（演示）"],
            },
        ),
        "device-clinical-trial-filing": TypePlan(
            "器械公司",
            in_a_province("械临备"),
            {
                "subject": "医疗器械临床试验备案",
                "content": ["试验用器械：动态心电记录仪（演示）", "临床试验机构：3 家"],
            },
            months=0,
        ),
        "device-online-platform-filing": TypePlan(
            "网络公司",
            lambda city, year, serial: f"({city.province})网械平台备字[{year}]第{serial:05d}号",
            {
                "subject": "医疗器械网络交易服务第三方平台备案",
                "content": ["平台名称：演示健康商城", "网站域名：mall.example.com"],
            },
            months=0,
        ),
        "pet-radiopharmaceutical-filing": TypePlan(
            "中心医院",
            of_a_decision("正备"),
            {"subject": "正电子类放射性药品备案", "content": "氟[18F]脱氧葡糖注射液，供本院核医学科使用。"},
            months=0,
        ),
        "hospital-preparation-contract-filing": TypePlan(
            "中医院",
            of_a_decision("制委备"),
            {"subject": "医疗机构中药制剂委托配制备案", "content": ["健脾演示合剂", "受托方：沈阳演示制药公司"]},
            months=0,
        ),
    }
)

# The form of the certificates that go abroad has both languages.
CERTIFICATES: Mapping[str, TypePlan] = MappingProxyType(
    {
        "eu-api-written-confirmation": TypePlan(
            "原料药公司",
            of_a_confirmation,
            {
                "subject": ["出口欧盟原料药证明", "Written confirmation for active substances exported to the EU"],
                "content": [
                    "对乙酰氨基酚（演示）：合成、精制、包装。生产符合与欧盟等同的药品生产质量管理规范。",
                    f"Manufacturer: {EXPORTER}",
                    "Active substance: paracetamol (demonstration); synthesis, purification, packaging.",
                    "The plant complies with standards of good manufacturing practice at least equivalent "
                    "to those of the European Union.",
                ],
            },
            months=36,
        ),
        "drug-export-sales-certificate": TypePlan(
            "制药公司",
            in_a_province("", "号"),
            {
                "subject": ["药品出口销售证明", "Certificate of a pharmaceutical product"],
                "content": [
                    "复方演示片，0.25 g×24 片，已在中国批准上市，出口至演示国。",
                    f"Exporter: {EXPORTER}",
                    "Compound Demo Tablets, 0.25 g × 24, authorised to be placed on the market in China; "
                    "importing country: Demonstria.",
                ],
            },
            months=24,
        ),
        "device-export-sales-certificate": TypePlan(
            "器械公司",
            in_a_province("药监械出", "号"),
            {
                "subject": ["医疗器械产品出口销售证明", "Certificate for exportation of medical products"],
                "content": [
                    "电子血压计（演示），型号 YS-B1、YS-B2,已准许在中国市场销售。",
                    f"Manufacturer: {EXPORTER}",
                    "Electronic sphygmomanometer (demonstration), models YS-B1 and YS-B2, which is allowed to be sold "
                    "in China; there is no restriction on its export.",
                ],
            },
            months=24,
        ),
        "drug-test-report": TypePlan(
            "制药公司",
            lambda city, year, serial: f"{city.province}检{year}-{serial:05d}",
            {
                "product_name": "复方演示片",
                "batch_no": "20260301",
                "manufacturer": "沈阳演示制药公司",
                "submitted_by": "沈阳演示制药公司",
                "test_basis": "《中华人民共和国药典》2025年版一部",
                "conclusion": "本品按上述标准检验，结果符合规定。",
            },
            months=0,
        ),
    }
)
