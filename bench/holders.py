"""Names of made-up holders, as different from each other as a country's are."""

from __future__ import annotations

import random
from collections.abc import Sequence

SHOPS = ("大药房有限公司", "大药房", "药店", "大药房连锁有限公司第{}店", "医药连锁有限公司第{}分店", "平价大药房")
_WORDS = "和平康民益寿仁济同德福安泰瑞祥华盛天健百草堂国嘉信诚恒源鑫隆宏达博爱惠众新世纪春晓明珠东方金石永昌万顺利丰"


def brand_of_a_kind(pick: random.Random, kinds: Sequence[str]) -> str:
    """和平大药房连锁有限公司第12店"""
    brand = "".join(pick.choices(_WORDS, k=pick.choice((2, 2, 2, 3, 4))))
    return f"{brand}{pick.choice(kinds).format(pick.randrange(1, 900))}"
