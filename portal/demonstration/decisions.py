"""Decisions, permits and notices, as the demonstration fills them in. None tells who moves narcotics, or how."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.demonstration.type_plans import LAST_DAY, TypePlan, in_a_province, of_a_decision

DECISIONS: Mapping[str, TypePlan] = MappingProxyType(
    {
        "ad-review-decision": TypePlan(
            "制药公司",
            lambda city, _, serial: f"{city.province}药广审（文）第{LAST_DAY}-{serial:05d}号",
            {
                "product_name": "复方演示片",
                "product_no": "国药准字Z00000001（演示）",
                "ad_class": "文",
                "attachment": "经审查的广告样件（演示）1 页",
            },
            months=24,
        ),
        "gmp-inspection-notice": TypePlan(
            "制药公司",
            of_a_decision("药检"),
            {
                "subject": "药品 GMP 符合性现场检查",
                "content": ["检查范围：片剂、硬胶囊剂（固体制剂车间）", "检查结论：符合要求"],
            },
            months=0,
        ),
        "cross-province-contract-mfg-opinion": TypePlan(
            "制药公司",
            of_a_decision("药委"),
            {
                "subject": "跨省药品委托生产（受托方）",
                "content": ["受托品种：复方演示片", "意见：具备受托生产条件，同意受托生产。"],
            },
            months=0,
        ),
        "hospital-preparation-clinical-approval": TypePlan(
            "中医院",
            of_a_decision("制临"),
            {"subject": "医疗机构制剂临床研究", "content": "健脾演示合剂：同意按申报方案开展临床研究。"},
            months=36,
        ),
        "hospital-preparation-transfer": TypePlan(
            "中医院",
            of_a_decision("制调"),
            {"subject": "医疗机构制剂调剂使用", "content": ["健脾演示合剂", "调入机构：沈阳演示中心医院"]},
            months=12,
        ),
        "narcotic-national-wholesaler-sale-decision": TypePlan(
            "医药公司", of_a_decision("麻销"), {"subject": "全国性批发企业销售麻醉药品和第一类精神药品"}, months=12
        ),
        "narcotic-regional-purchase-decision": TypePlan(
            "医药公司", of_a_decision("麻购"), {"subject": "区域性批发企业购进麻醉药品和第一类精神药品"}, months=12
        ),
        "narcotic-regional-crossprovince-sale-decision": TypePlan(
            "医药公司", of_a_decision("麻跨"), {"subject": "区域性批发企业跨省销售麻醉药品和第一类精神药品"}, months=12
        ),
        "anabolic-peptide-export-permit": TypePlan(
            "制药公司",
            of_a_decision("蛋出"),
            {"subject": "蛋白同化制剂、肽类激素出口", "content": "演示肽注射液，一次性出口，限当批使用。"},
            months=3,
        ),
        "anabolic-peptide-import-permit": TypePlan(
            "医药公司",
            of_a_decision("蛋进"),
            {"subject": "蛋白同化制剂、肽类激素进口", "content": "演示激素注射液，一次性进口，限当批使用。"},
            months=12,
        ),
        "contract-storage-distribution-confirmation": TypePlan(
            "物流公司",
            of_a_decision("储配"),
            {
                "subject": "委托、被委托储存配送药品",
                "content": ["委托方：沈阳演示医药公司", "储存条件：常温、阴凉、冷藏", "配送范围：辽宁省"],
            },
            months=36,
        ),
        "drug-import-approval": TypePlan(
            "研究院",
            of_a_decision("药进"),
            {"subject": "研究用对照药品一次性进口", "content": "演示替尼片（对照药品），仅供临床试验使用。"},
            months=12,
        ),
        "medicinal-material-import-approval": TypePlan(
            "药材公司",
            in_a_province("药材进字"),
            {"subject": "首次进口药材", "content": ["药材名称：演示草", "产地：演示国", "用途：中药饮片生产"]},
            months=12,
        ),
    }
)
